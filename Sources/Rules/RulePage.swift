/// The page of a rule, as it stands in `rules/`.
public struct RulePage: Sendable {
  public var text: String

  /// The first paragraph, on one line.
  public var summary: String {
    // It stands in the first lines: the rest of the page is left alone.
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), maxSplits: 16, omittingEmptySubsequences: false)
      .dropFirst().prefix(15).map(Substring.init).drop { $0.isEmpty }
    return lines.prefix { !$0.isEmpty }.joined(separator: " ")
  }
}

/// The page of a rule, or nil where there is no such rule.
public func rulePage(_ id: String) -> RulePage? {
  rulePages[id].map { RulePage(text: $0) }
}
