import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/delete-without-where.md.
struct DeleteWithoutWhere: Rule {
  static let id = "delete-without-where"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward else { return [] }
    return step.executed.compactMap { action, range in
      guard case .delete(let delete) = action, delete.filter?.isAlwaysTrue ?? delete.from.isEmpty,
        let table = step.before.relation(delete.table.name), !chain.isNew(table, to: step)
      else { return nil }
      return diagnostic(
        "every row of '\(table.name.name)' is deleted",
        at: step.file.firstMention(of: delete.table.name.name, in: range) ?? range, of: step,
        notes: [delete.filter == nil ? "there is no WHERE" : "the condition is true for every row"],
        help: "say which rows are meant")
    }
  }
}
