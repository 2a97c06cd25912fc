import Catalog
import Diagnostics
import Migrations
import Postgres
import PostgresSyntax
import Rules

/// Applies the migrations to a database with rows in it, takes each of them back and applies it again: the schema and the
/// rows must be what they were.
///
/// It works on a database of its own, beside the one in which the migrations are watched.
struct RoundTrips: Sendable {
  var chain: Chain
  var server: Server
  var databases: Databases
  /// Roles that must exist first.
  var roles: [String]
  var seed: SeedSettings
  var predictions: [Diagnostic]

  private var name: String { server.database("trips") }

  /// What was found out.
  struct Result: Sendable {
    var log = CheckLog()
    /// By the version of the migration.
    var rollbacks: [String: MigrationResult.Rollback] = [:]
    /// What the server did with the rollbacks.
    var runs: [[StatementRun]] = []
  }

  /// The database as it is between two migrations.
  private struct State {
    var connection: Connection
    var schema: Snapshot
    var tables: LiveSchema
    var rows = RowDigest()
    /// Whether rows are still put into new tables.
    var isPopulated = true
  }

  func run() throws -> Result {
    var result = Result()
    guard !chain.migrations.isEmpty else { return result }
    var state = try start()
    for (index, replayed) in chain.migrations.enumerated() {
      try step(replayed, index, &state, &result)
    }
    try databases.drop(name)
    return result
  }

  private func start() throws -> State {
    try databases.create(roles)
    try databases.create(name)
    let connection = try server.connect(to: name)
    _ = try Runner(connection: connection).run(chain.baseline)
    var state = State(connection: connection, schema: try Snapshot(connection), tables: try LiveSchema(connection))
    try populate(&state)
    return state
  }

  private func step(_ replayed: Chain.Replayed, _ index: Int, _ state: inout State, _ result: inout Result) throws {
    let before = state
    /// Whether the rows are those from before the migration.
    var isSame = true
    let up = try runner(state.connection, replayed).run(replayed.up)
    if state.isPopulated, up.rejected.contains(where: { $0.error?.dependsOnRows == true }) {
      result.log.append(dataCheck(replayed, up))
      try rebuild(&state, through: index)
      isSame = false
    }
    state.schema = try Snapshot(state.connection)
    state.tables = try LiveSchema(state.connection)
    if state.isPopulated {
      let rows = try RowDigest(state.connection, state.tables)
      if isSame, let check = keeps(replayed, before.rows, rows) { result.log.append(check) }
      state.rows = rows
    }
    if !replayed.migration.down.isEmpty {
      try goBackAndForth(replayed, before, after: state, up, isSame, &result)
    } else if chain.migrations.contains(where: { !$0.migration.down.isEmpty }) {
      result.rollbacks[replayed.migration.version] = .init(status: .missing)
    }
    if chain.set.profile(of: replayed.migration) == .statement, up.rejected.isEmpty, !replayed.up.isEmpty,
      !replayed.up.isOneTransaction
    {
      result.log += try runsAgain(replayed, state)
    }
    if state.isPopulated, state.tables.oids != before.tables.oids { try populate(&state) }
  }

  private func runner(_ connection: Connection, _ replayed: Chain.Replayed) -> Runner {
    chain.runner(on: connection, for: replayed.migration, predictions: predictions)
  }

  // MARK: Rows

  /// Puts a few rows into every table that has none.
  private func populate(_ state: inout State) throws {
    guard state.isPopulated else { return }
    var settings = seed
    settings.rows = min(seed.rows, 12)
    var seeder = Seeder(state.tables, settings: settings, tenancy: Tenancy())
    _ = try seeder.seed(state.connection)
    state.rows = try RowDigest(state.connection, state.tables)
  }

  /// A database in which the migrations were applied to empty tables: the rows that were there did not fit.
  private func rebuild(_ state: inout State, through index: Int) throws {
    try databases.drop(name)
    try databases.create(name)
    let connection = try server.connect(to: name)
    _ = try Runner(connection: connection).run(chain.baseline)
    for replayed in chain.migrations[...index] { _ = try runner(connection, replayed).run(replayed.up) }
    state = State(connection: connection, schema: try Snapshot(connection), tables: try LiveSchema(connection))
    try populate(&state)
  }

  /// The rows that were made up are not those that will be there: this is worth knowing, and no failure.
  private func dataCheck(_ replayed: Chain.Replayed, _ up: [StatementRun]) -> CheckResult {
    let version = replayed.migration.version
    let failed = up.rejected.first { $0.addsRequiredColumn } ?? up.rejected.first { $0.error?.dependsOnRows == true }
    let isEmptyOnly = failed?.addsRequiredColumn ?? false
    return CheckResult(
      id: "data/\(version)/applies", stage: "data", subject: "migration \(version)", status: .skipped,
      message: isEmptyOnly
        ? "migration \(version) applies only while the table has no rows: \(failed?.error?.message ?? "")"
        : "whether migration \(version) applies depends on the rows: \(failed?.error?.message ?? "")",
      sqlState: failed?.error?.sqlState, range: failed?.range)
  }

  /// Rows that were there before a migration are there after it, with the same values, unless it says otherwise.
  private func keeps(_ replayed: Chain.Replayed, _ before: RowDigest, _ after: RowDigest) -> CheckResult? {
    let version = replayed.migration.version
    guard !before.tables.isEmpty else { return nil }
    let intended = IntendedChanges(replayed.up)
    let differences = after.differences(from: before, isExact: false) { table, type in
      if let type { return intended.mention(type) }
      return intended.change(table)
    }
    return CheckResult(
      id: "data/\(version)/keeps", stage: "data", subject: "migration \(version)",
      status: differences.isEmpty ? .passed : .failed,
      message: differences.isEmpty
        ? "rows from before migration \(version) are there after it"
        : "migration \(version) changes rows that it does not speak of",
      expected: differences.isEmpty ? nil : "the rows as they were",
      actual: differences.isEmpty ? nil : differences.joined(separator: "\n"),
      range: replayed.up.first.map { $0.file.range($0.statement.range) })
  }

  // MARK: Back and forth

  /// In one transaction that is rolled back, where that is the same; on a copy of the database otherwise.
  private func goBackAndForth(
    _ replayed: Chain.Replayed, _ before: State, after: State, _ up: [StatementRun], _ isSame: Bool,
    _ result: inout Result
  ) throws {
    let stage = MigrationRollback(
      replayed: replayed, before: before.schema, after: after.schema, rejected: Set(up.rejected.map(\.range)),
      rows: isSame && before.isPopulated && after.isPopulated ? before.rows : nil)
    let isOneTransaction = (replayed.up + replayed.down).allSatisfy { $0.statement.action.canBeTakenBack }
    var outcome: MigrationRollback.Outcome?
    if isOneTransaction {
      try after.connection.execute("BEGIN")
      let tried = try stage.run(
        Runner(
          connection: after.connection, isInsideTransaction: true, predictions: predictions),
        before.tables)
      try after.connection.execute("ROLLBACK")
      if tried.isClean { outcome = tried }
    }
    let final =
      try outcome
      ?? databases.withCopy(of: name, leaving: after.connection) { (copy: Connection) in
        try stage.run(runner(copy, replayed), before.tables)
      }
    result.runs.append(final.runs)
    result.rollbacks[replayed.migration.version] = final.rollback
    result.log += final.checks
  }

  /// A migration that stops in the middle must be run again: without a transaction its first part has had its effect. One
  /// that guards some of its statements against that must guard all.
  private func runsAgain(_ replayed: Chain.Replayed, _ state: State) throws -> [CheckResult] {
    let version = replayed.migration.version
    let again = try databases.withCopy(of: name, leaving: state.connection) {
      try runner($0, replayed).run(replayed.up)
    }
    let failed = again.rejected.first
    // Who guards nothing promises nothing.
    let isGuarded = replayed.up.contains { step in
      let text = step.file.sql(step.statement.range).lowercased()
      return text.contains("if not exists") || text.contains("or replace")
    }
    guard failed == nil || isGuarded else { return [] }
    return [
      CheckResult(
        id: "apply/\(version)/again", stage: "apply", subject: "migration \(version)",
        status: failed == nil ? .passed : .failed,
        message: failed == nil
          ? "migration \(version), which runs outside of a transaction, can be run again"
          : "migration \(version) runs outside of a transaction and can't be run again: \(failed?.error?.message ?? "")",
        expected: failed == nil ? nil : "a second run has nothing against it",
        actual: failed?.error?.summary, sqlState: failed?.error?.sqlState, range: failed?.range)
    ]
  }
}

extension [Execution] {
  /// Whether the script begins a transaction with its first statement and ends it with its last.
  fileprivate var isOneTransaction: Bool {
    let ends = indices.filter { if case .transaction = self[$0].statement.action { true } else { false } }
    return ends == [0, count - 1]
  }
}

extension StatementRun {
  fileprivate var addsRequiredColumn: Bool {
    guard error?.sqlState == "23502", case .alterTable(let statement) = step.statement.action else { return false }
    return statement.changes.contains { if case .addColumn = $0 { true } else { false } }
  }
}

extension PostgresError {
  /// Whether other rows might have been accepted (PostgreSQL documentation, appendix A, classes 22 and 23).
  var dependsOnRows: Bool { sqlState?.hasPrefix("22") == true || sqlState?.hasPrefix("23") == true }
}

extension Action {
  /// Whether a transaction around it and others changes nothing but when it counts.
  fileprivate var canBeTakenBack: Bool {
    switch self {
    case .call, .cursor, .execute: false
    case .doBlock(let body): !body.text.lowercased().contains("commit")
    default: !needsItsOwnTransaction
    }
  }
}
