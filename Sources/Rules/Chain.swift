import Catalog
import Diagnostics
import Migrations
import PostgresSyntax

/// All migrations, replayed: what every rule looks at.
///
/// The statements pass by, each with the schema around it, and are forgotten unless somebody wants to keep them; what
/// stays is what the chain knows of them.
public struct Chain: Sendable {
  public let set: MigrationSet
  /// The major version of the server that the migrations are for; nil where nobody said.
  public let declaredVersion: Int?
  /// The version to judge by.
  public var postgresVersion: Int { declaredVersion ?? 15 }
  /// Whether most migrations can be rolled back one by one, and nothing takes back all of them.
  let hasRollbacks: Bool

  /// The versions of which there is a rollback only.
  private let orphans: Set<String>

  /// What is being replayed.
  enum Stage { case baseline, migrations, queries, asides }
  private(set) var stage = Stage.baseline
  /// The schema after the last migration.
  public private(set) var final: Catalog
  /// The tables of the final schema.
  private(set) var tables: [Relation] = []
  /// What the statements that run forward have created and dropped.
  private(set) var history = History()
  /// How often statements name the relations that nothing creates.
  private(set) var missing = MissingRelations()
  /// What is in use when the migrations are applied.
  private(set) var deployment: Deployment
  /// The transaction around the statement that passes.
  private(set) var transaction = RunningTransaction()
  /// The locks that the statement which passes takes on tables that others may be using.
  private(set) var locks: [TableLock] = []
  /// The names of columns that some policy of the final schema compares with the session.
  private(set) var isolatingNames: Set<String> = []
  /// What the user set for rules, by rule and key.
  let options: [String: [String: [String]]]
  /// The columns that say whose a row is, as the user declares them.
  public let tenantColumns: [String]
  /// The day on which the migrations are judged, as `2024-01-31`; nil where it doesn't matter.
  let today: String?
  public private(set) var syntaxErrors: [Unparsed] = []
  /// psql's own commands and variables, with the files that have them.
  private(set) var psqlCommands: [Origin] = []
  /// The statements that open a transaction which nothing ends.
  private(set) var leftOpen: [Execution] = []
  public private(set) var statementCount = 0

  /// The statements, where they are kept.
  public private(set) var baseline: [Execution] = []
  public private(set) var migrations: [Replayed] = []
  /// Queries of a document, each on the final schema.
  public private(set) var queries: [Execution] = []
  /// The scripts that take all migrations back at once. Always kept.
  public private(set) var fullRollbacks: [Replayed] = []
  /// The rollbacks in the order in which a document lists them, where that isn't last to first. Always kept.
  public private(set) var listedRollbacks: [Step] = []

  /// What the statements of migrations are expected to lock, by their position in the chain, where they are kept.
  public private(set) var lockForecasts: [Int: [LockForecast]] = [:]

  /// A lock that a statement is expected to take on a table.
  public struct LockForecast: Sendable {
    public var table: ObjectName
    public var mode: LockMode
    public var work: TableLock.Work?
    /// Whether the work depends on the time zone of the session: in UTC both kinds of timestamp are stored alike.
    public var dependsOnTimeZone: Bool

    init(_ lock: TableLock) {
      table = lock.table.name
      mode = lock.mode
      work = lock.work
      dependsOnTimeZone =
        if case .typeChange(_, let old, let new) = lock.cause { old.isOtherTimestamp(than: new) } else { false }
    }
  }

  /// One migration with its statements.
  public struct Replayed: Sendable {
    public var migration: Migration
    public var before: Catalog
    /// Of those that change nothing, only the first unless all are kept.
    public var up: [Execution]
    public var after: Catalog
    /// The rollback, run right after the migration.
    public var down: [Execution]
    public var afterDown: Catalog
    /// Whether it stands for all migrations, which one rollback takes back.
    public var isWhole = false

    /// What runs forward and hasn't been looked at as part of a migration of its own.
    var forward: [Execution] { isWhole ? [] : up }

    var rollbackName: String {
      isWhole ? "the rollback of all migrations" : "the rollback of migration '\(migration.version)'"
    }
  }

  /// A statement that PostgreSQL's grammar rejects.
  public struct Unparsed: Sendable {
    public var error: ParseError
    public var file: SourceFile
    public var migration: String?
    public var direction: Direction?
  }

  /// What passes by.
  enum Event {
    case step(Step)
    case migration(Replayed)
  }

  /// What replaying needs besides the chain itself.
  private struct Reading {
    var reader: ScriptReader
    let keepsStatements: Bool
    let visit: (Event, Chain) -> Void
  }

  /// Replays the migrations on the simulated catalog.
  ///
  /// - Parameters:
  ///   - keepsStatements: whether all statements stay in memory.
  ///   - visit: sees every statement and then its migration, with what is known of the chain so far.
  init(
    _ set: MigrationSet, settings: RuleSettings, keepsStatements: Bool, visit: @escaping (Event, Chain) -> Void
  ) {
    self.set = set
    declaredVersion = settings.postgresVersion
    deployment = Deployment(changed: settings.changedFiles)
    options = settings.options
    tenantColumns = settings.tenantColumns
    today = settings.today
    orphans = Set(set.migrations.filter(\.up.isEmpty).map(\.version))
    let lasting = set.migrations.filter { !$0.isRepeatable && !$0.up.isEmpty }
    hasRollbacks = set.fullRollbacks.isEmpty && lasting.count { !$0.down.isEmpty } * 2 >= max(lasting.count, 1)
    final = Catalog(isComplete: set.baseline != nil, searchPath: set.searchPath)
    var reading = Reading(
      reader: ScriptReader(set, threads: settings.threads),
      keepsStatements: keepsStatements || !set.fullRollbacks.isEmpty,
      visit: visit)
    var replay = Replay(final)
    let first = run(set.baseline ?? [], on: &replay, &reading)
    if reading.keepsStatements { baseline = first }
    let start = replay.catalog
    stage = .migrations
    for migration in set.migrations { run(migration, on: &replay, &reading) }
    final = replay.catalog
    tables = final.tables
    isolatingNames = RowSecurity.isolatingNames(in: tables)
    stage = .queries
    for script in set.queries {
      var query = Replay(branchingOff: replay)
      let found = run([script], on: &query, &reading)
      if reading.keepsStatements { queries += found }
    }
    for scripts in set.fullRollbacks { rollBack(scripts, from: replay, to: start, &reading) }
    stage = .asides
    for script in set.asides + set.otherChains.joined() {
      var aside = Replay(Catalog(searchPath: set.searchPath))
      _ = run([script], on: &aside, &reading)
    }
    listedRollbacks = replayListedRollbacks()
  }

  private mutating func run(_ migration: Migration, on replay: inout Replay, _ reading: inout Reading) {
    let before = replay.catalog
    let up = run(migration.up, on: &replay, &reading, of: migration, direction: .up)
    var back = Replay(branchingOff: replay)
    let down = run(migration.down, on: &back, &reading, of: migration, direction: .down)
    let replayed = Replayed(
      migration: migration, before: before, up: up, after: replay.catalog, down: down, afterDown: back.catalog)
    reading.visit(.migration(replayed), self)
    if reading.keepsStatements { migrations.append(replayed) }
  }

  /// Runs the scripts that take all migrations back at once.
  private mutating func rollBack(
    _ scripts: [Script], from replay: Replay, to start: Catalog, _ reading: inout Reading
  ) {
    var back = Replay(branchingOff: replay)
    let down = run(scripts, on: &back, &reading, direction: .down)
    var replayed = Replayed(
      migration: Migration(version: "all", name: "all migrations", down: scripts),
      before: start, up: migrations.flatMap(\.up), after: final, down: down, afterDown: back.catalog)
    replayed.isWhole = true
    reading.visit(.migration(replayed), self)
    fullRollbacks.append(replayed)
  }

  private mutating func run(
    _ scripts: [Script], on replay: inout Replay, _ reading: inout Reading, of owner: Migration? = nil,
    direction: Direction? = nil
  ) -> [Execution] {
    var executions: [Execution] = []
    let migration = owner?.version
    for script in scripts {
      var isFirst = true
      while let sql = reading.reader.next(of: script) {
        if isFirst {
          transaction = RunningTransaction(
            runner: owner.map { set.runner(of: $0, sql.statements, unreadable: sql.errors.count) } ?? .none)
          isFirst = false
        }
        syntaxErrors += sql.errors.map {
          Unparsed(error: $0, file: script.file, migration: migration, direction: direction)
        }
        psqlCommands += sql.psqlCommands.map { Origin(file: script.file, range: $0, migration: migration) }
        for piece in sql.pieces {
          statementCount += 1
          guard let step = replay.run(piece, in: script.file, migration: migration, direction: direction) else {
            continue
          }
          if direction != .down, stage != .queries, stage != .asides { history.add(step) }
          missing.add(step)
          let expected = step.isForward ? step.tableLocks : []
          locks = step.outcome.sqlState == nil ? expected.filter { !isNew($0.table, to: step) } : []
          reading.visit(.step(step), self)
          transaction.add(step, locks)
          deployment.add(step)
          if reading.keepsStatements, step.isForward {
            lockForecasts[step.position] = expected.map(LockForecast.init)
          }
          if reading.keepsStatements || step.isWanted(after: executions) { executions.append(step.execution) }
        }
      }
      if let opening = transaction.opening { leftOpen.append(opening) }
      replay.endScript()
    }
    return executions
  }

  private func replayListedRollbacks() -> [Step] {
    guard set.listsRollbacksForward else { return [] }
    var replay = Replay(final)
    var steps: [Step] = []
    for version in set.listedRollbacks {
      for script in set.migrations.first(where: { $0.version == version })?.down ?? [] {
        for piece in parse(script.file, in: script.range).pieces {
          if let step = replay.run(piece, in: script.file, migration: version, direction: .down) { steps.append(step) }
        }
        replay.endScript()
      }
    }
    return steps
  }

  /// Whether a table holds no rows that anybody else could be using when a statement runs.
  func isNew(_ table: Relation, to step: some PlacedStatement) -> Bool { deployment.isNew(table, to: step) }

  /// Whether a statement belongs to the rollback of a migration that isn't among the files.
  func isOrphan(_ step: Step) -> Bool { step.direction == .down && step.migration.map(orphans.contains) ?? false }

  /// The migration in which a statement of that origin runs, for messages.
  func name(of version: String?) -> String { version.map { "migration \($0)" } ?? "the baseline" }
}

extension Step {
  /// Whether the migration is judged by the statement, where not all are kept: those that change nothing don't count.
  fileprivate func isWanted(after executions: [Execution]) -> Bool {
    if !outcome.effects.isEmpty || !outcome.rejections.isEmpty { return true }
    switch statement.action {
    case .drop, .doBlock: return true
    default: break
    }
    return changesSchema && !executions.contains(where: \.changesSchema)
  }
}

extension Replay {
  /// Runs a statement; one that can't be read leaves what it names unknown.
  mutating func run(
    _ piece: ParsedSQL.Piece, in file: SourceFile, migration: String?, direction: Direction?
  ) -> Step? {
    switch piece {
    case .statement(let statement): return run(statement, in: file, migration: migration, direction: direction)
    case .unreadable(let range):
      skip(range, in: file)
      return nil
    }
  }
}

extension MigrationSet {
  /// Whether a document lists the rollback of an earlier migration before that of a later one.
  public var listsRollbacksForward: Bool {
    guard !listedRollbacks.isEmpty else { return false }
    let places = listedRollbacks.compactMap { version in migrations.firstIndex { $0.version == version } }
    return zip(places, places.dropFirst()).contains { $0 < $1 }
  }
}
