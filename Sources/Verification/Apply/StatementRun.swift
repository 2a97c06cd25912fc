import Catalog
import Diagnostics
import Migrations
import Postgres
import PostgresSyntax
import Rules

/// How one statement fared on the server.
struct StatementRun {
  var step: Execution
  var start: ContinuousClock.Instant
  var durationMs: Double
  var error: PostgresError?
  /// What it did to what was there; empty where nobody looked.
  var trace = StatementTrace()
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
  /// What is applied or taken back, and how its runner does that; nil where each statement is sent for itself.
  var subject: (migration: Migration, set: MigrationSet)?
  /// Whether all happens inside of a transaction that is open, and stays open.
  var isInsideTransaction = false
  /// The findings whose fixes are tried where the server rejects a statement.
  var predictions: [Diagnostic] = []
  /// Watches what the statements do.
  var tracer: Tracer?

  /// - Throws: `PostgresError` only where the connection is lost: a rejected statement is a result.
  func run(_ steps: [Execution]) throws -> [StatementRun] {
    if isInsideTransaction { return try runInside(steps) }
    let wraps = wraps(steps)
    try tracer?.begin()
    var runs: [StatementRun] = []
    var held = HeldLocks()
    if wraps { try connection.execute("BEGIN") }
    for step in steps {
      runs.append(try send(step, inSavepoint: wraps))
      if !connection.isInTransaction {
        held.end(&runs)
        tracer?.endTransaction()
      }
      if runs[runs.count - 1].error != nil { try repair(&runs[runs.count - 1]) }
    }
    // A deferred constraint speaks only at the end: the last statement stands for the transaction.
    if wraps, let error = try rejection(of: "COMMIT"), !runs.isEmpty { runs[runs.count - 1].error = error }
    // A transaction that a script of its own left open ends with it, as it does when psql ends.
    if connection.isInTransaction { try connection.execute("ROLLBACK") }
    held.end(&runs)
    // The next migration begins as in a session of its own.
    try connection.reset()
    return runs
  }

  /// Whether the statements share a transaction, as far as they don't open and end their own.
  private func wraps(_ steps: [Execution]) -> Bool {
    guard let (migration, set) = subject, !steps.contains(where: { $0.statement.action.isTransactionCommand }) else {
      return false
    }
    return switch set.runner(of: migration, steps.map(\.statement)) {
    case .none: false
    case .perhaps: !steps.contains { $0.statement.action.needsItsOwnTransaction }
    case .opensOne, .message: true
    }
  }

  private func runInside(_ steps: [Execution]) throws -> [StatementRun] {
    var runs = try steps.map { try send($0, inSavepoint: true) }
    // Constraints that would wait for the end speak now.
    if let error = try rejection(of: "SET CONSTRAINTS ALL IMMEDIATE"), !runs.isEmpty {
      runs[runs.count - 1].error = error
    }
    try connection.execute("RESET ALL")
    return runs
  }

  private func send(_ step: Execution, inSavepoint: Bool) throws -> StatementRun {
    let text = step.file.sql(step.statement.range)
    // BEGIN locks nothing.
    if let tracer, !connection.isInTransaction, !step.statement.action.isTransactionCommand {
      // A statement by itself is a transaction: an explicit one keeps its locks until they have been read.
      if step.statement.action.canBeWrapped { return try sendWrapped(step, text, tracer) }
      let (run, trace) = try tracer.watching { try timed(step, text) }
      return run.traced(trace)
    }
    // Nothing may come between the start of a transaction and this (PostgreSQL documentation, `SET TRANSACTION`).
    let isFirst = step.statement.action.isTransactionCommand || step.statement.action.setsTransaction
    let inSavepoint = inSavepoint && !isFirst
    if inSavepoint {
      // A session that was lost took the transaction with it.
      if !connection.isInTransaction { try connection.execute("BEGIN") }
      try connection.execute("SAVEPOINT schemacheck")
    }
    let run = try timed(step, text)
    if inSavepoint, connection.isInTransaction {
      try connection.execute(
        run.error == nil ? "RELEASE schemacheck" : "ROLLBACK TO schemacheck; RELEASE schemacheck")
    }
    guard let tracer, run.error == nil, !isFirst, connection.isInTransaction, !connection.isInFailedTransaction else {
      return run
    }
    return run.traced(try tracer.change())
  }

  private func sendWrapped(_ step: Execution, _ text: String, _ tracer: Tracer) throws -> StatementRun {
    try connection.execute("BEGIN")
    var run = try timed(step, text)
    guard run.error == nil else {
      if connection.isInTransaction { try connection.execute("ROLLBACK") }
      return run
    }
    run = run.traced(try tracer.change())
    run.error = try rejection(of: "COMMIT")
    return run
  }

  private func timed(_ step: Execution, _ text: String) throws -> StatementRun {
    let text = try RoleRemoval.substitute(for: step.statement.action, connection) ?? text
    let start = ContinuousClock.now
    let failure = try rejection(of: text)
    return StatementRun(
      step: step, start: start, durationMs: (ContinuousClock.now - start).milliseconds, error: failure)
  }

  /// Fixes the findings of a rejected statement one by one, in a transaction that is rolled back, to see what the first
  /// error hides.
  private func repair(_ run: inout StatementRun) throws {
    // A transaction of the script's own takes no more statements.
    guard !connection.isInFailedTransaction else { return }
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
      if error.isConnectionLost { return try survived(error) }
      // No fault of the statement's (PostgreSQL documentation, appendix A, class 53).
      if error.sqlState?.hasPrefix("53") == true {
        throw ServerError("the server has run out of resources: \(error.message)")
      }
      return error
    }
  }

  /// A statement that ends its own session has failed, and the next one gets another session. Where there is none to be
  /// had, it is the server that is gone.
  private func survived(_ error: PostgresError) throws -> PostgresError {
    do { try connection.reopen() } catch { throw error }
    var error = error
    error.isConnectionLost = false
    error.sqlState = error.sqlState ?? "57P01"
    error.message = "the statement ended its own session"
    return error
  }
}

extension Chain {
  /// Sends a migration's statements as its own runner would.
  func runner(on connection: Connection, for migration: Migration, predictions: [Diagnostic] = []) -> Runner {
    Runner(connection: connection, subject: (migration, set), predictions: predictions)
  }
}

/// The locks of a transaction, which are held until it ends.
private struct HeldLocks {
  /// The first statement of the transaction.
  private var first = 0

  /// The transaction has ended.
  mutating func end(_ runs: inout [StatementRun]) {
    let now = ContinuousClock.now
    for index in runs.indices.dropFirst(first) {
      for lock in runs[index].trace.locks.indices where runs[index].trace.locks[lock].heldMs == nil {
        runs[index].trace.locks[lock].heldMs = (now - runs[index].start).milliseconds
      }
    }
    first = runs.count
  }
}

extension StatementRun {
  fileprivate func traced(_ trace: StatementTrace) -> StatementRun {
    var run = self
    run.trace = trace
    return run
  }

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

  /// `SET TRANSACTION`
  fileprivate var setsTransaction: Bool {
    if case .set(let variable) = self { variable.name.lowercased() == "transaction" } else { false }
  }

  fileprivate var isTransactionCommand: Bool { if case .transaction = self { true } else { false } }

  /// Whether a transaction around it alone changes nothing: procedures and DO blocks may end theirs, and some commands
  /// mean something only inside of one.
  fileprivate var canBeWrapped: Bool {
    switch self {
    case .call, .lock, .cursor, .execute, .other: false
    case .doBlock(let body): !body.text.lowercased().containsBytes(of: "commit")
    default: !needsItsOwnTransaction
    }
  }
}

extension Duration {
  var milliseconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) * 1000 + Double(attoseconds) / 1e15
  }
}
