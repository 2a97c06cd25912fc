import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/detach-not-concurrent.md.
struct DetachNotConcurrent: Rule {
  static let id = "detach-not-concurrent"
  static let severity = Severity.warning
  static let category = Category.locks

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard case .alterTable(let change) = step.statement.action,
      change.changes.contains(where: { if case .detachPartition(_, concurrently: false) = $0 { true } else { false } })
    else { return [] }
    return chain.locks.filter { $0.mode == .accessExclusive }.map { lock in
      diagnostic(
        "detaching the partition locks '\(lock.table.name.name)' against reads and writes", about: lock, of: step,
        help: "use DETACH PARTITION … CONCURRENTLY, in a migration without a transaction")
    }
  }
}
