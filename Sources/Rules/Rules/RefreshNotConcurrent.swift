import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/refresh-not-concurrent.md.
struct RefreshNotConcurrent: Rule {
  static let id = "refresh-not-concurrent"
  static let severity = Severity.warning
  static let category = Category.locks

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard case .refresh(_, concurrently: false, withData: true) = step.statement.action else { return [] }
    return chain.locks.map { lock in
      diagnostic(
        "reads of '\(lock.table.name.name)' wait while it is refreshed", about: lock, of: step,
        help: "use REFRESH MATERIALIZED VIEW CONCURRENTLY; it needs a unique index")
    }
  }
}
