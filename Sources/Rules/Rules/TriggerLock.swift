import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/trigger-lock.md.
final class TriggerLock: Rule {
  static let id = "trigger-lock"
  static let severity = Severity.warning
  static let category = Category.locks

  /// The tables that have been reported, by file: the first trigger takes the lock, the others have it.
  private var reported: Set<TableInFile> = []

  private struct TableInFile: Hashable {
    var path: String
    var table: OID
  }

  init() {}

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    if case .drop = step.statement.action { return [] }
    return chain.locks.compactMap { lock in
      guard case .trigger = lock.cause,
        !chain.transaction.locks.contains(where: {
          $0.table == lock.table.oid && $0.mode >= .shareRowExclusive && !$0.isForTrigger
        })
      else { return nil }
      let name = lock.table.name.name
      if case .alterTable(let change) = step.statement.action {
        guard change.changes.contains(where: { if case .trigger(_, enables: false) = $0 { true } else { false } }),
          isFirst(lock, step)
        else { return nil }
        return diagnostic(
          "switching triggers off locks '\(name)' against writes until the transaction ends", at: step.statement.range,
          of: step,
          notes: ["what isn't switched on again before the end is off for everybody, not for the migration alone"],
          help: "use `SET LOCAL session_replication_role = replica` to write without triggers, and leave others alone")
      }
      guard isFirst(lock, step) else { return nil }
      return diagnostic(
        "creating the trigger locks '\(name)' against writes",
        at: step.statement.range, of: step,
        notes: ["the SHARE ROW EXCLUSIVE lock waits for every running write"],
        help: "set lock_timeout, and try the trigger on as many rows as the application writes")
    }
  }

  private func isFirst(_ lock: TableLock, _ step: Step) -> Bool {
    reported.insert(TableInFile(path: step.file.path, table: lock.table.oid)).inserted
  }
}
