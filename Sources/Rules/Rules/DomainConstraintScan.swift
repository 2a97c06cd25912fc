import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/domain-constraint-scan.md.
struct DomainConstraintScan: Rule {
  static let id = "domain-constraint-scan"
  static let severity = Severity.warning
  static let category = Category.locks

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward, step.outcome.sqlState == nil, case .alterDomain(let change) = step.statement.action,
      change.change.readsRows, let domain = step.before.type(change.name)
    else { return [] }
    let tables = step.before.tables.filter { table in
      table.columns.contains { $0.type?.oid == domain.oid } && !chain.isNew(table, to: step)
    }
    guard !tables.isEmpty else { return [] }
    let names = tables.map(\.name.name)
    return [
      diagnostic(
        "writes to \(names.quotedList()) wait while the values of '\(domain.name.name)' are checked",
        at: step.statement.range, of: step,
        notes: ["every row of \(names.count == 1 ? "the table" : "these tables") is read under a SHARE lock"],
        help: "add the constraint NOT VALID, and validate it in a later migration")
    ]
  }
}

extension AlterDomain.Change {
  fileprivate var readsRows: Bool {
    switch self {
    case .setNotNull, .validateConstraint: true
    case .addConstraint(let constraint): !constraint.isNotValid
    case .setDefault, .dropNotNull, .dropConstraint: false
    }
  }
}
