import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/masked-by-if-not-exists.md.
struct MaskedByIfNotExists: Rule {
  static let id = "masked-by-if-not-exists"
  static let severity = Severity.warning
  static let category = Category.reference

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward else { return [] }
    switch step.statement.action {
    case .createTable(let statement) where statement.ifNotExists:
      guard let table = step.before.relation(statement.table.name), let difference = difference(statement, table, step)
      else { return [] }
      return [finding("table '\(table.name.name)'", difference, table.origin, statement.table.name.name, step)]
    case .createIndex(let statement) where statement.ifNotExists:
      guard let name = statement.name, let index = step.before.index(step.name(ofIndex: name, on: statement.table)),
        let table = step.before.relation(index.table), let difference = difference(statement, index, table, step)
      else { return [] }
      return [finding("index '\(name)'", difference, index.origin, name, step)]
    case .alterTable(let change):
      guard let table = step.before.relation(change.table.name) else { return [] }
      return change.changes.compactMap { part in
        guard case .addColumn(let definition, ifNotExists: true) = part, let column = table.column(definition.name),
          let difference = difference(definition, column, step)
        else { return nil }
        return finding("column '\(column.name)'", difference, table.origin, column.name, step)
      }
    default: return []
    }
  }

  private func finding(_ what: String, _ difference: String, _ origin: Origin?, _ name: String, _ step: Step)
    -> Diagnostic
  {
    diagnostic(
      "IF NOT EXISTS skips \(what), which is there already and \(difference)", at: step.mention(of: name), of: step,
      labels: origin.map { [$0.label("it comes from here", naming: name)] } ?? [],
      notes: ["the statement succeeds and changes nothing"],
      help: "change what is there with ALTER, or leave the statement out")
  }

  private func difference(_ statement: CreateTable, _ table: Relation, _ step: Step) -> String? {
    guard table.isTable, !table.isAssumed, table.hasKnownColumns, statement.partitionOf == nil,
      statement.inherits.isEmpty, statement.likes.isEmpty, statement.ofType == nil
    else { return table.kind == .view ? "is a view" : nil }
    for definition in statement.columns {
      guard let column = table.column(definition.name) else { return "has no column '\(definition.name)'" }
      if let difference = difference(definition, column, step) {
        return "whose column '\(column.name)' \(difference)"
      }
    }
    let wanted = Set(statement.columns.map(\.name))
    return table.columns.first { !wanted.contains($0.name) }.map { "also has a column '\($0.name)'" }
  }

  private func difference(_ definition: ColumnDefinition, _ column: Column, _ step: Step) -> String? {
    guard let name = definition.type, !name.isSerial, let wanted = step.before.dataType(name), let type = column.type,
      wanted != type
    else { return nil }
    return "is of type \(step.before.format(type)), not \(step.before.format(wanted))"
  }

  private func difference(_ statement: CreateIndex, _ index: Index, _ table: Relation, _ step: Step) -> String? {
    if step.before.relation(statement.table.name)?.oid != table.oid { return "is on '\(table.name.name)'" }
    if statement.elements.map(\.column) != index.elements.map(\.column) { return "is on other columns" }
    if statement.isUnique != index.isUnique { return index.isUnique ? "is unique" : "is not unique" }
    if (statement.filter != nil) != index.isPartial { return index.isPartial ? "has a condition" : "has no condition" }
    return nil
  }
}

extension Step {
  /// An index is in the schema of its table.
  fileprivate func name(ofIndex name: String, on table: Reference) -> ObjectName {
    ObjectName(schema: before.relation(table.name)?.name.schema ?? table.name.schema, name)
  }
}
