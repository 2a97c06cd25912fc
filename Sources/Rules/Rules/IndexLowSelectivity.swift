import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/index-low-selectivity.md.
struct IndexLowSelectivity: Rule {
  static let id = "index-low-selectivity"
  static let severity = Severity.info
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.filter { !$0.isPartition }.flatMap { table -> [Diagnostic] in
      chain.final.indexes(on: table.oid).compactMap { index in
        guard !index.isUnique, !index.isPartial, index.elements.count == 1, index.including.isEmpty,
          index.method == "btree",
          let column = index.elements[0].column.flatMap({ table.column($0) }), let origin = index.origin,
          origin.migration != nil,
          !table.constraints.contains(where: { $0.foreignKey != nil && $0.columns.first == column.name }),
          let count = values(of: column, table, chain.final), count <= 10
        else { return nil }
        return diagnostic(
          "index '\(index.name.name)' is on a column with \(count) values", at: origin.mention(of: index.name.name),
          of: origin,
          notes: ["where many rows have the value that is looked for, reading the table is faster"],
          help: "put '\(column.name)' behind another column, or index the rare values only, with WHERE")
      }
    }
  }

  /// How many values a column can have; nil where nobody says.
  private func values(of column: Column, _ table: Relation, _ catalog: Catalog) -> Int? {
    if column.type?.oid == .boolean { return 2 }
    if let type = column.type, let labels = catalog.enumValues(type) { return labels.count }
    for constraint in table.constraints where constraint.isCheck && constraint.columns == [column.name] {
      if case .operation(let operation)? = constraint.expression, operation.kind == .inList {
        return operation.operands.count - 1
      }
    }
    return nil
  }
}
