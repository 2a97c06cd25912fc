import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/concurrently-in-transaction.md.
struct ConcurrentlyInTransaction: RejectionRule {
  static let id = "concurrently-in-transaction"
  static let note = "it needs several transactions of its own"
  static let help = "put it into a migration that runs without a transaction"

  static func covers(_ message: String, _ sqlState: String, _ action: Action) -> Bool {
    sqlState == "25001" && message.contains("CONCURRENTLY")
  }

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard let command = step.statement.action.commandOutsideTransactions, command.contains("CONCURRENTLY") else {
      return []
    }
    return inTheRunnersTransaction(command, step, chain)
  }
}

extension Rule {
  /// The finding for a command that the transaction around the script forbids.
  func inTheRunnersTransaction(_ command: String, _ step: Step, _ chain: Chain) -> [Diagnostic] {
    guard [.opensOne, .message].contains(chain.transaction.runner), !chain.transaction.isOpen,
      step.outcome.rejections.isEmpty
    else { return [] }
    return [
      diagnostic(
        "\(command) cannot run inside a transaction block", at: step.statement.range, of: step,
        notes: ["\(chain.set.layout) runs the file in a transaction"],
        help: "put it alone into a migration that \(chain.set.layout) runs without a transaction", sqlState: "25001")
    ]
  }
}
