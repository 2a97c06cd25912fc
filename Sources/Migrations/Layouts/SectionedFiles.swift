import Diagnostics

/// Files that hold both directions, marked by comments: dbmate, goose, sql-migrate.
enum SectionedFiles: Layout {
  static let name = "sections"

  private static let markers: [(prefix: String, direction: Direction)] = [
    ("-- migrate:up", .up), ("-- migrate:down", .down), ("-- +goose up", .up), ("-- +goose down", .down),
    ("-- +migrate up", .up), ("-- +migrate down", .down),
  ]

  static func recognizes(_ files: [SourceFile]) -> Bool {
    files.contains { file in sections(file).contains { $0.direction == .up } }
  }

  static func read(_ files: [SourceFile]) -> MigrationSet {
    var set = NumberedFiles.read(files)
    set.layout = name
    for index in set.migrations.indices {
      let scripts = set.migrations[index].up
      set.migrations[index].up = []
      for script in scripts {
        let found = sections(script.file)
        if found.isEmpty { set.migrations[index].up.append(script) }
        for section in found {
          let part = Script(file: script.file, range: section.range)
          if section.direction == .up {
            set.migrations[index].up.append(part)
          } else {
            set.migrations[index].down.append(part)
          }
        }
      }
    }
    return set
  }

  private static func sections(_ file: SourceFile) -> [(direction: Direction, range: Range<Int>)] {
    var found: [(direction: Direction, range: Range<Int>)] = []
    for (text, range) in file.lines where text.utf8.first == UInt8(ascii: "-") {
      let line = text.lowercased()
      guard let marker = markers.first(where: { line.hasPrefix($0.prefix) }) else { continue }
      if !found.isEmpty { found[found.count - 1].range = found[found.count - 1].range.lowerBound..<range.lowerBound }
      found.append((marker.direction, range.upperBound..<file.bytes.count))
    }
    return found
  }
}
