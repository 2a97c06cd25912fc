import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/backfill-in-migration.md.
final class BackfillInMigration: Rule {
  static let id = "backfill-in-migration"
  static let severity = Severity.warning
  static let category = Category.locks

  private var reported: Set<String> = []

  init() {}

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward, chain.transaction.isInside, let held = chain.transaction.locks.first,
      !reported.contains(step.file.path)
    else { return [] }
    for (action, range) in step.executed {
      guard let table = action.bulkTarget.flatMap({ step.before.relation($0.name) }), !chain.isNew(table, to: step)
      else { continue }
      reported.insert(step.file.path)
      return [
        diagnostic(
          "rows of '\(table.name.name)' are changed while '\(held.name)' is locked", at: range, of: step,
          labels: [held.origin.label("locked here, until the transaction ends", naming: held.name)],
          notes: ["changing many rows takes long, and all of it is one transaction"],
          help: "change the rows in a migration of its own, in batches")
      ]
    }
    return []
  }
}

extension Action {
  /// The table of which the statement changes or removes rows, as many as a condition may find.
  fileprivate var bulkTarget: Reference? {
    switch self {
    case .update(let change), .delete(let change): change.table
    case .insert(let change): change.source.map { $0.values.isEmpty && !$0.from.isEmpty } == true ? change.table : nil
    default: nil
    }
  }
}
