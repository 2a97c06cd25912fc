import Diagnostics

/// Prisma, and Drizzle's newer form: `20240131120000_users/migration.sql`, in the order of the folders' names. A file is
/// sent as one message.
enum Prisma: Layout {
  static let name = "prisma"

  static func recognizes(_ files: [SourceFile]) -> Bool {
    files.contains { $0.fileName == "migration.sql" && $0.folderName.first?.isASCIIDigit == true }
  }

  static func read(_ files: [SourceFile]) -> MigrationSet {
    let migrations = files.filter { $0.fileName == "migration.sql" }
    return NumberedFiles.read(migrations, as: name, transactions: .query, byName: true)
  }
}
