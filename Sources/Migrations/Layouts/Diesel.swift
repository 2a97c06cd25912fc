import Diagnostics

/// diesel: `2024-01-31-120000_users/up.sql` with `down.sql`, ordered by name without its dashes. A `metadata.toml` beside
/// them may say `run_in_transaction = false`.
enum Diesel: Layout {
  static let name = "diesel"

  static func recognizes(_ files: [SourceFile]) -> Bool {
    files.contains { file in
      file.fileName == "up.sql" && file.folderName.first?.isASCIIDigit == true
    }
  }

  static func read(_ files: [SourceFile]) -> MigrationSet {
    let plain = Set(
      files.filter {
        $0.fileName == "metadata.toml"
          && $0.text(0..<$0.bytes.count).filter { $0 != " " }.contains("run_in_transaction=false")
      }
      .map { $0.path.dropLast("metadata.toml".count) })
    var set = NumberedFiles.read(files.filter { $0.fileName.hasSuffix(".sql") }, as: name)
    for index in set.migrations.indices {
      let folder = set.migrations[index].path.dropLast("up.sql".count)
      if plain.contains(folder) { set.migrations[index].transactions = .statement }
    }
    return set
  }
}
