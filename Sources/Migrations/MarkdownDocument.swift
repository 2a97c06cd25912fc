import Diagnostics

/// The SQL of a Markdown document, and what each part of it is for.
struct MarkdownDocument {
  enum Purpose: Equatable {
    case up(version: String, name: String)
    case down(version: String, name: String)
    /// Takes all migrations back at once; what stands in one block belongs together.
    case downAll(block: Int)
    case query
  }

  struct Section {
    var script: Script
    var purpose: Purpose
  }

  /// A fenced block of code.
  private struct Block {
    enum Kind { case sql, shell, other }
    var fence: String
    var kind: Kind
    /// How far the fence is indented, and with it the code.
    var indentation: Int
    var range: Range<Int>
    var headings: [String]
  }

  private(set) var sections: [Section] = []

  init(_ file: SourceFile) {
    let blocks = Self.blocks(of: file)
    let shells = blocks.map { $0.kind == .shell ? ShellScript(file, in: $0.range) : nil }
    let substitutions = shells.compactMap { $0 }.flatMap(\.substitutions)
    let file = substitutions.isEmpty ? file : file.substituting(substitutions)
    for (index, block) in blocks.enumerated() {
      if block.kind == .sql { add(file, block, number: index) }
      for range in shells[index]?.statements ?? [] {
        var purpose = purpose(ofBlock: file, range, block, number: index)
        // What a script defines besides is a preparation, and no part of the chain.
        if case .up(let version, _) = purpose, version == block.headings.last { purpose = .query }
        sections.append(Section(script: Script(file: file, range: range), purpose: purpose))
      }
    }
  }

  private static func blocks(of file: SourceFile) -> [Block] {
    var blocks: [Block] = []
    var headings: [(level: Int, text: String)] = []
    var open: Block?
    for (line, range) in file.lines {
      let trimmed = String(line.drop { $0 == " " || $0 == "\t" || $0 == ">" })
      if var block = open {
        guard closes(trimmed, block.fence) else { continue }
        block.range = block.range.lowerBound..<range.lowerBound
        blocks.append(block)
        open = nil
      } else if let (fence, language) = fence(trimmed) {
        open = Block(
          fence: fence, kind: kinds[language] ?? .other, indentation: line.count - trimmed.count,
          range: range.upperBound..<range.upperBound, headings: headings.map(\.text))
      } else if let (level, text) = heading(line) {
        headings.removeAll { $0.level >= level }
        headings.append((level, text))
      }
    }
    // A fence that is never closed runs to the end of the document (CommonMark 0.31, section 4.5).
    if var block = open {
      block.range = block.range.lowerBound..<file.bytes.count
      blocks.append(block)
    }
    return blocks
  }

  private static let kinds: [String: Block.Kind] = [
    "sql": .sql, "postgresql": .sql, "pgsql": .sql, "plpgsql": .sql, "psql": .sql,
    "bash": .shell, "sh": .shell, "shell": .shell, "zsh": .shell, "console": .shell,
  ]

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
  private mutating func add(_ file: SourceFile, _ block: Block, number: Int) {
    let range = block.range
    var parts: [(named: Purpose?, range: Range<Int>)] = [(nil, range)]
    for (line, lineRange) in file.lines(in: range) {
      guard let purpose = Self.purpose(ofComment: line, after: parts.last?.named, block: number) else { continue }
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
      let purpose = part.named ?? purpose(ofBlock: file, part.range, block, number: number)
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
  private static func purpose(ofComment line: String, after last: Purpose?, block: Int) -> Purpose? {
    let text = line.trimmingBlanks
    guard text.hasPrefix("--") else { return nil }
    let comment = text.drop { $0 == "-" || $0 == " " }
    // Behind the rollbacks that are named, those of all others.
    if case .down = last, comment.lowercased().hasPrefix("continue") { return .downAll(block: block) }
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

  private func purpose(ofBlock file: SourceFile, _ range: Range<Int>, _ block: Block, number: Int) -> Purpose {
    let definesSchema = file.lines(in: range).contains { line, _ in
      Self.isDefinition(line.dropFirst(min(block.indentation, line.prefix { $0 == " " }.count)))
    }
    guard definesSchema else { return .query }
    for heading in block.headings.reversed() {
      if let purpose = Self.numbered(heading) { return purpose }
      if heading.lowercased().contains("rollback") { return .downAll(block: number) }
    }
    let name = block.headings.last ?? "untitled"
    return .up(version: name, name: name)
  }

  private static func isDefinition(_ line: Substring) -> Bool {
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
