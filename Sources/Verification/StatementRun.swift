import Catalog
import Diagnostics
import Postgres
import PostgresSyntax
import Rules

/// How one statement fared on the server.
struct StatementRun {
  var step: Step
  var durationMs: Double
  var error: PostgresError?

  var range: SourceRange { step.file.range(step.statement.range) }
}

/// Sends statements one by one and goes on after a failure, so that one doesn't hide the next.
struct Runner {
  var connection: Connection
  /// Whether all statements of a script share a transaction.
  var isTransactional: Bool

  /// - Throws: `PostgresError` only where the connection is lost: a rejected statement is a result.
  func run(_ steps: [Step]) throws -> [StatementRun] {
    let wraps = isTransactional && !steps.contains { $0.statement.action.needsItsOwnTransaction }
    if wraps { try connection.execute("BEGIN") }
    var runs: [StatementRun] = []
    for step in steps {
      let text = step.file.text(step.statement.range)
      if wraps { try connection.execute("SAVEPOINT schemacheck") }
      let start = ContinuousClock.now
      let failure = try rejection(of: text)
      let elapsed = ContinuousClock.now - start
      if wraps {
        try connection.execute(failure == nil ? "RELEASE schemacheck" : "ROLLBACK TO schemacheck; RELEASE schemacheck")
      }
      runs.append(StatementRun(step: step, durationMs: elapsed.milliseconds, error: failure))
    }
    // A deferred constraint speaks only at the end: the last statement stands for the transaction.
    if wraps, let error = try rejection(of: "COMMIT"), !runs.isEmpty { runs[runs.count - 1].error = error }
    // A transaction that a script of its own left open ends with it, as it does when psql ends.
    if connection.isInTransaction { try connection.execute("ROLLBACK") }
    try connection.execute("RESET ALL")
    return runs
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

extension Action {
  /// Statements that PostgreSQL refuses inside a transaction, and those that begin or end one themselves.
  var needsItsOwnTransaction: Bool {
    switch self {
    case .transaction: true
    case .createIndex(let index): index.isConcurrent
    case .drop(let drop): drop.isConcurrent
    case .other(let kind): ["VacuumStmt", "CreatedbStmt", "DropdbStmt", "ReindexStmt", "AlterSystemStmt"].contains(kind)
    case .alterEnum: true
    default: false
    }
  }
}

extension Duration {
  var milliseconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) * 1000 + Double(attoseconds) / 1e15
  }
}
