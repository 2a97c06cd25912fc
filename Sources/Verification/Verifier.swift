import Catalog
import Diagnostics
import Migrations
import Postgres
import Rules

/// What a verification found out, before it becomes a result.
public struct Verification: Sendable {
  public var diagnostics: [Diagnostic] = []
  public var checks: [CheckResult] = []
  public var migrations: [MigrationResult] = []
  /// The server's version.
  public var postgres = ""
  /// The catalog of the fully migrated database, for comparison with the simulated one.
  public var inventory: [InventoryItem] = []
}

/// Puts migrations to a real server: applies them, runs a document's queries, rolls back, compares, applies again.
///
/// - Parameters:
///   - lint: the static analysis of the same migrations, whose predictions are put to the test.
///   - plan: what the configuration says.
///   - progress: is told what is being done.
/// - Throws: `PostgresError` where the connection is lost.
public func verify(
  _ lint: LintResult, on server: ThrowawayServer, plan: VerificationPlan, progress: @escaping (String) -> Void = { _ in }
) throws -> Verification {
  try Verifier(chain: lint.chain, server: server, plan: plan, predictions: lint.diagnostics, progress: progress).run()
}

private struct Verifier {
  var chain: Chain
  var server: ThrowawayServer
  var plan: VerificationPlan
  var predictions: [Diagnostic]
  var progress: (String) -> Void

  private let main = "schemacheck_main"

  func run() throws -> Verification {
    var found = Verification()
    var evidence = Evidence()
    let databases = Databases(server: server, searchPath: chain.set.searchPath)
    try databases.create(main)
    found.postgres = try server.connect(to: main).serverVersion

    progress("baseline")
    let start = try applyBaseline(&found, &evidence)
    let end = try applyMigrations(databases, from: start, &found, &evidence)
    found.inventory = end.inventory
    let behaviour = Behaviour(
      chain: chain, plan: plan, server: server, databases: databases, database: main, progress: progress)
    found.checks += try behaviour.checks()
    progress("queries")
    try runQueries(databases, &found, &evidence)
    progress("rollback of the chain")
    let chainStage = ChainRollback(chain: chain, database: main, databases: databases, start: start, end: end)
    found.checks += try chainStage.checks(&evidence)

    found.diagnostics = Attribution(chain: chain, evidence: evidence, version: found.postgres)
      .diagnostics(with: predictions)
    found.checks += Predictions(evidence: evidence).checks(predictions)
    return found
  }

  private func runner(_ connection: Connection, for migration: Migration) -> Runner {
    Runner(
      connection: connection, isTransactional: chain.set.profile(of: migration) != .statement, predictions: predictions)
  }

  private func applyBaseline(_ found: inout Verification, _ evidence: inout Evidence) throws -> Snapshot {
    let connection = try server.connect(to: main)
    let runs = try Runner(connection: connection, isTransactional: false).run(chain.baseline)
    evidence.add(runs, in: .forward)
    if !runs.isEmpty { found.checks.append(applied("baseline", "the baseline", runs)) }
    return try Snapshot(connection)
  }

  /// Returns the schema after the last migration.
  private func applyMigrations(
    _ databases: Databases, from start: Snapshot, _ found: inout Verification, _ evidence: inout Evidence
  ) throws -> Snapshot {
    var before = start
    for replayed in chain.migrations {
      let migration = replayed.migration
      progress("migration \(migration.version)")
      let (runs, after) = try apply(replayed)
      evidence.add(runs, in: .forward)
      found.checks.append(applied(migration.version, "migration \(migration.version)", runs))

      var result = MigrationResult(
        version: migration.version, name: migration.name, path: migration.path,
        status: runs.rejected.isEmpty ? .applied : .failed, durationMs: runs.durationMs,
        statements: runs.map(\.result))
      found.checks += LockPredictions(chain: chain, replayed: replayed).checks(runs)
      if !migration.down.isEmpty {
        let stage = MigrationRollback(
          replayed: replayed, before: before, after: after,
          rejected: Set(runs.rejected.map(\.range)))
        let (rollback, checks) = try databases.withCopy(of: main) { copy in
          try stage.run(runner(copy, for: migration), &evidence)
        }
        result.rollback = rollback
        found.checks += checks
      } else if chain.migrations.contains(where: { !$0.migration.down.isEmpty }) {
        result.rollback = .init(status: .missing)
      }
      found.migrations.append(result)
      before = after
    }
    return before
  }

  /// In a session of its own: while a database is copied, nobody may be connected to it.
  private func apply(_ replayed: Chain.Replayed) throws -> (runs: [StatementRun], after: Snapshot) {
    let connection = try server.connect(to: main)
    var runner = runner(connection, for: replayed.migration)
    runner.tracer = Tracer(connection) { [server, main] in try server.connect(to: main) }
    return (try runner.run(replayed.up), try Snapshot(connection))
  }

  private func applied(_ name: String, _ subject: String, _ runs: [StatementRun]) -> CheckResult {
    let failures = runs.rejected
    return CheckResult(
      id: "apply/\(name)", stage: "apply", subject: subject, status: failures.isEmpty ? .passed : .failed,
      message: failures.isEmpty
        ? "\(subject) applies" : "\(failures.count) of \(runs.count) statements of \(subject) are rejected",
      durationMs: runs.durationMs, sqlState: failures.first?.error?.sqlState,
      range: failures.first?.range ?? runs.first?.range)
  }

  private func runQueries(_ databases: Databases, _ found: inout Verification, _ evidence: inout Evidence) throws {
    guard !chain.queries.isEmpty else { return }
    let runs = try databases.withCopy(of: main) { copy in
      try Runner(connection: copy, isTransactional: false, predictions: predictions).run(chain.queries)
    }
    evidence.add(runs, in: .queries)
    for run in runs {
      let place = "\(run.range.path):\(run.range.start.line)"
      found.checks.append(
        CheckResult(
          id: "queries/\(place)", stage: "queries", subject: place, status: run.error == nil ? .passed : .failed,
          message: run.error.map { "the query is rejected: \($0.message)" } ?? "the query runs",
          durationMs: run.durationMs, sqlState: run.error?.sqlState,
          repro: run.error == nil ? nil : run.step.file.text(run.step.statement.range) + ";", range: run.range))
    }
  }
}
