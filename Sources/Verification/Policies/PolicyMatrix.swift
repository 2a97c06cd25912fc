import Diagnostics
import Postgres
import PostgresSyntax

/// What one identity can see, add, change and delete in one table, against what isolation allows: its own rows.
struct PolicyMatrix {
  var laboratory: PolicyLaboratory
  var ownership: Ownership
  var policies: [LivePolicy]
  /// Rows of somebody else and of its own that the table would take.
  var foreignRow: String?
  /// What the project says that the identity sees, in place of its own rows.
  var declared: String?
  /// Whether a TRUNCATE of somebody's gets to the server: a program that speaks for those who have tokens sends none.
  var canTruncate = true
  /// A column that can be changed without breaking anything, with a value for it.
  var change: (column: String, value: String)?

  private var table: LiveTable { ownership.table }
  private var identity: Identity { laboratory.identity }

  func checks() throws -> [Finding] {
    var found = [try declared.map(seesAsDeclared) ?? sees(), try oracle()].compactMap { $0 }
    found += [try adds(), try changes(), try deletes(), try moves(), try truncates()].compactMap { $0 }
    return found
  }

  /// What was found out, before it is a check.
  struct Finding {
    var name: String
    var subject: String
    var isLeak: Bool
    var message: String
    var expected: String
    var actual: String
    var sqlState: String?
    /// What the identity sends to get through.
    var statement: String?
  }

  private func finding(
    _ command: String, leak: Bool, _ message: String, expected: String = "", actual: String = "",
    statement: String? = nil,
    sqlState: String? = nil
  ) -> Finding {
    Finding(
      name: "\(table)/\(identity.name)/\(command)", subject: table.description, isLeak: leak, message: message,
      expected: expected, actual: actual, sqlState: sqlState, statement: statement)
  }

  // MARK: SELECT

  private func seesAsDeclared(_ condition: String) throws -> Finding {
    let list = "SELECT t.tableoid::text || t.ctid::text FROM \(table.sql) AS t"
    let (outcome, expected) = try laboratory.experiment {
      let outcome = try laboratory.act(list)
      for setting in identity.assumption.dropLast() { try laboratory.connection.execute(setting) }
      return (outcome, try laboratory.connection.execute("\(list) WHERE (\(condition))").values)
    }
    let (seen, meant) = (Set(outcome.rows.compactMap { $0.first ?? nil }), Set(expected.compactMap { $0.first ?? nil }))
    let (surplus, missing) = (seen.subtracting(meant).count, meant.subtracting(seen).count)
    return finding(
      "select", leak: surplus + missing > 0,
      surplus + missing == 0
        ? "'\(identity.name)' sees the \(seen.count) rows of \(table) that it is declared to see"
        : "'\(identity.name)' sees other rows of \(table) than it is declared to see",
      expected: "the \(meant.count) rows with \(condition)",
      actual: outcome.error?.summary ?? "\(surplus) rows more, \(missing) rows missing",
      statement: "SELECT * FROM \(table.sql)", sqlState: outcome.error?.sqlState)
  }

  private func sees() throws -> Finding? {
    let statement = "SELECT t.tableoid::text || t.ctid::text FROM \(table.sql) AS t"
    let (outcome, places) = try laboratory.experiment {
      (try laboratory.act(statement), try laboratory.places(ownership))
    }
    if let error = outcome.error {
      return finding("select", leak: false, "'\(identity.name)' can't read \(table)", sqlState: error.sqlState)
    }
    let visible = outcome.rows.compactMap { $0.first ?? nil }
    let own = laboratory.value(in: ownership)
    let foreign = visible.count { place in
      guard let owner = places[place] ?? nil else { return false }
      return owner != own
    }
    let nobodys = visible.count { places[$0] == .some(nil) }
    let mine = own.map { own in places.values.count { $0 == own } } ?? 0
    let total = places.values.count { $0 != nil && $0 != own }
    if identity.seesEverything {
      let isBlind = visible.count < places.count
      return finding(
        "select", leak: isBlind, "'\(identity.name)' sees \(visible.count) of all \(places.count) rows of \(table)",
        expected: "all \(places.count) rows", actual: "\(visible.count) rows", statement: "SELECT * FROM \(table.sql)")
    }
    if foreign > 0 {
      return finding(
        "select", leak: true,
        "'\(identity.name)' sees \(foreign) of \(total) rows of \(table) that are somebody else's",
        expected: "only rows whose \(ownership.column) is \(own ?? "nobody's")", actual: "\(foreign) rows of others",
        statement: "SELECT * FROM \(table.sql)")
    }
    if nobodys > 0, ownership.isDirect {
      return finding(
        "select-nobody", leak: true, "'\(identity.name)' sees \(nobodys) rows of \(table) that belong to nobody",
        expected: "only rows whose \(ownership.column) is \(own ?? "nobody's")",
        actual: "\(nobodys) rows with NULL in \(ownership.column)",
        statement: "SELECT * FROM \(table.sql) WHERE \(ownership.column.sqlIdentifier) IS NULL")
    }
    let seen = visible.count { places[$0] == .some(own) && own != nil }
    if mine > 0, seen == 0 {
      return finding(
        "select", leak: true, "'\(identity.name)' sees none of its own \(mine) rows of \(table)",
        expected: "rows whose \(ownership.column) is \(own ?? "")", actual: "no rows",
        statement: "SELECT * FROM \(table.sql)")
    }
    return finding(
      "select", leak: false, "'\(identity.name)' sees \(seen) rows of its own in \(table), and none of others")
  }

  /// What policies show is what their conditions, written into the query, would show: a difference means that something
  /// goes past them.
  ///
  /// Source: Rigger, Su, "Detecting optimization bugs in database engines via non-optimizing reference engine
  /// construction", ESEC/FSE 2020, whose comparison of two ways to one result this borrows.
  private func oracle() throws -> Finding? {
    guard table.hasRowSecurity else { return nil }
    let applicable = try policies.filter { policy in
      guard ["SELECT", "ALL"].contains(policy.command) else { return false }
      return try (policy.roles ?? []).contains { role in
        try role == "public"
          || laboratory.connection.query(
            "SELECT pg_catalog.pg_has_role($1, $2, 'USAGE')::int", [identity.role, role]
          ).values.first?.first == "1"
      }
    }
    func joined(_ isPermissive: Bool, _ separator: String, _ none: String) -> String {
      let conditions = applicable.filter { $0.isPermissive == isPermissive }.map { "(\($0.condition ?? "true"))" }
      return conditions.isEmpty ? none : conditions.joined(separator: separator)
    }
    let condition = "(\(joined(true, " OR ", "false"))) AND (\(joined(false, " AND ", "true")))"
    let name = table.name.sqlIdentifier
    let list =
      "SELECT pg_catalog.count(*), pg_catalog.md5(pg_catalog.string_agg(\(name).ctid::text, ',' ORDER BY \(name).ctid)) FROM \(table.sql)"
    let (actual, inlined) = try laboratory.experiment { () -> (PolicyLaboratory.Outcome, PolicyLaboratory.Outcome) in
      let actual = try laboratory.act(list)
      try laboratory.connection.execute("ALTER TABLE \(table.sql) DISABLE ROW LEVEL SECURITY")
      return (actual, try laboratory.act("\(list) WHERE \(condition)"))
    }
    guard actual.error == nil, inlined.error == nil else { return nil }
    let isSame = actual.rows == inlined.rows
    return finding(
      "oracle", leak: !isSame,
      isSame
        ? "what '\(identity.name)' sees of \(table) is what the conditions of its policies select"
        : "what '\(identity.name)' sees of \(table) is not what the conditions of its policies select",
      expected: "\(inlined.rows.first?.first.flatMap { $0 } ?? "") rows, as the conditions select",
      actual: "\(actual.rows.first?.first.flatMap { $0 } ?? "") rows", statement: "SELECT * FROM \(table.sql)")
  }

  // MARK: INSERT, UPDATE, DELETE, TRUNCATE

  private func adds() throws -> Finding? {
    guard let foreignRow, !identity.seesEverything, try laboratory.may("INSERT", table.sql) else { return nil }
    let outcome = try laboratory.experiment { try laboratory.act(foreignRow) }
    if let error = outcome.error, error.sqlState != "42501" {
      return nil
    }
    return finding(
      "insert", leak: outcome.error == nil,
      outcome.error == nil
        ? "'\(identity.name)' can add a row to \(table) that is somebody else's"
        : "'\(identity.name)' can't add rows of others to \(table)",
      expected: "42501", actual: outcome.error?.summary ?? "the row is accepted", statement: foreignRow,
      sqlState: outcome.error?.sqlState)
  }

  /// Without a condition: policies for SELECT count only where a statement reads a column, and rows that can't be seen are
  /// changed all the same (PostgreSQL documentation, `CREATE POLICY`).
  private func changes() throws -> Finding? {
    guard let change, !identity.seesEverything, try laboratory.may("UPDATE", table.sql) else { return nil }
    let statement = "UPDATE \(table.sql) SET \(change.column.sqlIdentifier) = \(change.value)"
    let count = try foreign(statement) { try laboratory.changedForeign(ownership) }
    return finding(
      "update", leak: count > 0,
      count > 0
        ? "'\(identity.name)' changes \(count) rows of others in \(table) with an UPDATE without WHERE"
        : "'\(identity.name)' changes no rows of others in \(table)",
      expected: "0 rows of others", actual: "\(count) rows of others", statement: statement)
  }

  private func deletes() throws -> Finding? {
    guard !identity.seesEverything, try laboratory.may("DELETE", table.sql) else { return nil }
    let statement = "DELETE FROM \(table.sql)"
    var before = 0
    let count = try foreign(statement, before: { before = try laboratory.countForeign(ownership) }) {
      before - (try laboratory.countForeign(ownership))
    }
    return finding(
      "delete", leak: count > 0,
      count > 0
        ? "'\(identity.name)' deletes \(count) rows of others in \(table) with a DELETE without WHERE"
        : "'\(identity.name)' deletes no rows of others in \(table)",
      expected: "0 rows of others", actual: "\(count) rows of others", statement: statement)
  }

  /// Gives its own rows to somebody else.
  private func moves() throws -> Finding? {
    guard ownership.isDirect, !identity.seesEverything, let own = laboratory.value(in: ownership),
      try laboratory.may("UPDATE", table.sql)
    else { return nil }
    let column = ownership.column.sqlIdentifier
    let other =
      try laboratory.connection.execute(
        "SELECT min(t.\(column)::text) FROM \(table.sql) AS t WHERE t.\(column)::text <> \(own.sqlLiteral)"
      ).values.first?.first ?? nil
    guard let other else { return nil }
    let statement = "UPDATE \(table.sql) SET \(column) = \(other.sqlLiteral) WHERE \(column) = \(own.sqlLiteral)"
    let count = try foreign(statement) { try laboratory.changedForeign(ownership) }
    return finding(
      "move", leak: count > 0,
      count > 0
        ? "'\(identity.name)' can give \(count) of its rows of \(table) to somebody else"
        : "'\(identity.name)' can't give its rows of \(table) to somebody else",
      expected: "0 rows", actual: "\(count) rows", statement: statement)
  }

  private func truncates() throws -> Finding? {
    guard canTruncate, !identity.seesEverything, try laboratory.may("TRUNCATE", table.sql) else { return nil }
    // What refers to the table must go too, and may be somebody else's to empty.
    let statement = try ["TRUNCATE \(table.sql)", "TRUNCATE \(table.sql) CASCADE"].first { statement in
      try laboratory.experiment { try laboratory.act(statement) }.error == nil
    }
    return finding(
      "truncate", leak: statement != nil,
      statement == nil
        ? "'\(identity.name)' can't TRUNCATE \(table)"
        : "'\(identity.name)' may TRUNCATE \(table), which no policy holds back",
      expected: "42501", actual: "the table is empty", statement: statement)
  }

  /// How many rows of others a statement of the identity's hits. Where a foreign key stops it, that is not the policies'
  /// doing, and it is tried again without.
  private func foreign(
    _ statement: String, before: () throws -> Void = {}, count: () throws -> Int
  ) throws -> Int {
    for mode in ["origin", "replica"] {
      let (hit, error) = try laboratory.experiment { () -> (Int, PostgresError?) in
        try before()
        if mode == "replica" { try laboratory.connection.execute("SET LOCAL session_replication_role = replica") }
        let outcome = try laboratory.act(statement)
        if let error = outcome.error { return (0, error) }
        return (try count(), nil)
      }
      guard let error, error.sqlState?.hasPrefix("23") == true else { return hit }
    }
    return 0
  }
}
