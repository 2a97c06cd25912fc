import Diagnostics

/// Files that hold both directions, marked by comments.
struct SectionedFiles {
  var layout: String
  /// What marks the beginning of a section, in lower case.
  var up: String
  var down: String
  /// Words after the marker, or lines anywhere, that say that the runner opens no transaction.
  var withoutTransaction: [String]

  func marks(_ file: SourceFile) -> Bool { file.leadingComments.contains { $0.hasPrefix(up) } }

  func read(_ files: [SourceFile]) -> MigrationSet {
    var set = NumberedFiles.read(files, as: layout)
    for index in set.migrations.indices {
      let scripts = set.migrations[index].up
      set.migrations[index].up = []
      for script in scripts {
        let found = sections(script.file)
        if found.isEmpty {
          // The tool refuses such a file: it is run by something else.
          set.migrations[index].up.append(script)
          set.migrations[index].transactions = .statement
        }
        for section in found {
          let part = Script(file: script.file, range: section.range)
          if section.direction == .up {
            set.migrations[index].up.append(part)
            if section.isPlain { set.migrations[index].transactions = .statement }
          } else {
            set.migrations[index].down.append(part)
          }
        }
      }
    }
    return set
  }

  private struct Section {
    var direction: Direction
    var range: Range<Int>
    var isPlain: Bool
  }

  private func sections(_ file: SourceFile) -> [Section] {
    var found: [Section] = []
    var isPlain = false
    for (text, range) in file.commentLines {
      let line = text.lowercased()
      if withoutTransaction.contains(where: { line.hasPrefix("-- " + $0) || line.hasPrefix("--" + $0) }) {
        isPlain = true
      }
      guard let (direction, marker) = marker(of: line) else { continue }
      if !found.isEmpty { found[found.count - 1].range = found[found.count - 1].range.lowerBound..<range.lowerBound }
      let options = line.dropFirst(marker.count)
      found.append(
        Section(
          direction: direction, range: range.upperBound..<file.bytes.count,
          isPlain: withoutTransaction.contains { options.contains($0) }))
    }
    if isPlain { for index in found.indices { found[index].isPlain = true } }
    return found
  }

  private func marker(of line: String) -> (Direction, String)? {
    for (text, direction) in [(up, Direction.up), (down, .down)] {
      for marker in ["-- " + text, "--" + text] where line.hasPrefix(marker) { return (direction, marker) }
    }
    return nil
  }
}

/// dbmate: `-- migrate:up` and `-- migrate:down`, with `transaction:false` where no transaction is wanted.
enum Dbmate: Layout {
  static let name = "dbmate"
  private static let sections = SectionedFiles(
    layout: name, up: "migrate:up", down: "migrate:down", withoutTransaction: ["transaction:false"])

  static func recognizes(_ files: [SourceFile]) -> Bool { mostFiles(files, sections.marks) }
  static func read(_ files: [SourceFile]) -> MigrationSet { sections.read(files) }
}

/// goose: `-- +goose Up` and `-- +goose Down`; `-- +goose NO TRANSACTION` anywhere in the file, `${NAME}` after
/// `-- +goose ENVSUB ON`.
enum Goose: Layout {
  static let name = "goose"
  private static let sections = SectionedFiles(
    layout: name, up: "+goose up", down: "+goose down", withoutTransaction: ["+goose no transaction"])

  static func placeholders(_ files: [SourceFile]) -> Placeholders? {
    Placeholders(open: "${", close: "}", marker: "ENVSUB ON")
  }
  static func recognizes(_ files: [SourceFile]) -> Bool { mostFiles(files, sections.marks) }
  static func read(_ files: [SourceFile]) -> MigrationSet { sections.read(files) }
}

/// sql-migrate: `-- +migrate Up` and `-- +migrate Down`, with `notransaction` where no transaction is wanted.
enum SqlMigrate: Layout {
  static let name = "sql-migrate"
  private static let sections = SectionedFiles(
    layout: name, up: "+migrate up", down: "+migrate down", withoutTransaction: ["notransaction"])

  static func recognizes(_ files: [SourceFile]) -> Bool { mostFiles(files, sections.marks) }
  static func read(_ files: [SourceFile]) -> MigrationSet { sections.read(files) }
}
