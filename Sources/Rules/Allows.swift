import Catalog
import Diagnostics
import Migrations

/// The comments that allow a finding:
///
///     -- schemacheck:allow RULE[, RULE…] reason
///     -- schemacheck:allow-file RULE[, RULE…] reason
struct Allows {
  struct Allow: Hashable {
    var path: String
    var range: SourceRange
    var rules: [String]
    var reason: String
    /// The line that it speaks for, or nil for the whole file.
    var line: Int?
  }

  private var allows: [Allow] = []
  /// Whether a comment without a reason allows nothing.
  private let requiresReason: Bool
  /// The lines on which statements start and end, by path.
  private var statements: [String: [ClosedRange<Int>]] = [:]

  init(_ files: [SourceFile], requiresReason: Bool = false) {
    self.requiresReason = requiresReason
    for file in files {
      let found = Self.find(in: file)
      guard !found.isEmpty else { continue }
      allows += found
      statements[file.path] = []
    }
  }

  /// Remembers on which lines a statement stands.
  mutating func note(_ step: Step) {
    if !statements.isEmpty { note(step.statement.range, in: step.file) }
  }

  mutating func note(_ errors: [Chain.Unparsed]) {
    for unparsed in errors { note(unparsed.error.statement, in: unparsed.file) }
  }

  private mutating func note(_ range: Range<Int>, in file: SourceFile) {
    statements[file.path]?.append(
      file.position(at: range.lowerBound).line...file.position(at: range.upperBound).line)
  }

  private static let marker = Array("schemacheck:allow".utf8)

  private static func find(in file: SourceFile) -> [Allow] {
    var found: [Allow] = []
    var offset = 0
    while let match = file.firstRange(of: marker, from: offset) {
      offset = match.upperBound
      let position = file.position(at: match.lowerBound)
      guard let line = file.line(position.line), let text = Self.comment(in: line) else { continue }
      var words = text.dropFirst("schemacheck:allow".count)
      let isForFile = words.hasPrefix("-file")
      if isForFile { words = words.dropFirst("-file".count) }
      let (rules, reason) = Self.split(words)
      let end = file.position(at: match.lowerBound + text.utf8.count)
      found.append(
        Allow(
          path: file.path, range: SourceRange(path: file.path, start: position, end: end), rules: rules, reason: reason,
          line: isForFile ? nil : Self.target(of: position.line, in: file)))
    }
    return found
  }

  /// The text from the marker to the end of a line comment.
  private static func comment(in line: String) -> Substring? {
    guard let dashes = line.firstRange(of: "--"), let start = line.firstRange(of: "schemacheck:allow"),
      dashes.lowerBound < start.lowerBound
    else { return nil }
    var text = line[start.lowerBound...]
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return text
  }

  /// `a, b because` → `["a", "b"]`, `because`
  private static func split(_ text: Substring) -> (rules: [String], reason: String) {
    var rules: [String] = []
    var rest = text
    while true {
      rest = rest.drop { $0 == " " || $0 == "," }
      let word = rest.prefix { $0 != " " && $0 != "," }
      guard !word.isEmpty else { break }
      rules.append(String(word))
      rest = rest.dropFirst(word.count)
      guard rest.drop(while: { $0 == " " }).first == "," else { break }
    }
    return (rules, String(rest.drop { $0 == " " }))
  }

  /// A comment on a line of its own speaks for the next line that isn't one.
  private static func target(of line: Int, in file: SourceFile) -> Int {
    guard let text = file.line(line), text.drop(while: \.isWhitespace).hasPrefix("--") else { return line }
    var next = line + 1
    while let text = file.line(next), text.drop(while: \.isWhitespace).hasPrefix("--") { next += 1 }
    return next
  }

  /// The findings that no comment allows, and how many were allowed.
  func apply(to found: [Diagnostic]) -> (kept: [Diagnostic], suppressed: Int) {
    if allows.isEmpty { return (found, 0) }
    let byPath = Dictionary(grouping: allows) { $0.path }
    let kept = found.filter { diagnostic in
      byPath[diagnostic.range.path]?.contains { allows($0, diagnostic) } != true
    }
    return (kept, found.count - kept.count)
  }

  private func allows(_ allow: Allow, _ diagnostic: Diagnostic) -> Bool {
    if requiresReason, allow.reason.isEmpty { return false }
    guard allow.path == diagnostic.range.path, allow.rules.contains(diagnostic.rule) else { return false }
    guard let line = allow.line, line != diagnostic.range.start.line else { return true }
    // Above a statement, a comment speaks for everything in it.
    return statements[allow.path]?.contains { $0.lowerBound == line && $0.contains(diagnostic.range.start.line) }
      ?? false
  }

  /// Comments that allow nothing that was found, or name no rule.
  func unused(by found: [Diagnostic]) -> [Diagnostic] {
    let known = Set(allRules.map { $0.id })
    let found = allows.isEmpty ? [:] : Dictionary(grouping: found) { $0.range.path }
    var diagnostics: [Diagnostic] = []
    for allow in allows {
      if requiresReason, allow.reason.isEmpty, !allow.rules.isEmpty {
        diagnostics.append(UnusedAllow.diagnostic("the comment gives no reason", allow))
        continue
      }
      if allow.rules.isEmpty { diagnostics.append(UnusedAllow.diagnostic("the comment names no rule", allow)) }
      for rule in allow.rules {
        if !known.contains(rule) {
          diagnostics.append(UnusedAllow.diagnostic("there is no rule '\(rule)'", allow))
        } else if found[allow.path]?.contains(where: { $0.rule == rule && allows(allow, $0) }) != true {
          diagnostics.append(UnusedAllow.diagnostic("nothing here needs '\(rule)' to be allowed", allow))
        }
      }
    }
    return diagnostics
  }
}
