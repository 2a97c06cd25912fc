import Catalog
import Diagnostics
import Postgres
import PostgresSyntax
import Rules

/// How one statement fared on the server.
struct StatementRun {
  var step: Execution
  var durationMs: Double
  var error: PostgresError?
  /// What the server has against the statement next, when the findings before are fixed one by one.
  var laterErrors: [PostgresError] = []

  var range: SourceRange { step.file.range(step.statement.range) }
}

extension [StatementRun] {
  var rejected: [StatementRun] { filter { $0.error != nil } }
  var durationMs: Double { reduce(0) { $0 + $1.durationMs } }

  /// The server's messages and the differences that were found, a line each.
  func report(_ differences: [String] = []) -> String {
    (compactMap { $0.error?.message } + differences).joined(separator: "\n")
  }
}

/// Sends statements one by one and goes on after a failure, so that one doesn't hide the next.
struct Runner {
  var connection: Connection
  /// Whether all statements of a script share a transaction.
  var isTransactional: Bool
  /// The findings whose fixes are tried where the server rejects a statement.
  var predictions: [Diagnostic] = []

  /// - Throws: `PostgresError` only where the connection is lost: a rejected statement is a result.
  func run(_ steps: [Execution]) throws -> [StatementRun] {
    let wraps = isTransactional && !steps.contains { $0.statement.action.needsItsOwnTransaction }
    if wraps { try connection.execute("BEGIN") }
    var runs: [StatementRun] = []
    for step in steps {
      let text = step.file.sql(step.statement.range)
      if wraps { try connection.execute("SAVEPOINT schemacheck") }
      let start = ContinuousClock.now
      let failure = try rejection(of: text)
      let elapsed = ContinuousClock.now - start
      if wraps {
        try connection.execute(failure == nil ? "RELEASE schemacheck" : "ROLLBACK TO schemacheck; RELEASE schemacheck")
      }
      var run = StatementRun(step: step, durationMs: elapsed.milliseconds, error: failure)
      if failure != nil { try repair(&run) }
      runs.append(run)
    }
    // A deferred constraint speaks only at the end: the last statement stands for the transaction.
    if wraps, let error = try rejection(of: "COMMIT"), !runs.isEmpty { runs[runs.count - 1].error = error }
    // A transaction that a script of its own left open ends with it, as it does when psql ends.
    if connection.isInTransaction { try connection.execute("ROLLBACK") }
    try connection.execute("RESET ALL")
    return runs
  }

  /// Fixes the findings of a rejected statement one by one, in a transaction that is rolled back, to see what the first
  /// error hides.
  private func repair(_ run: inout StatementRun) throws {
    var open = predictions.filter { $0.fix != nil && run.contains($0.range) }
    var applied: [Diagnostic] = []
    let isOpen = connection.isInTransaction
    var error = run.error
    while let current = error,
      let index = open.firstIndex(where: { $0.sqlState == current.sqlState && current.concerns($0) })
    {
      applied.append(open.remove(at: index))
      let text = run.text(fixing: applied.compactMap(\.fix))
      try connection.execute(isOpen ? "SAVEPOINT repair" : "BEGIN; SAVEPOINT repair")
      error = try rejection(of: text)
      try connection.execute("ROLLBACK TO repair; RELEASE repair")
      if !isOpen { try connection.execute("ROLLBACK") }
      if let error { run.laterErrors.append(error) }
    }
  }

  /// What the server has against a statement; nil where it accepts it.
  private func rejection(of sql: String) throws -> PostgresError? {
    do throws(PostgresError) {
      try connection.execute(sql)
      return nil
    } catch {
      if error.isConnectionLost { throw error }
      return error
    }
  }
}

extension StatementRun {
  /// The statement with its semicolon, if it has one.
  private var whole: Range<Int> { step.file.wholeStatement(step.statement.range) }

  func contains(_ range: SourceRange) -> Bool {
    range.path == step.file.path && step.statement.range.contains(range.start.offset)
  }

  /// The statement as the fixes make it.
  fileprivate func text(fixing fixes: [Fix]) -> String {
    let edits = fixes.flatMap(\.edits).filter { $0.range.path == step.file.path && whole.contains($0.range) }
    return String(decoding: edits.apply(to: step.file.bytes[whole], startingAt: whole.lowerBound), as: UTF8.self)
  }
}

extension Range<Int> {
  /// Whether an edit is inside, or right at one of the ends.
  fileprivate func contains(_ range: SourceRange) -> Bool {
    lowerBound <= range.start.offset && range.end.offset <= upperBound
  }
}

extension Action {
  /// Statements that PostgreSQL refuses inside a transaction, and those that begin or end one themselves. A value that
  /// a transaction adds to an enum can't be used in it.
  var needsItsOwnTransaction: Bool {
    switch self {
    case .transaction, .alterEnum: true
    default: commandOutsideTransactions != nil
    }
  }
}

extension Duration {
  var milliseconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) * 1000 + Double(attoseconds) / 1e15
  }
}
