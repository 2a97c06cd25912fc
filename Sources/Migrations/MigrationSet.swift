import Diagnostics

/// A stretch of SQL in a file. A Markdown plan holds many, a `.sql` file usually one.
public struct Script: Sendable, Hashable {
  public var file: SourceFile
  public var range: Range<Int>

  public init(file: SourceFile, range: Range<Int>? = nil) {
    self.file = file
    self.range = range ?? 0..<file.bytes.count
  }

  public static func == (a: Script, b: Script) -> Bool { a.file === b.file && a.range == b.range }
  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(file))
    hasher.combine(range)
  }
}

/// One step of the chain: what takes the schema forward, and what takes it back.
public struct Migration: Sendable, Hashable {
  /// As the file or document writes it, such as `001` or `20240131120000`.
  public var version: String
  public var name: String
  public var up: [Script]
  public var down: [Script]
  /// Whether it is run again whenever it changes, after all others, and so is never taken back.
  public var isRepeatable = false
  /// What the runner wraps in a transaction, where that is not the rule of the set.
  public var transactions: TransactionProfile?

  public init(version: String, name: String, up: [Script] = [], down: [Script] = []) {
    self.version = version
    self.name = name
    self.up = up
    self.down = down
  }

  /// The path of the file that the migration is known by.
  public var path: String { up.first?.file.path ?? down.first?.file.path ?? "" }
}

/// What a runner wraps in a transaction.
public enum TransactionProfile: String, Sendable, Hashable, CaseIterable {
  /// Each file is one transaction.
  case file
  /// Each file is sent as one message: several statements are one transaction, a single one is none.
  case query
  /// Each statement is its own transaction, as with `psql -f`, and a failed one doesn't stop those after it.
  case statement
}

/// Everything that was found at the paths a user gave, in the order in which it runs.
public struct MigrationSet: Sendable {
  public var layout: String
  public var transactions: TransactionProfile
  /// Whether the user, rather than the layout, says what the runner wraps in a transaction.
  public var saysTransactions = false
  /// What exists before the first migration. Nil where nobody said: then anything may.
  public var baseline: [Script]?
  public var migrations: [Migration]
  /// Queries that a document shows, and files such as `seed.sql`: checked against the final schema, not replayed.
  public var queries: [Script]
  /// Scripts that take all migrations back at once, each group for itself.
  public var fullRollbacks: [[Script]] = []
  /// Files that stand beside the migrations without being one, such as a `schema.sql` that sums them up: read, but not
  /// replayed.
  public var asides: [Script] = []
  /// Migrations in folders that number them like others, and so belong to other databases: read, but not replayed.
  public var otherChains: [[Script]] = []
  /// The search path that the platform sets; nil for the server's own.
  public var searchPath: [String]?
  /// The versions in the order in which a document lists their rollbacks.
  public var listedRollbacks: [String]

  public init(
    layout: String, transactions: TransactionProfile, baseline: [Script]? = nil, migrations: [Migration] = [],
    queries: [Script] = [], listedRollbacks: [String] = []
  ) {
    self.layout = layout
    self.transactions = transactions
    self.baseline = baseline
    self.migrations = migrations
    self.queries = queries
    self.listedRollbacks = listedRollbacks
  }

  /// What the runner wraps in a transaction where it applies the migration.
  public func profile(of migration: Migration) -> TransactionProfile { migration.transactions ?? transactions }

  /// Every script of the set, in the order of the chain.
  public var scripts: [Script] {
    (baseline ?? []) + migrations.flatMap { $0.up + $0.down } + queries + fullRollbacks.joined() + asides
      + otherChains.joined()
  }

  /// Every file of the set, each once.
  public var files: [SourceFile] {
    var seen: Set<String> = []
    return scripts.map(\.file).filter { seen.insert($0.path).inserted }
  }
}
