import Catalog
import Diagnostics
import Migrations
import Postgres
import PostgresSyntax
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
  /// The schema of the fully migrated database.
  public var snapshot: Snapshot?

  fileprivate mutating func add(_ other: Verification) {
    diagnostics += other.diagnostics
    checks += other.checks
    migrations = other.migrations
    inventory = other.inventory
    snapshot = other.snapshot
  }
}

/// Puts migrations to a real server: applies them, runs a document's queries, rolls back, compares, applies again.
///
/// - Parameters:
///   - lint: the static analysis of the same migrations, whose predictions are put to the test.
///   - second: another server, so that two things can happen at the same time without sharing roles.
///   - plan: what the configuration says.
///   - progress: is told what is being done.
/// - Throws: `PostgresError` where the connection is lost.
public func verify(
  _ lint: LintResult, on server: Server, beside second: Server? = nil, plan: VerificationPlan = .init(),
  progress: @escaping @Sendable (String) -> Void = { _ in }
) throws -> Verification {
  let verifier = Verifier(
    chain: lint.chain, server: server, second: second, plan: plan, predictions: lint.diagnostics, progress: progress)
  return try Watchdog([server, second].compactMap { $0 }, limit: plan.timeLimit).guarding { try verifier.run() }
}

private struct Verifier: Sendable {
  var chain: Chain
  var server: Server
  var second: Server?
  var plan: VerificationPlan
  var predictions: [Diagnostic]
  var progress: @Sendable (String) -> Void

  private var main: String { server.database("main") }

  func run() throws -> Verification {
    var found = Verification()
    var evidence = Evidence()
    let databases = Databases(server: server, searchPath: chain.set.searchPath)
    let roles = try databases.roles()
    try databases.create(main)
    found.postgres = try server.connect(to: main).serverVersion

    progress("migrations")
    try databases.create(plan.roles)
    let other = second ?? server
    let trips = RoundTrips(
      chain: chain, server: other, databases: Databases(server: other, searchPath: chain.set.searchPath),
      roles: second == nil ? [] : plan.roles, seed: plan.seed, predictions: predictions)
    // Two databases that have nothing to do with each other: one to watch and to use, one to go back and forth in.
    let tracks = ParallelSequence<Track, Result<Done, any Error>>(
      [.use, .trips], threads: second == nil ? 0 : 2
    ) { [self] track in
      Result {
        switch track {
        case .use: .used(try use(databases))
        case .trips:
          .tripped(try second == nil ? databases.without(rolesMade(since: roles), trips.run) : trips.run())
        }
      }
    }
    while let done = tracks.next() {
      switch try done.get() {
      case .used(let used):
        found.add(used.found)
        evidence = used.evidence
      case .tripped(let tripped):
        tripped.runs.forEach { evidence.add($0, in: .rollback) }
        found.checks += tripped.log.checks
        for index in found.migrations.indices {
          found.migrations[index].rollback = tripped.rollbacks[found.migrations[index].version]
        }
      }
    }
    progress("functions")
    found.checks += try functions(databases, evidence.missingExtensions.map(\.name))
    found.diagnostics += Attribution(chain: chain, evidence: evidence, version: found.postgres)
      .diagnostics(with: predictions)
    found.diagnostics.sort(by: Diagnostic.inReadingOrder)
    found.checks += Predictions(evidence: evidence).checks(predictions)
    found.checks = Acceptance(plan.accepted).applied(to: found.checks)
    return found
  }

  private enum Track: Sendable { case use, trips }

  /// At the end, when nobody else has to do with the server: there are functions over which plpgsql_check crashes, and all
  /// sessions with it.
  private func functions(_ databases: Databases, _ missing: [String]) throws -> [CheckResult] {
    do {
      var log = CheckLog()
      log += try databases.withCopy(of: main) { copy in
        try stage("functions") { try FunctionStage(connection: copy, missingExtensions: missing).checks() }
      }
      return log.checks
    } catch let error as PostgresError where error.isConnectionLost && server.comesBack {
      return [
        CheckResult(
          id: "functions/plpgsql_check", stage: "functions", subject: "plpgsql_check", status: .skipped,
          message: "the bodies of functions were not checked: plpgsql_check crashes over one of them")
      ]
    }
  }

  /// The roles that the migrations have made.
  private func rolesMade(since before: Set<String>) throws -> Set<String> {
    try Databases(server: server).roles().subtracting(before).subtracting(plan.roles)
      .filter { chain.set.mentions(role: $0) }
  }

  private enum Done: Sendable {
    case used(Used)
    case tripped(RoundTrips.Result)
  }

  /// What came of the first database.
  private struct Used: Sendable {
    var found = Verification()
    var evidence = Evidence()
  }

  /// Applies the migrations, uses what they make, and takes all of them back.
  private func use(_ databases: Databases) throws -> Used {
    var used = Used()
    let applied = try apply()
    applied.runs.forEach { used.evidence.add($0, in: .forward) }
    used.found.checks += applied.checks
    used.found.migrations = applied.migrations
    used.found.inventory = applied.end.inventory
    used.found.snapshot = applied.end
    if let snapshot = plan.snapshot { used.found.checks.append(compare(applied.end, with: snapshot)) }
    let live = try LiveCheckStage(chain: chain, checks: plan.liveChecks, connection: server.connect(to: main)).run()
    used.found.checks += live.log.checks
    used.found.diagnostics += live.diagnostics
    let behaviour = Behaviour(
      chain: chain, plan: plan, server: server, databases: databases, database: main,
      presupposed: applied.start.relations, progress: progress)
    used.found.checks += try behaviour.checks()
    progress("queries")
    try runQueries(databases, &used.found, &used.evidence)
    progress("rollback of the chain")
    let rollback = ChainRollback(
      chain: chain, database: main, databases: databases, start: applied.start, end: applied.end)
    used.found.checks += try rollback.checks(&used.evidence)
    return used
  }

  private func compare(_ schema: Snapshot, with expected: Snapshot) -> CheckResult {
    let differences = schema.differences(from: expected)
    return CheckResult(
      id: "inventory/snapshot", stage: "inventory", subject: "the schema",
      status: differences.isEmpty ? .passed : .failed,
      message: differences.isEmpty
        ? "the schema is the one that the snapshot holds"
        : "the schema is not the one that the snapshot holds; --update-snapshot writes it anew",
      expected: differences.isEmpty ? nil : "no difference",
      actual: differences.isEmpty ? nil : differences.joined(separator: "\n"))
  }

  /// What came of applying the migrations once.
  private struct Applied: Sendable {
    var checks: [CheckResult] = []
    var migrations: [MigrationResult] = []
    var runs: [[StatementRun]] = []
    /// The schema before the first migration and after the last one.
    var start: Snapshot
    var end: Snapshot
  }

  /// Applies the baseline and the migrations to an empty database, and watches what they do.
  private func apply() throws -> Applied {
    let connection = try server.connect(to: main)
    let baseline = try Runner(connection: connection).run(chain.baseline)
    let start = try Snapshot(connection)
    var applied = Applied(runs: [baseline], start: start, end: start)
    var evidence = Evidence()
    evidence.add(baseline, in: .forward)
    if !baseline.isEmpty { applied.checks.append(check("baseline", "the baseline", baseline, evidence)) }
    for replayed in chain.migrations {
      let migration = replayed.migration
      progress("migration \(migration.version)")
      var runner = chain.runner(on: connection, for: migration, predictions: predictions)
      runner.tracer = Tracer(connection) { [server, main] in try server.connect(to: main) }
      let runs = try runner.run(replayed.up)
      applied.runs.append(runs)
      evidence.add(runs, in: .forward)
      applied.checks.append(check(migration.version, "migration \(migration.version)", runs, evidence))
      applied.checks += LockPredictions(chain: chain, replayed: replayed).checks(runs)
      applied.migrations.append(
        MigrationResult(
          version: migration.version, name: migration.name, path: migration.path,
          status: runs.rejected.isEmpty ? .applied : .failed, durationMs: runs.durationMs,
          statements: runs.map(\.result)))
    }
    applied.end = try Snapshot(connection)
    return applied
  }

  private func check(_ name: String, _ subject: String, _ runs: [StatementRun], _ evidence: Evidence) -> CheckResult {
    let failures = runs.rejected
    let missing = Set(failures.map { evidence.missingExtension(for: $0) })
    let message =
      if failures.isEmpty {
        "\(subject) applies"
      } else if missing.contains(nil) {
        "\(failures.count) of \(runs.count) statements of \(subject) are rejected, the first because: \(failures[0].error?.message ?? "")"
      } else {
        "\(subject) needs \(missing.compactMap { $0 }.sorted().quotedNames), which the server does not have"
      }
    return CheckResult(
      id: "apply/\(name)", stage: "apply", subject: subject,
      status: failures.isEmpty ? .passed : missing.contains(nil) ? .failed : .skipped, message: message,
      expected: failures.isEmpty ? nil : "every statement is accepted",
      actual: failures.isEmpty ? nil : failures.report(), durationMs: runs.durationMs,
      sqlState: failures.first?.error?.sqlState, range: failures.first?.range ?? runs.first?.range)
  }

  private func runQueries(_ databases: Databases, _ found: inout Verification, _ evidence: inout Evidence) throws {
    guard !chain.queries.isEmpty else { return }
    let runs = try databases.withCopy(of: main) { copy in
      try Runner(connection: copy, predictions: predictions).run(chain.queries)
    }
    found.checks += try databases.withCopy(of: main) { try CleanUpStage(chain: chain, connection: $0).checks() }
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
