import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/reindex-not-concurrent.md.
struct ReindexNotConcurrent: Rule {
  static let id = "reindex-not-concurrent"
  static let severity = Severity.warning
  static let category = Category.locks

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard case .reindex = step.statement.action else { return [] }
    return chain.locks.map { lock in
      diagnostic(
        "writes to '\(lock.table.name.name)' wait while its indexes are built anew", about: lock, of: step,
        notes: ["queries that would use the index wait as well"], help: "use REINDEX CONCURRENTLY")
    }
  }
}
