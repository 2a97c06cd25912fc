import Diagnostics
import Migrations
import Rules

/// A fenced block of a rule's page: SQL, and what the rule must say about it.
///
///     ```sql bad
///     -- file: 001.sql
///     select 1 from nowhere;
///     --            ^^^^^^^ unknown-table 42P01
///     ```
///
/// A mark names the rule and, where PostgreSQL rejects the statement, the SQLSTATE. `--! rule` marks the statement that
/// begins on the line above with its first line.
public struct Example: Sendable, CustomStringConvertible {
  public var rule: String
  /// The line of the page on which the block begins.
  public var line: Int
  public var isBad: Bool
  /// Whether only a server can find what is wrong.
  public var isLive: Bool
  /// Whether rewriting it would change what it shows.
  public var isVerbatim: Bool
  public var layout: String
  public var files: [(path: String, sql: String)] = []
  public var marks: [Mark] = []

  public var description: String { "rules/\(rule).md:\(line)" }

  /// Every example of every page.
  public static let all: [Example] = rulePages.sorted { $0.key < $1.key }.flatMap {
    examples(of: $0.key, page: $0.value)
  }

  private static func examples(of rule: String, page: String) -> [Example] {
    var examples: [Example] = []
    var open: Example?
    var fence: Substring = ""
    for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let backticks = line.prefix { $0 == "`" }
      if open == nil, backticks.count >= 3, line.dropFirst(backticks.count).hasPrefix("sql") {
        fence = backticks
        let words = line.split(separator: " ")
        open = Example(
          rule: rule, line: index + 1, isBad: words.contains("bad"), isLive: words.contains("live"),
          isVerbatim: words.contains("verbatim"),
          layout: words.first { $0.hasPrefix("layout:") }.map { String($0.dropFirst("layout:".count)) } ?? "numbered")
      } else if line == fence {
        if let example = open { examples.append(example) }
        open = nil
      } else {
        open?.append(String(line))
      }
    }
    return examples
  }

  private mutating func append(_ line: String) {
    if line.hasPrefix("-- file: ") {
      files.append((String(line.dropFirst("-- file: ".count)), ""))
      return
    }
    if files.isEmpty { files.append(("001_example.sql", "")) }
    let last = files.count - 1
    let lines = files[last].sql.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    if line.hasPrefix("--!") {
      let words = line.dropFirst(3).split(separator: " ")
      let text = lines.last!.hasSuffix(";") ? lines.last!.dropLast() : lines.last!
      marks.append(
        Mark(
          path: files[last].path, line: lines.count, text: String(text),
          sqlState: words.dropFirst().first.map(String.init)))
    } else if line.hasPrefix("--"), let carets = line.firstRange(of: /\^+/) {
      let start = line.distance(from: line.startIndex, to: carets.lowerBound)
      let length = line.distance(from: carets.lowerBound, to: carets.upperBound)
      let words = line[carets.upperBound...].split(separator: " ")
      marks.append(
        Mark(
          path: files[last].path, line: lines.count, text: String(lines.last!.dropFirst(start).prefix(length)),
          sqlState: words.dropFirst().first.map(String.init)))
    } else {
      files[last].sql += line + "\n"
    }
  }

  /// The example's files as migrations; one that is called baseline is one.
  public func set(_ disguise: (String) -> String = { $0 }) throws -> MigrationSet {
    let sources = files.map { SourceFile(path: $0.path, text: disguise($0.sql)) }
    var set = try discover(sources.filter { $0.path != "baseline.sql" }, layout: layout)
    if let baseline = sources.first(where: { $0.path == "baseline.sql" }) { set.baseline = [Script(file: baseline)] }
    return set
  }
}

/// A place that a rule must point at: the file, the line, and the very text underlined.
public struct Mark: Hashable, Sendable, CustomStringConvertible {
  public var path: String
  public var line: Int
  public var text: String
  public var sqlState: String?

  public var description: String { "\(path):\(line) '\(text)' \(sqlState ?? "")" }

  public init(path: String, line: Int, text: String, sqlState: String?) {
    self.path = path
    self.line = line
    self.text = text
    self.sqlState = sqlState
  }

  /// The place of a finding. Of a range over many lines, the first counts.
  public init(_ diagnostic: Diagnostic, in set: MigrationSet) {
    let file = set.files.first { $0.path == diagnostic.range.path }
    let text = file?.text(diagnostic.range.bytes) ?? ""
    let first = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    self.init(
      path: diagnostic.range.path, line: diagnostic.range.start.line, text: first, sqlState: diagnostic.sqlState)
  }
}
