import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/set-not-null-scan.md.
struct SetNotNullScan: Rule {
  static let id = "set-not-null-scan"
  static let severity = Severity.warning
  static let category = Category.locks

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    chain.locks.compactMap { lock in
      guard case .setNotNull(let column) = lock.cause, lock.work == .scan else { return nil }
      let name = lock.table.name.name
      return diagnostic(
        "reads and writes of '\(name)' wait while '\(column)' is searched for NULL", at: step.mention(of: column),
        of: step, notes: ["every row is read under an ACCESS EXCLUSIVE lock, and one NULL makes the statement fail"],
        help:
          "first add `CHECK (\(column.sqlIdentifier) IS NOT NULL) NOT VALID` and validate it; then SET NOT NULL reads nothing"
      )
    }
  }
}
