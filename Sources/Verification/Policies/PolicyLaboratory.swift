import Diagnostics
import Postgres
import PostgresSyntax

/// What is needed to act as somebody in a database with everybody's rows, and to see afterwards what it did.
///
/// Every experiment is a transaction that is rolled back.
struct PolicyLaboratory {
  /// A session of its own for each identity: a setting that was once there is never unset again, only empty.
  var connection: Connection
  var identity: Identity
  var owners: [Ownership]
  /// By table, the condition of the rows that a policy shows to everybody.
  var open: [Int: String] = [:]

  /// What came of a statement.
  enum Outcome {
    case accepted([[String?]])
    case rejected(PostgresError)

    var error: PostgresError? { if case .rejected(let error) = self { error } else { nil } }
    var rows: [[String?]] { if case .accepted(let rows) = self { rows } else { [] } }
  }

  func experiment<Value>(_ body: () throws -> Value) throws -> Value {
    try connection.execute("BEGIN")
    let result = Result { try body() }
    if connection.isInTransaction { try connection.execute("ROLLBACK") }
    return try result.get()
  }

  /// Sends a statement as the identity, and becomes the administrator again.
  func act(_ statement: String) throws -> Outcome {
    try connection.execute("SAVEPOINT act")
    do throws(PostgresError) {
      for assumption in identity.assumption { try connection.execute(assumption) }
      let rows = try connection.execute(statement)
      try connection.execute("RESET ROLE")
      return .accepted(rows.values)
    } catch {
      if error.isConnectionLost { throw error }
      try connection.execute("ROLLBACK TO SAVEPOINT act")
      return .rejected(error)
    }
  }

  /// Sends a statement in a transaction of its own. Where a foreign key stops it, that is not the policies' doing, and it is
  /// tried again without.
  func attempt<Value>(
    _ statement: String, before: () throws -> Void = {}, _ body: (Outcome) throws -> Value
  ) throws -> Value {
    let (value, isStopped) = try experiment { () -> (Value, Bool) in
      try before()
      let outcome = try act(statement)
      return (try body(outcome), outcome.error?.sqlState?.hasPrefix("23") == true)
    }
    guard isStopped else { return value }
    return try experiment {
      try before()
      try connection.execute("SET LOCAL session_replication_role = replica")
      return try body(try act(statement))
    }
  }

  /// The value by which the identity owns rows of a table; nil where it owns none.
  func value(in ownership: Ownership) -> String? { identity.owns[ownership.key] }

  /// The condition under which a row is somebody else's: neither the identity's nor nobody's.
  func isForeign(_ ownership: Ownership, alias: String) -> String {
    let owner = ownership.sql(alias)
    guard let own = value(in: ownership) else { return "\(owner) IS NOT NULL" }
    return "\(owner) <> \(own.sqlLiteral)"
  }

  /// The places of rows of a table, with whose they are, as the administrator sees them.
  func places(_ ownership: Ownership) throws -> [String: String?] {
    let rows = try connection.execute(
      "SELECT t.tableoid::text || t.ctid::text, \(ownership.sql("t")) FROM \(ownership.table.sql) AS t"
    ).values
    return Dictionary(rows.compactMap { row in row[0].map { ($0, row[1]) } }) { first, _ in first }
  }

  /// How many rows of somebody else this transaction has changed.
  func changedForeign(_ ownership: Ownership) throws -> Int {
    try number(
      "SELECT count(*) FROM \(ownership.table.sql) AS t WHERE \(isForeign(ownership, alias: "t")) AND pg_catalog.age(t.xmin) <= 0"
    )
  }

  func countForeign(_ ownership: Ownership) throws -> Int {
    try number("SELECT count(*) FROM \(ownership.table.sql) AS t WHERE \(isForeign(ownership, alias: "t"))")
  }

  func number(_ query: String) throws -> Int {
    try connection.execute(query).values.first?.first?.flatMap { Int($0) } ?? 0
  }

  /// Deletes rows, whatever refers to them.
  func remove(_ condition: String, from table: LiveTable) throws {
    try connection.execute(
      "SET LOCAL session_replication_role = replica; DELETE FROM \(table.sql) AS \(table.name.sqlIdentifier) WHERE \(condition); SET LOCAL session_replication_role = origin"
    )
  }

  func countOwn(_ ownership: Ownership) throws -> Int {
    guard let own = value(in: ownership) else { return 0 }
    return try number(
      "SELECT count(*) FROM \(ownership.table.sql) AS t WHERE \(ownership.sql("t")) = \(own.sqlLiteral)")
  }

  /// The places of the rows that fulfil a condition, as the administrator sees them.
  func places(of table: LiveTable, where condition: String?) throws -> Set<String> {
    guard let condition else { return [] }
    let name = table.name.sqlIdentifier
    let rows = try connection.execute(
      "SELECT \(name).tableoid::text || \(name).ctid::text FROM \(table.sql) WHERE \(condition)"
    ).values
    return Set(rows.compactMap { $0.first ?? nil })
  }

  /// Whether a policy is for the identity's role, or for one that it has.
  func isMeant(by policy: LivePolicy) throws -> Bool {
    try (policy.roles ?? []).contains { role in
      try role == "public"
        || connection.query("SELECT pg_catalog.pg_has_role($1, $2, 'USAGE')::int", [identity.role, role])
          .values.first?.first == "1"
    }
  }

  /// Whether a row on which nobody has set anything fulfils a condition.
  func isUsual(_ condition: String, on table: LiveTable) throws -> Bool {
    let columns = table.storedColumns.map { column -> String in
      // What must be given is as in some row.
      let given = "SELECT \(column.name.sqlIdentifier) FROM \(table.sql) LIMIT 1"
      let value = column.isNotNull && (column.isCounted || column.defaultValue == nil) ? given : column.defaultValue
      return "(\(value ?? "NULL"))::\(column.typeName) AS \(column.name.sqlIdentifier)"
    }
    return try experiment {
      do throws(PostgresError) {
        let rows = try connection.execute(
          "SELECT (\(condition))::int FROM (SELECT \(columns.joined(separator: ", "))) AS \(table.name.sqlIdentifier)")
        return rows.values.first?.first == "1"
      } catch {
        if error.isConnectionLost { throw error }
        return true
      }
    }
  }

  /// Whether a condition that names no column is true for the identity.
  func holds(_ condition: String) throws -> Bool {
    try experiment { try act("SELECT (\(condition))::int").rows.first?.first == "1" }
  }

  /// - Parameter anyColumn: whether the right to one column is enough.
  func may(_ privilege: String, _ object: String, anyColumn: Bool = false) throws -> Bool {
    let function = anyColumn ? "has_any_column_privilege" : "has_table_privilege"
    let query = "SELECT pg_catalog.\(function)($1, $2, $3)::int"
    return try connection.query(query, [identity.role, object, privilege]).values.first?.first == "1"
  }

  /// The columns of a table that the identity has a right to.
  func columns(of table: LiveTable, for privilege: String) throws -> [String] {
    let rows = try connection.query(
      """
      SELECT a.attname FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = \(table.oid) AND a.attnum > 0 AND NOT a.attisdropped
        AND pg_catalog.has_column_privilege($1, a.attrelid, a.attnum, $2)
      ORDER BY a.attnum
      """, [identity.role, privilege])
    return rows.values.compactMap { $0.first ?? nil }
  }
}
