import Diagnostics

/// Liquibase's formatted SQL: `--liquibase formatted sql`, then `--changeset author:id` before each change and
/// `--rollback …` after it. Placeholders are `${name}`.
enum Liquibase: Layout {
  static let name = "liquibase"

  static func recognizes(_ files: [SourceFile]) -> Bool { mostFiles(files, isFormatted) }

  private static func isFormatted(_ file: SourceFile) -> Bool {
    file.leadingComments.first == "liquibase formatted sql"
  }

  /// What a comment says, without dashes and blanks, in lower case.
  private static func directive(_ line: String) -> String {
    let text = line.drop { $0 == " " || $0 == "\t" || $0 == "\u{FEFF}" }
    guard text.hasPrefix("--") else { return "" }
    return text.dropFirst(2).drop { $0 == " " }.trimmingBlanks.lowercased()
  }

  static func placeholders(_ files: [SourceFile]) -> Placeholders? { .dollarBraces }

  static func read(_ files: [SourceFile]) -> MigrationSet {
    let ordered = NumberedFiles.read(files.filter { $0.fileName.hasSuffix(".sql") }, as: name).migrations.flatMap {
      $0.up + $0.down
    }
    var set = MigrationSet(layout: name, transactions: .file)
    for file in ordered.map(\.file) {
      // A changelog can also name files without marks.
      set.migrations += isFormatted(file) ? changesets(file) : NumberedFiles.read([file], as: name).migrations
    }
    return set
  }

  private static func changesets(_ file: SourceFile) -> [Migration] {
    var found: [Migration] = []
    var start: (id: String, offset: Int, isPlain: Bool)?
    var rollback: [Range<Int>] = []
    func close(at offset: Int) {
      guard let open = start else { return }
      var migration = Migration(
        version: open.id, name: open.id, up: [Script(file: file, range: open.offset..<offset)],
        down: rollback.isEmpty ? [] : [Script(file: file.uncommented(rollback), range: rollback[0].lowerBound..<offset)]
      )
      if open.isPlain { migration.transactions = .statement }
      found.append(migration)
      rollback = []
    }
    for (text, range) in file.lines {
      let directive = directive(text)
      if directive.hasPrefix("changeset ") {
        close(at: range.lowerBound)
        let words = directive.split(separator: " ")
        let original = text.split(separator: " ").first { $0.contains(":") && !$0.hasPrefix("--") }
        start = (
          String(original ?? words[1]), range.upperBound, directive.contains("runintransaction:false")
        )
      } else if directive.hasPrefix("rollback"), start != nil, !directive.hasPrefix("rollback not required"),
        !directive.hasPrefix("rollback empty"), directive.count > "rollback ".count
      {
        rollback.append(range)
      }
    }
    close(at: file.bytes.count)
    return found
  }
}

extension SourceFile {
  /// A file of the same length with only the SQL of some `--rollback` lines in it: whatever else is blank.
  fileprivate func uncommented(_ lines: [Range<Int>]) -> SourceFile {
    var bytes = self.bytes.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? $0 : UInt8(ascii: " ") }
    for line in lines {
      let text = self.bytes[line]
      guard let start = text.firstRange(of: Array("rollback".utf8))?.upperBound else { continue }
      for offset in start..<line.upperBound { bytes[offset] = self.bytes[offset] }
    }
    return SourceFile(path: path, bytes: bytes, substitutions: substitutions)
  }
}
