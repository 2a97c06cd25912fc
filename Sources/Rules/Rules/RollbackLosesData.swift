import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/rollback-loses-data.md.
struct RollbackLosesData: Rule {
  static let id = "rollback-loses-data"
  static let severity = Severity.warning
  static let category = Category.rollback

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    guard !replayed.isWhole else { return [] }
    return replayed.down.flatMap { step -> [Diagnostic] in
      guard step.outcome.sqlState == nil else { return [] }
      return lost(by: step, replayed).map { what, name in
        diagnostic(
          "\(replayed.rollbackName) loses \(what), which was there before it", at: step.mention(of: name), of: step,
          notes: ["rolling back should leave the rows as they were before the migration"],
          help: "undo what the migration did, and nothing else")
      }
    }
  }

  private func lost(by step: Execution, _ replayed: Chain.Replayed) -> [(String, String)] {
    switch step.statement.action {
    case .truncate(let tables, _, _):
      return tables.filter { replayed.before.holds($0.name) && !replayed.replacesRows(of: $0.name) }.map {
        ("the rows of '\($0.name.name)'", $0.name.name)
      }
    case .delete(let delete) where delete.filter?.isAlwaysTrue ?? delete.from.isEmpty:
      let name = delete.table.name
      return replayed.before.holds(name) && !replayed.replacesRows(of: name)
        ? [("the rows of '\(name.name)'", name.name)] : []
    case .alterTable(let change):
      guard let table = replayed.before.relation(change.table.name), !table.isAssumed else { return [] }
      return change.changes.compactMap { part in
        guard case .dropColumn(let column, _, _) = part, table.column(column) != nil,
          replayed.afterDown.relation(table.oid)?.column(column) == nil
        else { return nil }
        return ("column '\(table.name.name).\(column)'", column)
      }
    default: return []
    }
  }
}

extension Catalog {
  fileprivate func holds(_ name: ObjectName) -> Bool { relation(name).map { !$0.isAssumed && $0.isTable } ?? false }
}

extension Chain.Replayed {
  /// Whether the migration empties the table, or it or its rollback puts rows in: then those are what is removed.
  fileprivate func replacesRows(of name: ObjectName) -> Bool {
    (migration.up + migration.down).contains { script in
      parse(script.file, in: script.range).statements.contains { statement in
        switch statement.action {
        case .insert(let insert): insert.table.name.name == name.name
        case .truncate(let tables, _, _):
          migration.up.contains { $0.file === script.file } && tables.contains { $0.name.name == name.name }
        default: false
        }
      }
    }
  }
}
