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
  /// Whether any migration can be rolled back.
  let hasRollbacks: Bool

  /// What is being replayed.
  enum Stage { case baseline, migrations, queries }
  private(set) var stage = Stage.baseline
  /// The schema after the last migration.
  public private(set) var final: Catalog
  /// What the statements that run forward have created and dropped.
  private(set) var history = History()
  /// How often statements name the relations that nothing creates.
  private(set) var missing = MissingRelations()
  public private(set) var syntaxErrors: [Unparsed] = []
  public private(set) var statementCount = 0

  /// The steps, where they are kept.
  public private(set) var baseline: [Step] = []
  public private(set) var migrations: [Replayed] = []
  /// Queries of a document, each on the final schema.
  public private(set) var queries: [Step] = []
  /// The rollbacks in the order in which a document lists them, where that isn't last to first. Always kept.
  public private(set) var listedRollbacks: [Step] = []

  /// One migration with its statements, each with the schema before and after it.
  public struct Replayed: Sendable {
    public var migration: Migration
    public var before: Catalog
    public var up: [Step]
    public var after: Catalog
    /// The rollback, run right after the migration.
    public var down: [Step]
    public var afterDown: Catalog
  }

  /// A statement that PostgreSQL's grammar rejects.
  public struct Unparsed: Sendable {
    public var error: ParseError
    public var file: SourceFile
    public var migration: String?
    public var direction: Direction?
  }

  /// A stretch of the chain, as it passes by.
  enum Part {
    case baseline([Step])
    case migration(Replayed)
    case query([Step])

    var steps: [Step] {
      switch self {
      case .baseline(let steps), .query(let steps): steps
      case .migration(let replayed): replayed.up + replayed.down
      }
    }
  }

  /// Replays the migrations on the simulated catalog.
  ///
  /// - Parameters:
  ///   - threads: how many threads parse.
  ///   - keepsSteps: whether all statements stay in memory, with the schemas around them.
  ///   - visit: sees every part, in order, with what is known of the chain so far.
  init(
    _ set: MigrationSet, declaredVersion: Int?, threads: Int, keepsSteps: Bool, visit: (Part, Chain) -> Void
  ) {
    self.set = set
    self.declaredVersion = declaredVersion
    hasRollbacks = set.migrations.contains { !$0.down.isEmpty }
    final = Catalog(isComplete: set.baseline != nil, searchPath: set.searchPath)
    let parsed = ParallelSequence(set.scripts, threads: threads) { parse($0.file, in: $0.range) }
    var replay = Replay(final)
    pass(.baseline(run(set.baseline ?? [], on: &replay, parsed)), keepsSteps, visit)
    stage = .migrations
    for migration in set.migrations {
      let before = replay.catalog
      let up = run(migration.up, on: &replay, parsed, migration: migration.version, direction: .up)
      var back = Replay(branchingOff: replay)
      let down = run(migration.down, on: &back, parsed, migration: migration.version, direction: .down)
      let replayed = Replayed(
        migration: migration, before: before, up: up, after: replay.catalog, down: down, afterDown: back.catalog)
      pass(.migration(replayed), keepsSteps, visit)
    }
    final = replay.catalog
    stage = .queries
    for script in set.queries {
      var query = Replay(branchingOff: replay)
      pass(.query(run([script], on: &query, parsed)), keepsSteps, visit)
    }
    for script in set.asides {
      var aside = Replay(Catalog(searchPath: set.searchPath))
      _ = run([script], on: &aside, parsed)
    }
    listedRollbacks = replayListedRollbacks()
  }

  private mutating func pass(_ part: Part, _ keepsSteps: Bool, _ visit: (Part, Chain) -> Void) {
    visit(part, self)
    guard keepsSteps else { return }
    switch part {
    case .baseline(let steps): baseline = steps
    case .migration(let replayed): migrations.append(replayed)
    case .query(let steps): queries += steps
    }
  }

  private mutating func run(
    _ scripts: [Script], on replay: inout Replay, _ parsed: ParallelSequence<Script, ParsedSQL>,
    migration: String? = nil, direction: Direction? = nil
  ) -> [Step] {
    var steps: [Step] = []
    for script in scripts {
      let sql = parsed.next() ?? ParsedSQL()
      syntaxErrors += sql.errors.map {
        Unparsed(error: $0, file: script.file, migration: migration, direction: direction)
      }
      statementCount += replay.run(sql, of: script, migration: migration, direction: direction) { steps.append($0) }
    }
    for step in steps {
      if direction != .down, stage != .queries { history.add(step) }
      missing.add(step)
    }
    return steps
  }

  private func replayListedRollbacks() -> [Step] {
    guard set.listsRollbacksForward else { return [] }
    var replay = Replay(final)
    var steps: [Step] = []
    for version in set.listedRollbacks {
      for script in set.migrations.first(where: { $0.version == version })?.down ?? [] {
        let sql = parse(script.file, in: script.range)
        replay.run(sql, of: script, migration: version, direction: .down) { steps.append($0) }
      }
    }
    return steps
  }

  /// The migration in which a statement of that origin runs, for messages.
  func name(of version: String?) -> String { version.map { "migration \($0)" } ?? "the baseline" }
}

extension Replay {
  /// Runs the statements of a script; those that don't parse leave what they name unknown. Returns their number.
  @discardableResult
  mutating func run(
    _ sql: ParsedSQL, of script: Script, migration: String?, direction: Direction?, _ visit: (Step) -> Void
  ) -> Int {
    let pieces = sql.pieces
    for piece in pieces {
      switch piece {
      case .statement(let statement):
        visit(run(statement, in: script.file, migration: migration, direction: direction))
      case .unreadable(let range): skip(range, in: script.file)
      }
    }
    endScript()
    return pieces.count
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
