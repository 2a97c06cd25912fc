import Postgres
import PostgresSyntax

extension PolicyMatrix {
  func writes() throws -> [Finding] {
    try [adds(), changes(), deletes(), moves(), truncates()].compactMap { $0 }
  }

  private func adds() throws -> Finding? {
    guard let foreignRow, !identity.seesEverything, try laboratory.may("INSERT", table.sql, anyColumn: true) else {
      return nil
    }
    // A trigger may have given the row to somebody else.
    let (outcome, count) = try laboratory.experiment { () -> (PolicyLaboratory.Outcome, Int) in
      let outcome = try laboratory.act(foreignRow)
      return (outcome, outcome.error == nil ? try laboratory.changedForeign(ownership) : 0)
    }
    if let error = outcome.error, error.sqlState != "42501" {
      return Finding(
        name: "\(table)/\(identity.name)/insert", subject: table.description, isLeak: false, isOpen: true,
        message: "whether '\(identity.name)' can add rows of others to \(table) is not known: \(error.summary)",
        expected: "", actual: "", sqlState: error.sqlState)
    }
    return finding(
      "insert", leak: count > 0,
      count > 0
        ? "'\(identity.name)' can add a row to \(table) that is somebody else's"
        : "'\(identity.name)' can't add rows of others to \(table)",
      expected: "42501", actual: outcome.error?.summary ?? "the row is accepted", statement: foreignRow,
      sqlState: outcome.error?.sqlState)
  }

  /// Without a condition: policies for SELECT count only where a statement reads a column, and rows that can't be seen are
  /// changed all the same (PostgreSQL documentation, `CREATE POLICY`).
  private func changes() throws -> Finding? {
    guard !identity.seesEverything else { return nil }
    let columns = try laboratory.columns(of: table, for: "UPDATE")
    guard !columns.isEmpty else { return nil }
    if let change, columns.contains(change.column) {
      let statement = "UPDATE \(table.sql) SET \(change.column.sqlIdentifier) = \(change.value)"
      return changed("update", statement, try hits(statement) { try laboratory.changedForeign(ownership) })
    }
    // What has no other column can still be taken.
    guard ownership.isDirect, columns.contains(ownership.column), let own = laboratory.value(in: ownership) else {
      return nil
    }
    let statement = "UPDATE \(table.sql) SET \(ownership.column.sqlIdentifier) = \(own.sqlLiteral)"
    var before = 0
    let count = try hits(statement, before: { before = try laboratory.countForeign(ownership) }) {
      before - (try laboratory.countForeign(ownership))
    }
    return changed("update", statement, count)
  }

  private func changed(_ command: String, _ statement: String, _ count: Int) -> Finding {
    finding(
      command, leak: count > 0,
      count > 0
        ? "'\(identity.name)' changes \(count) rows of others in \(table) with an UPDATE without WHERE"
        : "'\(identity.name)' changes no rows of others in \(table)",
      expected: "0 rows of others", actual: "\(count) rows of others", statement: statement)
  }

  private func deletes() throws -> Finding? {
    guard !identity.seesEverything, try laboratory.may("DELETE", table.sql) else { return nil }
    let statement = "DELETE FROM \(table.sql)"
    var before = 0
    let count = try hits(statement, before: { before = try laboratory.countForeign(ownership) }) {
      before - (try laboratory.countForeign(ownership))
    }
    return finding(
      "delete", leak: count > 0,
      count > 0
        ? "'\(identity.name)' deletes \(count) rows of others in \(table) with a DELETE without WHERE"
        : "'\(identity.name)' deletes no rows of others in \(table)",
      expected: "0 rows of others", actual: "\(count) rows of others", statement: statement)
  }

  /// Gives its own rows to somebody else; also without reading a column, for then policies for SELECT have no say.
  private func moves() throws -> Finding? {
    guard ownership.isDirect, !identity.seesEverything, let own = laboratory.value(in: ownership),
      try laboratory.columns(of: table, for: "UPDATE").contains(ownership.column)
    else { return nil }
    let column = ownership.column.sqlIdentifier
    let other =
      try laboratory.connection.execute(
        "SELECT min(t.\(column)::text) FROM \(table.sql) AS t WHERE t.\(column)::text <> \(own.sqlLiteral)"
      ).values.first?.first ?? nil
    guard let other else { return nil }
    let blind = "UPDATE \(table.sql) SET \(column) = \(other.sqlLiteral)"
    var found: (statement: String, count: Int) = (blind, 0)
    for statement in ["\(blind) WHERE \(column) = \(own.sqlLiteral)", blind] where found.count == 0 {
      var before = 0
      let count = try hits(
        statement,
        before: {
          // So that nothing but policies is in the way.
          try laboratory.remove("\(column)::text = \(other.sqlLiteral)", from: table)
          before = try laboratory.countOwn(ownership)
        }
      ) {
        before - (try laboratory.countOwn(ownership))
      }
      found = (statement, count)
    }
    return finding(
      "move", leak: found.count > 0,
      found.count > 0
        ? "'\(identity.name)' can give \(found.count) of its rows of \(table) to somebody else"
        : "'\(identity.name)' can't give its rows of \(table) to somebody else",
      expected: "0 rows", actual: "\(found.count) rows", statement: found.statement)
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

  /// How many rows a statement of the identity's hits.
  private func hits(_ statement: String, before: () throws -> Void = {}, count: () throws -> Int) throws -> Int {
    try laboratory.attempt(statement, before: before) { $0.error == nil ? try count() : 0 }
  }
}
