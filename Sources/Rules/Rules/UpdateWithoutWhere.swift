import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/update-without-where.md.
struct UpdateWithoutWhere: Rule {
  static let id = "update-without-where"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward else { return [] }
    return step.executed.compactMap { action, range in
      guard case .update(let update) = action, update.filter?.isAlwaysTrue ?? update.from.isEmpty,
        let table = step.before.relation(update.table.name), !chain.isNew(table, to: step),
        // Filling a column that the same migration adds is what it looks like.
        !update.columns.allSatisfy({ chain.added(column: $0.name, to: table, by: step) })
      else { return nil }
      return diagnostic(
        "every row of '\(table.name.name)' is changed",
        at: step.file.firstMention(of: update.table.name.name, in: range) ?? range, of: step,
        notes: [
          update.filter == nil ? "there is no WHERE" : "the condition is true for every row",
          "the old values are gone, and the table doubles in size until it is vacuumed",
        ], help: "say which rows are meant, and change them in batches")
    }
  }
}
