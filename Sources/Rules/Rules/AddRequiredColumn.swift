import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/add-required-column.md.
struct AddRequiredColumn: Rule {
  static let id = "add-required-column"
  static let severity = Severity.warning
  static let category = Category.locks

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    chain.locks.compactMap { lock in
      guard case .requiredColumn(let column) = lock.cause, !chain.deployment.isEmptied(lock.table) else { return nil }
      return diagnostic(
        "column '\(column.name)' is NOT NULL without a default: rows that are there have no value for it", about: lock,
        of: step, notes: ["the statement fails as soon as '\(lock.table.name.name)' has one row"],
        help: "give it a default, or add it without NOT NULL, fill it, and then require it")
    }
  }
}
