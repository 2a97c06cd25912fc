import PostgresSyntax

/// Whose the rows of a table are, as SQL: by a column of its own, or by the row of another table that it belongs to.
struct Ownership: Sendable {
  var table: LiveTable
  /// The column that says it, in this table or the one that it belongs to.
  var column: String
  /// Whether the column is the table's own.
  var isDirect: Bool
  /// The owner as text, of a row that goes by the alias.
  var sql: @Sendable (_ alias: String) -> String

  /// The tables whose rows are somebody's.
  static func all(in schema: LiveSchema, _ tenancy: Tenancy) -> [Ownership] {
    schema.tables.compactMap { find($0, schema, tenancy, depth: 0) }
  }

  private static func find(_ table: LiveTable, _ schema: LiveSchema, _ tenancy: Tenancy, depth: Int) -> Ownership? {
    if let column = tenancy.columns.first(where: { table.column($0) != nil }) {
      return Ownership(table: table, column: column, isDirect: true) { "\($0).\(column.sqlIdentifier)::text" }
    }
    guard depth < 4 else { return nil }
    // What a row can't be without says more than what it may refer to.
    let keys = table.foreignKeys.filter { key in
      key.target != table.oid && key.columns?.allSatisfy { table.column($0)?.isNotNull == true } == true
    }
    for key in keys {
      guard let target = schema.table(key.target), let owner = find(target, schema, tenancy, depth: depth + 1) else {
        continue
      }
      let name = "owner_\(depth + 1)"
      return Ownership(table: table, column: owner.column, isDirect: false) { alias in
        let pairs = key.pairs.map { "\(name).\($0.target.sqlIdentifier) = \(alias).\($0.column.sqlIdentifier)" }
        return "(SELECT \(owner.sql(name)) FROM \(target.sql) AS \(name) WHERE \(pairs.joined(separator: " AND ")))"
      }
    }
    return nil
  }
}
