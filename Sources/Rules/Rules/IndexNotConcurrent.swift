import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/index-not-concurrent.md.
struct IndexNotConcurrent: Rule {
  static let id = "index-not-concurrent"
  static let severity = Severity.warning
  static let category = Category.locks

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard case .createIndex(let index) = step.statement.action, !index.isConcurrent, !index.isOnly else { return [] }
    return chain.locks.map { lock in
      let name = lock.table.name.name
      let isPartitioned = lock.table.kind == .partitionedTable
      return diagnostic(
        "writes to '\(name)' wait while the index is built", about: lock, of: step,
        notes: ["building it reads the whole table, under a SHARE lock"],
        help: isPartitioned
          ? "create it on ONLY '\(name)', then concurrently on each partition, and attach those"
          : "use CREATE INDEX CONCURRENTLY, in a migration without a transaction",
        fix: isPartitioned || chain.transaction.isInside
          ? nil : insertion("CONCURRENTLY", after: "index", of: step, title: "build the index concurrently"))
    }
  }
}
