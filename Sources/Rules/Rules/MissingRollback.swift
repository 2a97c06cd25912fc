import Diagnostics

/// See rules/missing-rollback.md.
struct MissingRollback: Rule {
  static let id = "missing-rollback"
  static let severity = Severity.warning
  static let category = Category.rollback

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    guard chain.hasRollbacks, replayed.migration.down.isEmpty, !replayed.migration.isRepeatable,
      let first = replayed.up.first(where: \.changesSchema)
    else { return [] }
    return [
      diagnostic(
        "migration '\(replayed.migration.version)' has no rollback", at: first.statement.range, of: first,
        notes: ["other migrations here have one"],
        help: "write a rollback that removes what the migration creates")
    ]
  }
}
