import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/transaction-control.md.
final class TransactionControl: Rule {
  static let id = "transaction-control"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  private var reported: Set<String> = []
  /// The findings about a COMMIT, by file: one that a BEGIN follows ends the tool's transaction on purpose.
  private var commits: [String: Diagnostic] = [:]

  init() {}

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard case .transaction(let command) = step.statement.action else { return [] }
    if case .begin = command { commits[step.file.path] = nil }
    guard let migration = step.migration, chain.transaction.runner == .opensOne, !reported.contains(step.file.path),
      // What has no place among the others is not run by the tool.
      chain.set.layout == "numbered" || migration.contains(where: \.isNumber),
      // A script of psql is run by psql.
      !chain.psqlCommands.contains(where: { $0.file === step.file })
    else { return [] }
    switch command {
    case .begin, .commit, .rollback, .prepare: break
    case .savepoint, .release, .rollbackTo, .other: return []
    }
    reported.insert(step.file.path)
    let found =
      diagnostic(
        "\(chain.set.layout) has opened a transaction around this file already", at: step.statement.range, of: step,
        notes: ["BEGIN is a warning, and COMMIT ends the tool's own transaction"],
        help: "leave BEGIN and COMMIT out, or tell the tool to run the file without a transaction")
    if case .begin = command { return [found] }
    if !step.origin.isExplained { commits[step.file.path] = found }
    return []
  }

  func check(_ chain: Chain) -> [Diagnostic] {
    commits.values
      + chain.leftOpen.filter { $0.migration != nil && !reported.contains($0.file.path) }.map { step in
        diagnostic(
          "the transaction is never ended", at: step.statement.range, of: step,
          notes: ["when the connection closes, all of it is undone"], help: "end the file with COMMIT")
      }
  }
}
