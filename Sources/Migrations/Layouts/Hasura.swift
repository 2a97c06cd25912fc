import Diagnostics

/// Hasura: `1595527727830_create_users/up.sql` with `down.sql`; the number is the time in milliseconds.
enum Hasura: Layout {
  static let name = "hasura"

  static func recognizes(_ files: [SourceFile]) -> Bool {
    files.contains { file in
      file.fileName == "up.sql" && file.folderName.prefix { $0.isASCIIDigit }.count == 13
    }
  }

  static func read(_ files: [SourceFile]) -> MigrationSet { NumberedFiles.read(files, as: name) }
}
