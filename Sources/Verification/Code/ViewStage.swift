import Diagnostics
import Postgres
import PostgresSyntax

/// Runs every view on empty tables and on tables with rows, and again with other plans: the rows must be the same.
///
/// Source: Rigger, Su, "Finding bugs in database systems via query partitioning", OOPSLA 2020, for comparing a query with
/// itself; here it is the view that is under test, not the server.
struct ViewStage {
  private struct View: Decodable {
    var schema: String
    var name: String
    var isMaterialized: Bool
    var sql: String { ObjectName(schema: schema, name).sql }
    var title: String { schema == "public" ? name : "\(schema).\(name)" }
  }

  /// The database without rows, and the one with them.
  var empty: Connection
  var populated: Connection

  /// What makes the planner take another way (PostgreSQL documentation, section 20.7.1).
  private static let ways = [
    ["enable_seqscan = off"], ["enable_indexscan = off", "enable_bitmapscan = off", "enable_indexonlyscan = off"],
    ["enable_hashjoin = off", "enable_mergejoin = off"], ["enable_nestloop = off"], ["enable_hashagg = off"],
    ["enable_sort = off"], ["work_mem = '64kB'"],
  ]

  func checks() throws -> [CheckResult] {
    var log = CheckLog()
    for view in try populated.rows(of: "code/views", View.self) { try check(view, &log) }
    return log.checks
  }

  private func check(_ view: View, _ log: inout CheckLog) throws {
    let onNothing = try rejection(empty) { try rows(view, empty, []) }
    let onRows = try rejection(populated) { try rows(view, populated, []) }
    let error = onNothing.error ?? onRows.error
    log.append(
      CheckResult(
        id: "views/\(view.title)/runs", stage: "views", subject: view.title, status: error == nil ? .passed : .failed,
        message: error == nil
          ? "\(view.title) runs without rows and with them, and then has \(onRows.rows.count)"
          : "\(view.title) fails \(onNothing.error == nil ? "as soon as there are rows" : "even without rows"): \(error?.message ?? "")",
        expected: error == nil ? nil : "it runs", actual: error?.summary, sqlState: error?.sqlState,
        repro: error == nil ? nil : "SELECT * FROM \(view.sql);"))
    if error == nil, !onRows.rows.isEmpty { log.append(try sameWithOtherPlans(view, onRows.rows)) }
  }

  private func sameWithOtherPlans(_ view: View, _ expected: [String]) throws -> CheckResult {
    let again = try rejection(populated) { try rows(view, populated, []) }
    guard again.rows == expected else {
      return CheckResult(
        id: "views/\(view.title)/deterministic", stage: "views", subject: view.title, status: .skipped,
        message: "\(view.title) has other rows each time it is asked, whatever the plan")
    }
    for way in Self.ways {
      let other = try rejection(populated) { try rows(view, populated, way) }
      guard other.error == nil, other.rows != expected else { continue }
      let sample = expected.subtracting(other.rows).first ?? ""
      return CheckResult(
        id: "views/\(view.title)/deterministic", stage: "views", subject: view.title, status: .failed,
        message: "what \(view.title) shows depends on the plan: with \(way.joined(separator: ", ")) it has other rows",
        expected: "the same rows with every plan", actual: "one of them is no longer there: \(sample)",
        repro: way.map { "SET \($0);" }.joined(separator: "\n") + "\nSELECT * FROM \(view.sql);")
    }
    return CheckResult(
      id: "views/\(view.title)/deterministic", stage: "views", subject: view.title, status: .passed,
      message: "\(view.title) has the same \(expected.count) rows with every plan")
  }

  private func rows(_ view: View, _ connection: Connection, _ settings: [String]) throws -> [String] {
    // The setting of one transaction, in which the time stands still: rows that depend on the time differ by nothing else.
    for setting in settings { try connection.execute("SET LOCAL \(setting)") }
    if view.isMaterialized { try connection.execute("REFRESH MATERIALIZED VIEW \(view.sql)") }
    return try connection.execute("SELECT v::text FROM \(view.sql) AS v").values.map { $0.first.flatMap { $0 } ?? "" }
      .sorted()
  }

  private func rejection(
    _ connection: Connection, _ body: () throws -> [String]
  ) throws -> (rows: [String], error: PostgresError?) {
    if !connection.isInTransaction { try connection.execute("BEGIN") }
    try connection.execute("SAVEPOINT view")
    do {
      let rows = try body()
      try connection.execute("ROLLBACK TO SAVEPOINT view")
      return (rows, nil)
    } catch let error as PostgresError where !error.isConnectionLost {
      try connection.execute("ROLLBACK TO SAVEPOINT view")
      return ([], error)
    }
  }
}
