import PostgresSyntax

/// Whose the rows of a table are, as SQL: by a column of its own, or by the row of another table that it belongs to.
struct Ownership: Sendable {
  var table: LiveTable
  /// The column that says it, in this table or the one that it belongs to.
  var column: String
  /// What identities call the column.
  var key: String
  /// Whether the column is the table's own.
  var isDirect: Bool
  /// The owner as text, of a row that goes by the alias.
  var sql: @Sendable (_ alias: String) -> String

  /// The tables whose rows are somebody's.
  static func all(in schema: LiveSchema, _ tenancy: Tenancy) -> [Ownership] {
    schema.tables.compactMap { table in
      // What the policies judge by, then what the keys say in their order, in the table itself or in what it belongs to.
      direct(table, tenancy) { tenancy.isJudged($0, in: table.oid) }
        ?? tenancy.keys.lazy.compactMap { find(table, schema, tenancy, $0, depth: 0) }.first
        ?? direct(table, tenancy) { _ in true }
    }
  }

  private static func direct(
    _ table: LiveTable, _ tenancy: Tenancy, where isRight: (String) -> Bool
  ) -> Ownership? {
    guard let column = tenancy.columns[table.oid]?.first(where: isRight),
      let key = tenancy.key[TableColumn(table: table.oid, name: column)]
    else { return nil }
    return Ownership(table: table, column: column, key: key, isDirect: true) {
      "\($0).\(column.sqlIdentifier)::text"
    }
  }

  private static func find(
    _ table: LiveTable, _ schema: LiveSchema, _ tenancy: Tenancy, _ key: String, depth: Int
  ) -> Ownership? {
    if let own = direct(table, tenancy, where: { tenancy.key[TableColumn(table: table.oid, name: $0)] == key }) {
      return own
    }
    guard depth < 4 else { return nil }
    // What a row can't be without says more than what it may refer to.
    let keys = table.foreignKeys.filter { $0.target != table.oid }
    func isRequired(_ key: LiveConstraint) -> Bool {
      key.columns?.allSatisfy { table.column($0)?.isNotNull == true } == true
    }
    for reference in keys.filter(isRequired) + keys.filter({ !isRequired($0) }) {
      guard let target = schema.table(reference.target),
        let owner = find(target, schema, tenancy, key, depth: depth + 1)
      else { continue }
      let name = "owner_\(depth + 1)"
      return Ownership(table: table, column: owner.column, key: owner.key, isDirect: false) { alias in
        let pairs = reference.pairs.map { "\(name).\($0.target.sqlIdentifier) = \(alias).\($0.column.sqlIdentifier)" }
        return "(SELECT \(owner.sql(name)) FROM \(target.sql) AS \(name) WHERE \(pairs.joined(separator: " AND ")))"
      }
    }
    return nil
  }
}
