import Diagnostics

/// sqlx: `20240131120000_users.sql`, or `….up.sql` and `….down.sql`. Each file is a transaction, but for those that
/// begin with `-- no-transaction`.
enum Sqlx: Layout {
  static let name = "sqlx"

  static func recognizes(_ files: [SourceFile]) -> Bool {
    files.contains { $0.leadingComments.first == "no-transaction" }
  }

  static func read(_ files: [SourceFile]) -> MigrationSet {
    var set = NumberedFiles.read(files, as: name)
    for index in set.migrations.indices {
      let isPlain = set.migrations[index].up.contains { $0.file.leadingComments.first == "no-transaction" }
      if isPlain { set.migrations[index].transactions = .statement }
    }
    return set
  }
}
