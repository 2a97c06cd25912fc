import Diagnostics

/// Rails' `db/structure.sql`, and what pg_dump writes: one file that makes the whole schema.
enum StructureSQL: Layout {
  static let name = "structure"

  static func recognizes(_ files: [SourceFile]) -> Bool {
    files.filter { $0.fileName.hasSuffix(".sql") }.count == 1 && files.contains { $0.fileName == "structure.sql" }
  }

  static func read(_ files: [SourceFile]) -> MigrationSet {
    NumberedFiles.read(files, as: name, transactions: .statement)
  }
}

/// The output of pg_dump, as text.
enum PgDump: Layout {
  static let name = "pg_dump"

  static func recognizes(_ files: [SourceFile]) -> Bool {
    let scripts = files.filter { $0.fileName.hasSuffix(".sql") }
    return scripts.count == 1 && scripts[0].leadingComments.contains { $0.hasPrefix("postgresql database dump") }
  }

  static func read(_ files: [SourceFile]) -> MigrationSet {
    NumberedFiles.read(files, as: name, transactions: .statement)
  }
}
