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

  /// The value by which the identity owns rows of a table; nil where it owns none.
  func value(in ownership: Ownership) -> String? { identity.owns[ownership.column] }

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

  func may(_ privilege: String, _ object: String) throws -> Bool {
    let query = "SELECT pg_catalog.has_table_privilege($1, $2, $3)::int"
    return try connection.query(query, [identity.role, object, privilege]).values.first?.first == "1"
  }
}
