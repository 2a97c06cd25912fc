import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/constraint-not-valid.md.
struct ConstraintNotValid: Rule {
  static let id = "constraint-not-valid"
  static let severity = Severity.warning
  static let category = Category.locks

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    chain.locks.compactMap { lock in
      guard lock.work == .scan else { return nil }
      let name = lock.table.name.name
      switch lock.cause {
      case .foreignKey(let constraint):
        guard case .foreignKey(let key) = constraint.kind else { return nil }
        return diagnostic(
          "writes to '\(name)' and '\(key.target.name.name)' wait while the foreign key is checked", about: lock,
          of: step,
          notes: ["every row of '\(name)' is looked up"], help: Self.help)
      case .check:
        return diagnostic(
          "reads and writes of '\(name)' wait while the constraint is checked", about: lock, of: step,
          notes: ["every row of '\(name)' is read"], help: Self.help)
      default: return nil
      }
    }
  }

  private static let help =
    "add it NOT VALID, and validate it in a later migration with ALTER TABLE … VALIDATE CONSTRAINT"
}
