import Postgres
import PostgresSyntax

/// What the rows of a database are, without the rows: by table and column, something that changes when a value does.
struct RowDigest {
  struct Table {
    var oid: Int
    var count: Int
    /// By column, its type and the sum of its values' hashes, each taken with the row's key.
    var columns: [String: Column]
    /// The columns of the key, with their types.
    var key: [String]
  }

  struct Column: Hashable {
    /// A column that was dropped and added again has another.
    var number: Int
    var type: String
    var digest: String
  }

  private(set) var tables: [String: Table] = [:]

  private struct Row: Decodable {
    var name: String
    var count: Int
    var columns: [String: String?]
  }

  init() {}

  /// - Throws: `PostgresError` where the server rejects the query.
  init(_ connection: Connection, _ schema: LiveSchema) throws {
    let queries = schema.roots.map { Self.query($0) }
    // So many at a time that the query stays readable for the server.
    for start in stride(from: 0, to: queries.count, by: 200) {
      let query = queries[start..<min(start + 200, queries.count)].joined(separator: "\nUNION ALL\n")
      for row in try connection.rows(ofQuery: query, Row.self) {
        guard let table = schema.roots.first(where: { $0.sql == row.name }) else { continue }
        var columns: [String: Column] = [:]
        // What is generated follows from the rest.
        for column in table.columns where !column.isGenerated {
          columns[column.name] = Column(
            number: column.number, type: column.typeName, digest: (row.columns[column.name] ?? nil) ?? "")
        }
        let key = (table.primaryKey?.columns ?? []).compactMap(table.column).map { "\($0.name) \($0.typeName)" }
        tables[row.name] = Table(oid: table.oid, count: row.count, columns: columns, key: key)
      }
    }
  }

  private static func query(_ table: LiveTable) -> String {
    let key = (table.primaryKey?.columns ?? []).map { "t.\($0.sqlIdentifier)::text" }
    let members = table.columns.map { column in
      let parts = (key + ["t.\(column.name.sqlIdentifier)::text"]).joined(separator: ", ")
      return
        "\(column.name.sqlLiteral), sum(pg_catalog.hashtextextended(pg_catalog.concat_ws('|', \(parts)), 0)::numeric)::text"
    }
    // A function takes a hundred arguments at most.
    let objects = stride(from: 0, to: members.count, by: 45).map { start in
      "pg_catalog.jsonb_build_object(\(members[start..<min(start + 45, members.count)].joined(separator: ", ")))"
    }
    return "SELECT \(table.sql.sqlLiteral) AS name, pg_catalog.count(*) AS count, "
      + (objects.isEmpty ? "'{}'::jsonb" : objects.joined(separator: " || ")) + " AS columns FROM \(table.sql) AS t"
  }

  /// What has become of the rows of `before`: a line for each table of which rows are gone or have other values, as far
  /// as the table and the column are still there and the column has the same type.
  ///
  /// - Parameters:
  ///   - isExact: whether more rows than before are a difference as well, and whether a table or column that was dropped
  ///     and made again is expected to hold what it held.
  ///   - ignored: tables that are meant to change, and in others the values of types that are.
  func differences(
    from before: RowDigest, isExact: Bool,
    ignoring ignored: (_ table: String, _ type: String?) -> Bool = { _, _ in false }
  )
    -> [String]
  {
    var lines: [String] = []
    for (name, old) in before.tables where old.count > 0 && !ignored(name, nil) {
      guard let new = tables[name] else {
        if isExact { lines.append("\(name): the table is gone with its \(old.count) rows") }
        continue
      }
      guard isExact || new.oid == old.oid else { continue }
      if new.count < old.count || isExact && new.count != old.count {
        lines.append("\(name): \(old.count) rows before, \(new.count) after")
        continue
      }
      // Values are known by the keys of their rows.
      guard new.count == old.count, new.key == old.key else { continue }
      let changed = old.columns.filter { column, value in
        guard let now = new.columns[column] else { return isExact }
        guard isExact || now.number == value.number else { return false }
        return now.type == value.type && now.digest != value.digest && !ignored(name, value.type)
      }.keys.sorted()
      if !changed.isEmpty { lines.append("\(name): other values in \(changed.quotedNames)") }
    }
    return lines.sorted()
  }
}
