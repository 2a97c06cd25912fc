import Catalog
import Diagnostics
import Migrations
import PostgresSyntax

/// All migrations, replayed: what every rule looks at.
public struct Chain: Sendable {
  public var set: MigrationSet
  public var baseline: [Step] = []
  public var migrations: [Replayed] = []
  /// Queries of a document, each on the final schema.
  public var queries: [Step] = []
  /// The rollbacks in the order in which a document lists them, where that isn't last to first.
  public var listedRollbacks: [Step] = []
  public var syntaxErrors: [Unparsed] = []
  /// The schema after the last migration.
  public var final: Catalog
  /// The major version of the server that the migrations are for; nil where nobody said.
  public var declaredVersion: Int?
  /// The version to judge by.
  public var postgresVersion: Int { declaredVersion ?? 15 }

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

  /// Every statement that runs forward, baseline first.
  public private(set) var forward: [Step] = []
  /// Which statements of `forward` create or drop an object of a name.
  private var changes: [String: [Int]] = [:]

  /// Every statement of the files, in the order of the chain.
  public private(set) var allSteps: [Step] = []

  /// Replays the migrations on the simulated catalog.
  public init(_ set: MigrationSet, parsed: [Script: ParsedSQL], declaredVersion: Int?) {
    self.set = set
    self.declaredVersion = declaredVersion
    final = Catalog(isComplete: set.baseline != nil, searchPath: set.searchPath)
    var replay = Replay(final)
    baseline = run(set.baseline ?? [], on: &replay, parsed, migration: nil, direction: nil)
    for migration in set.migrations {
      let before = replay.catalog
      let up = run(migration.up, on: &replay, parsed, migration: migration.version, direction: .up)
      var back = Replay(branchingOff: replay)
      let down = run(migration.down, on: &back, parsed, migration: migration.version, direction: .down)
      migrations.append(
        Replayed(
          migration: migration, before: before, up: up, after: replay.catalog, down: down, afterDown: back.catalog))
    }
    final = replay.catalog
    for script in set.queries {
      var query = Replay(branchingOff: replay)
      queries += run([script], on: &query, parsed, migration: nil, direction: nil)
    }
    listedRollbacks = replayListedRollbacks(parsed)
    allSteps = baseline + migrations.flatMap { $0.up + $0.down } + queries
    forward = baseline + migrations.flatMap(\.up)
    for (index, step) in forward.enumerated() {
      for name in Set(step.outcome.effects.map(\.object.name)) { changes[name, default: []].append(index) }
    }
  }

  /// The statements that create or drop an object of that name, in order.
  func steps(changing name: String) -> [Step] {
    (changes[name] ?? []).map { forward[$0] }
  }

  private mutating func run(
    _ scripts: [Script], on replay: inout Replay, _ parsed: [Script: ParsedSQL], migration: String?,
    direction: Direction?
  ) -> [Step] {
    for script in scripts {
      syntaxErrors += (parsed[script]?.errors ?? []).map {
        Unparsed(error: $0, file: script.file, migration: migration, direction: direction)
      }
    }
    return replay.run(scripts, parsed, migration: migration, direction: direction)
  }

  private func replayListedRollbacks(_ parsed: [Script: ParsedSQL]) -> [Step] {
    guard set.listsRollbacksForward else { return [] }
    var replay = Replay(final)
    return set.listedRollbacks.flatMap { version in
      let migration = set.migrations.first { $0.version == version }
      return replay.run(migration?.down ?? [], parsed, migration: version, direction: .down)
    }
  }

  /// The migration in which a statement of that origin runs, for messages.
  func name(of version: String?) -> String { version.map { "migration \($0)" } ?? "the baseline" }
}

extension Replay {
  /// Runs the statements of scripts; those that don't parse leave what they name unknown.
  fileprivate mutating func run(
    _ scripts: [Script], _ parsed: [Script: ParsedSQL], migration: String?, direction: Direction?
  ) -> [Step] {
    var steps: [Step] = []
    for script in scripts {
      for piece in (parsed[script] ?? ParsedSQL()).pieces {
        switch piece {
        case .statement(let statement):
          steps.append(run(statement, in: script.file, migration: migration, direction: direction))
        case .unreadable(let range): skip(range, in: script.file)
        }
      }
      endScript()
    }
    return steps
  }
}

extension MigrationSet {
  /// Whether a document lists the rollback of an earlier migration before that of a later one.
  public var listsRollbacksForward: Bool {
    let places = listedRollbacks.compactMap { version in migrations.firstIndex { $0.version == version } }
    return zip(places, places.dropFirst()).contains { $0 < $1 }
  }
}
