import Diagnostics

/// See rules/missing-rollback.md.
struct MissingRollback: Rule {
  static let id = "missing-rollback"
  static let severity = Severity.warning
  static let category = Category.rollback

  func check(_ chain: Chain) -> [Diagnostic] {
    guard chain.migrations.contains(where: { !$0.migration.down.isEmpty }) else { return [] }
    return chain.migrations.compactMap { replayed in
      guard replayed.migration.down.isEmpty, let first = replayed.up.first(where: \.changesSchema) else { return nil }
      return diagnostic(
        "migration '\(replayed.migration.version)' has no rollback", at: first.statement.range, of: first,
        notes: ["other migrations here have one"],
        help: "write a rollback that removes what the migration creates")
    }
  }
}
