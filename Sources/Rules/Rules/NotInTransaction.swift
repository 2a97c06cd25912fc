import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/not-in-transaction.md.
struct NotInTransaction: RejectionRule {
  static let id = "not-in-transaction"
  static let note = "it cannot be undone by a rollback"
  static let help = "run it on its own, outside a transaction"

  static func covers(_ message: String, _ sqlState: String, _ action: Action) -> Bool {
    sqlState == "25001" && !message.contains("CONCURRENTLY")
  }

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard let command = step.statement.action.commandOutsideTransactions, !command.contains("CONCURRENTLY") else {
      return []
    }
    return inTheRunnersTransaction(command, step, chain)
  }
}
