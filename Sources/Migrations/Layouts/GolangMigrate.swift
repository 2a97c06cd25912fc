import Diagnostics

/// golang-migrate: `2_users.up.sql` with `2_users.down.sql`, ordered by number. A file is sent as one message.
enum GolangMigrate: Layout {
  static let name = "golang-migrate"

  static func recognizes(_ files: [SourceFile]) -> Bool {
    files.contains { $0.fileName.hasSuffix(".up.sql") && $0.fileName.first?.isASCIIDigit == true }
  }

  static func placeholders(_ files: [SourceFile]) -> Placeholders? { .doubleBraces }

  static func read(_ files: [SourceFile]) -> MigrationSet {
    NumberedFiles.read(files, as: name, transactions: .query)
  }
}
