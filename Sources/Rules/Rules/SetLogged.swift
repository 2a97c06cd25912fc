import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/set-logged.md.
struct SetLogged: Rule {
  static let id = "set-logged"
  static let severity = Severity.warning
  static let category = Category.locks

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    chain.locks.compactMap { lock in
      switch lock.cause {
      case .persistence, .storage: break
      default: return nil
      }
      if case .vacuum = step.statement.action { return nil }
      return diagnostic(
        "reads and writes of '\(lock.table.name.name)' wait while it is copied", at: step.statement.range, of: step,
        notes: ["the table and its indexes are written anew under an ACCESS EXCLUSIVE lock"],
        help: "do it in a maintenance window, or create a new table and switch over to it")
    }
  }
}
