import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/insert-shape.md.
struct InsertShape: RejectionRule {
  static let id = "insert-shape"
  static let note = "the rows must fit the table"
  static let help = "give each column a value that it can hold, and name the columns"

  static func covers(_ message: String, _ sqlState: String, _ action: Action) -> Bool {
    switch action {
    case .insert, .update, .merge:
      return ["22P02", "22003", "428C9"].contains(sqlState) || message.contains("ON CONFLICT")
        || sqlState == "42601" && message.hasPrefix("INSERT has")
        || sqlState == "42804" && message.contains("expression is of type")
    default: return false
    }
  }

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    step.executed.compactMap { action, range in
      guard case .insert(let insert) = action, let (column, table) = missingColumn(insert, in: step.before) else {
        return nil
      }
      let isCertain = range == step.statement.range && step.outcome.rejections.isEmpty
      return diagnostic(
        "the rows have no value for column '\(column.name)', which may not be NULL",
        at: step.file.firstMention(of: table.name.name, in: range) ?? range, of: step,
        severity: isCertain ? .error : .warning,
        labels: table.origin.map { [$0.label("the table is made here", naming: column.name)] } ?? [],
        help: "give '\(column.name)' a value, or a default", sqlState: isCertain ? "23502" : nil)
    }
  }

  /// A column that must hold a value and that the rows of VALUES leave out, with nothing else to fill it.
  private func missingColumn(_ insert: Modification, in catalog: Catalog) -> (column: Column, table: Relation)? {
    guard let source = insert.source, !source.values.isEmpty, !insert.columns.isEmpty,
      let table = catalog.relation(insert.table.name), table.isTable, !table.isAssumed, table.hasKnownColumns,
      table.rules.isEmpty,
      !table.triggers.contains(where: { $0.definition.timing == .before && $0.definition.events.contains(.insert) })
    else { return nil }
    let given = Set(insert.columns.map(\.name))
    let column = table.columns.first { column in
      column.isNotNull && !column.hasDefault && column.identity == nil && !column.isGenerated
        && !given.contains(column.name) && !catalog.hasDefault(column)
    }
    return column.map { ($0, table) }
  }
}
