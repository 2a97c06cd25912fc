import Diagnostics

/// Supabase: `supabase/migrations/20240131120000_users.sql`, without rollbacks. The platform
/// adds the schema `extensions` to the search path.
enum Supabase: Layout {
  static let name = "supabase"

  static func recognizes(_ files: [SourceFile]) -> Bool {
    files.contains { file in
      guard file.fileName.prefix(while: \.isASCIIDigit).count == 14 else { return false }
      let parts = file.path.split(separator: "/")
      return parts.lastIndex(of: "supabase").map { parts[($0 + 1)...].first == "migrations" } ?? false
    }
  }

  static func read(_ files: [SourceFile]) -> MigrationSet {
    var set = NumberedFiles.read(files, as: name)
    // The tool knows no rollbacks: a name that speaks of one is a migration like any other.
    for index in set.migrations.indices where set.migrations[index].up.isEmpty {
      let scripts = set.migrations[index].down.filter { $0.file.path.contains("/migrations/") }
      guard !scripts.isEmpty else { continue }
      set.migrations[index].up = scripts
      set.migrations[index].down = []
    }
    set.searchPath = ["$user", "public", "extensions"]
    return set
  }
}
