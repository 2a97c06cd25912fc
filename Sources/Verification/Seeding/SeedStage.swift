import Diagnostics
import Postgres
import PostgresSyntax

extension Connection {
  /// Sends a project's own script, statement by statement.
  ///
  /// - Returns: the first statement that the server rejects, where the script ends.
  /// - Throws: `PostgresError` where the connection is lost.
  func run(_ file: SourceFile) throws -> (range: SourceRange, error: PostgresError)? {
    for piece in parse(file).pieces {
      do throws(PostgresError) { try execute(file.text(piece.range)) } catch {
        if error.isConnectionLost { throw error }
        if isInTransaction { try execute("ROLLBACK") }
        return (file.range(piece.range), error)
      }
    }
    return nil
  }
}

/// Fills a database and says of every table how it went.
struct SeedStage {
  var connection: Connection

  func run(_ seeder: inout Seeder) throws -> [CheckResult] {
    try seeder.seed(connection).map(check)
  }

  /// Sends the project's own rows, which come before those that are made.
  func run(_ files: [SourceFile]) throws -> [CheckResult] {
    try files.compactMap { file in
      try connection.run(file).map { range, error in
        CheckResult(
          id: "seed/\(file.path)", stage: "seed", subject: file.path, status: .failed,
          message: "the rows of \(file.path) are rejected: \(error.message)", expected: "every statement is accepted",
          actual: error.summary, sqlState: error.sqlState, range: range)
      }
    }
  }

  private func check(_ report: Seeder.Report) -> CheckResult {
    let table = report.table.description
    let seconds = max(report.durationMs / 1000, 1e-6)
    let rate = report.made == 0 ? "" : " at \(Int(Double(report.made) / seconds)) a second"
    let fewer = report.obstacle.map { "; no more, because \($0)" } ?? ""
    let isFine = report.rows > 0 && !report.isWithoutTriggers
    let message =
      report.isWithoutTriggers
      ? "rows go into \(table) only with its triggers switched off: \(report.obstacle ?? "")"
      : isFine
        ? "\(report.rows) rows in \(table), \(report.made) of them made\(rate), that satisfy \(report.constraints) constraints\(fewer)"
        : "no rows could be made for \(table): \(report.obstacle ?? "none were asked for")"
    return CheckResult(
      id: "seed/\(table)", stage: "seed", subject: table, status: isFine ? .passed : .failed, message: message,
      expected: isFine ? nil : "rows", actual: isFine ? nil : report.obstacle ?? "no rows",
      durationMs: report.durationMs)
  }
}
