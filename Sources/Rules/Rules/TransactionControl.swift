import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/transaction-control.md.
final class TransactionControl: Rule {
  static let id = "transaction-control"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  private var reported: Set<String> = []

  init() {}

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.migration != nil, chain.transaction.runner == .opensOne, !reported.contains(step.file.path),
      // A script of psql is run by psql.
      !chain.psqlCommands.contains(where: { $0.file === step.file }),
      case .transaction(let command) = step.statement.action
    else { return [] }
    switch command {
    case .begin, .commit, .rollback, .prepare: break
    case .savepoint, .release, .rollbackTo, .other: return []
    }
    reported.insert(step.file.path)
    return [
      diagnostic(
        "\(chain.set.layout) has opened a transaction around this file already", at: step.statement.range, of: step,
        notes: ["BEGIN is a warning, and COMMIT ends the tool's own transaction"],
        help: "leave BEGIN and COMMIT out, or tell the tool to run the file without a transaction")
    ]
  }

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.leftOpen.filter { $0.migration != nil && !reported.contains($0.file.path) }.map { step in
      diagnostic(
        "the transaction is never ended", at: step.statement.range, of: step,
        notes: ["when the connection closes, all of it is undone"], help: "end the file with COMMIT")
    }
  }
}
