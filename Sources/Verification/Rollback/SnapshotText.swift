/// A snapshot as a text that people read and compare: a line for each object, with its kind, its name, what is to be said of
/// it and its definition, separated by tabs.
extension Snapshot {
  public var text: String {
    objects.values.map { entry in
      [entry.kind, entry.name, entry.facts, entry.definition].map(Self.escaped).joined(separator: "\t")
    }.sorted().map { $0 + "\n" }.joined()
  }

  /// Reads a snapshot again; nil where a line is none.
  public init?(text: String) {
    self.init()
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map { Self.unescaped($0) }
      guard parts.count == 4 else { return nil }
      add(Entry(kind: parts[0], name: parts[1], facts: parts[2], definition: parts[3]))
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\t", with: "\\t")
  }

  private static func unescaped(_ text: Substring) -> String {
    var result = ""
    var isEscaped = false
    for character in text {
      if isEscaped {
        result.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        result.append(character)
      }
    }
    return result
  }
}
