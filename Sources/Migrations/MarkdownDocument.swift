import Diagnostics

/// The SQL of a Markdown document, and what each part of it is for.
struct MarkdownDocument {
  enum Purpose: Equatable {
    case up(version: String, name: String)
    case down(version: String, name: String)
    case query
  }

  struct Section {
    var script: Script
    var purpose: Purpose
  }

  private(set) var sections: [Section] = []

  init(_ file: SourceFile) {
    var headings: [(level: Int, text: String)] = []
    var block: (fence: String, start: Int, isSQL: Bool)?
    for (line, range) in file.lines {
      let trimmed = String(line.drop { $0 == " " || $0 == "\t" || $0 == ">" })
      if let open = block {
        guard Self.closes(trimmed, open.fence) else { continue }
        if open.isSQL { add(file, open.start..<range.lowerBound, headings: headings.map(\.text)) }
        block = nil
      } else if let (fence, language) = Self.fence(trimmed) {
        block = (fence, range.upperBound, language == "sql" || language == "postgresql" || language == "pgsql")
      } else if let (level, text) = Self.heading(line) {
        headings.removeAll { $0.level >= level }
        headings.append((level, text))
      }
    }
    // A fence that is never closed runs to the end of the document (CommonMark 0.31, section 4.5).
    if let open = block, open.isSQL { add(file, open.start..<file.bytes.count, headings: headings.map(\.text)) }
  }

  private static func fence(_ line: String) -> (fence: String, language: String)? {
    for mark in ["`", "~"] {
      let run = line.prefix { String($0) == mark }
      guard run.count >= 3 else { continue }
      let info = line.dropFirst(run.count).drop { $0 == " " }
      return (String(run), info.prefix { $0.isLetter || $0 == "+" }.lowercased())
    }
    return nil
  }

  private static func closes(_ line: String, _ fence: String) -> Bool {
    let run = line.prefix { $0 == fence.first }
    return run.count >= fence.count && line.dropFirst(run.count).allSatisfy { $0 == " " || $0 == "\t" }
  }

  private static func heading(_ line: String) -> (level: Int, text: String)? {
    let level = line.prefix { $0 == "#" }.count
    guard (1...6).contains(level), line.dropFirst(level).first == " " else { return nil }
    return (level, line.dropFirst(level).filter { $0 != "*" && $0 != "`" }.trimmingBlanks)
  }

  /// Cuts a block at the comments that name a file, and classifies each part.
  private mutating func add(_ file: SourceFile, _ range: Range<Int>, headings: [String]) {
    var parts: [(named: Purpose?, range: Range<Int>)] = [(nil, range)]
    for (line, lineRange) in file.lines(in: range) {
      guard let purpose = Self.purpose(ofComment: line) else { continue }
      let isFirst = parts.count == 1 && parts[0].named == nil
      let hasSQL = file.lines(in: parts[parts.count - 1].range.lowerBound..<lineRange.lowerBound).contains {
        !$0.text.trimmingBlanks.isEmpty && !$0.text.trimmingBlanks.hasPrefix("--")
      }
      if isFirst && !hasSQL || parts[parts.count - 1].named.map({ Self.isSameVersion($0, purpose) }) == true {
        parts[parts.count - 1].named = parts[parts.count - 1].named ?? purpose
      } else {
        parts[parts.count - 1].range = parts[parts.count - 1].range.lowerBound..<lineRange.lowerBound
        parts.append((purpose, lineRange.lowerBound..<range.upperBound))
      }
    }
    for part in parts {
      let script = Script(file: file, range: part.range)
      let purpose = part.named ?? purpose(ofBlock: file, part.range, headings: headings)
      sections.append(Section(script: script, purpose: purpose))
    }
  }

  private static func isSameVersion(_ a: Purpose, _ b: Purpose) -> Bool {
    switch (a, b) {
    case (.up(let first, _), .up(let second, _)), (.down(let first, _), .down(let second, _)):
      Version(first) == Version(second)
    default: false
    }
  }

  /// `-- File: migrations/001_add.sql`, `-- Migration: …`, `-- Rollback: …`, `-- Migration 001: …`
  private static func purpose(ofComment line: String) -> Purpose? {
    let text = line.trimmingBlanks
    guard text.hasPrefix("--") else { return nil }
    let comment = text.drop { $0 == "-" || $0 == " " }
    for label in ["file:", "migration:", "rollback:"] where comment.lowercased().hasPrefix(label) {
      let path = comment.dropFirst(label.count).trimmingBlanks
      guard path.hasSuffix(".sql") else { continue }
      let set = NumberedFiles.read([SourceFile(path: path, bytes: [])])
      guard let migration = set.migrations.first else { continue }
      let isDown = label == "rollback:" || migration.up.isEmpty
      return isDown
        ? .down(version: migration.version, name: migration.name)
        : .up(version: migration.version, name: migration.name)
    }
    return numbered(String(comment))
  }

  /// `Migration 001: Execution planning`, `Rollback 3`, `Step 2: Add tables`
  private static func numbered(_ text: String) -> Purpose? {
    let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
    guard words.count >= 2, let label = words.first?.lowercased(), ["migration", "rollback", "step"].contains(label)
    else { return nil }
    let version = words[1].prefix { $0.isASCIIDigit }
    guard !version.isEmpty, words[1].dropFirst(version.count).allSatisfy({ $0 == ":" || $0 == "." }) else { return nil }
    let name = words.count > 2 ? String(words[2]).trimmingBlanks : text
    return label == "rollback"
      ? .down(version: String(version), name: name) : .up(version: String(version), name: name)
  }

  private func purpose(ofBlock file: SourceFile, _ range: Range<Int>, headings: [String]) -> Purpose {
    let definesSchema = file.lines(in: range).contains { Self.isDefinition($0.text) }
    guard definesSchema else { return .query }
    for heading in headings.reversed() {
      if let purpose = Self.numbered(heading) { return purpose }
      if heading.lowercased().contains("rollback") { return .down(version: heading, name: heading) }
    }
    let name = headings.last ?? "untitled"
    return .up(version: name, name: name)
  }

  private static func isDefinition(_ line: String) -> Bool {
    let words = line.lowercased().split { !$0.isLetter }.prefix(2)
    guard let first = words.first, line.first?.isLetter == true else { return false }
    return ["create", "alter", "drop", "grant", "revoke", "comment"].contains(first)
  }
}

extension StringProtocol {
  var trimmingBlanks: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
