import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/drop-index-not-concurrent.md.
struct DropIndexNotConcurrent: Rule {
  static let id = "drop-index-not-concurrent"
  static let severity = Severity.warning
  static let category = Category.locks

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard case .drop(let drop) = step.statement.action, drop.kind == .index, !drop.isConcurrent else { return [] }
    var seen: Set<OID> = []
    return zip(drop.objects, chain.locks).filter { seen.insert($1.table.oid).inserted }.map { object, lock in
      let isPartitioned = lock.table.kind == .partitionedTable
      return diagnostic(
        "dropping the index locks '\(lock.table.name.name)' against reads and writes",
        at: step.mention(of: object.name.name), of: step,
        notes: ["the lock waits for every running query, and all new ones wait behind it"],
        help: isPartitioned
          ? "set lock_timeout and try again: an index of a partitioned table can't be dropped concurrently"
          : "use DROP INDEX CONCURRENTLY, in a migration without a transaction",
        fix: isPartitioned || drop.cascade || chain.transaction.isInside
          ? nil : insertion("CONCURRENTLY", after: "index", of: step, title: "drop the index concurrently"))
    }
  }
}
