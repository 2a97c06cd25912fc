import Diagnostics
import PostgresSyntax

/// One statement in its place in the chain, with the schema before and after it.
public struct Step: Sendable {
  public var statement: Statement
  public var file: SourceFile
  /// The version of the migration; nil for the baseline and for queries.
  public var migration: String?
  public var direction: Direction?
  public var before: Catalog
  public var after: Catalog
  public var outcome: Outcome

  /// The place in the chain; a rollback and a query have that of the last statement before them.
  public var position: Int

  public func comesBefore(_ other: Step) -> Bool { position < other.position }

  public var origin: Origin { Origin(file: file, range: statement.range, migration: migration) }
}

/// Applies statements one after the other.
public struct Replay: Sendable {
  public internal(set) var catalog: Catalog
  /// The major version of the server that is imitated: a statement that it rejects leaves no trace. Where nil, a
  /// rejected statement counts as if it had been right, so that one defect is one finding.
  let server: Int?
  private var count = 0
  private var isBranch = false
  /// The catalogs at BEGIN and at each savepoint, to which a rollback returns.
  private var marks: [(savepoint: String?, catalog: Catalog)] = []
  /// Whether the transaction has failed: the server rejects everything until it ends.
  private var isAborted = false

  public init(_ catalog: Catalog, as server: Int? = nil) {
    self.catalog = catalog
    self.server = server
  }

  /// Goes on from where another replay is, on a path that leads nowhere: a rollback, a query.
  public init(branchingOff other: Replay) {
    catalog = other.catalog
    server = other.server
    count = other.count
    isBranch = true
  }

  public mutating func run(
    _ statement: Statement, in file: SourceFile, migration: String?, direction: Direction?
  ) -> Step {
    if !isBranch { count += 1 }
    let before = catalog
    var outcome = Outcome()
    if case .transaction(let command) = statement.action {
      control(command, &outcome)
    } else if isAborted {
      outcome.rejections = [Self.aborted]
    } else if let server, let cause = statement.repairedCause, cause.isRejected(by: server) {
      outcome.rejections = [Rejection(.other("syntax error", sqlState: "42601"))]
      if !marks.isEmpty { isAborted = true }
    } else {
      let origin = Origin(file: file, range: statement.range, migration: migration)
      var application = Application(catalog: catalog, origin: origin)
      application.apply(statement.action)
      catalog = application.catalog
      outcome = application.outcome
      if statement.repairedCause != nil { outcome.doubt() }
      if server != nil, outcome.sqlState != nil {
        catalog = before
        outcome.effects = []
        if !marks.isEmpty { isAborted = true }
      }
    }
    return Step(
      statement: statement, file: file, migration: migration, direction: direction, before: before, after: catalog,
      outcome: outcome, position: count)
  }

  private static let aborted = Rejection(
    .other("current transaction is aborted, commands ignored until end of transaction block", sqlState: "25P02"))

  /// A statement that fails for reasons that the catalog doesn't know makes the transaction it is in fail.
  public mutating func abort() {
    if !marks.isEmpty { isAborted = true }
  }

  /// The end of a file: what it left open, the runner closes.
  public mutating func endScript() {
    if server != nil, let first = marks.first { catalog = first.catalog }
    marks = []
    isAborted = false
    catalog.session = Catalog.Session(path: catalog.defaultPath)
    catalog.dropTemporaryObjects()
  }

  private mutating func control(_ command: TransactionCommand, _ outcome: inout Outcome) {
    switch command {
    case .begin: if marks.isEmpty { marks = [(nil, catalog)] }
    case .savepoint(let name):
      if isAborted { outcome.rejections = [Self.aborted] } else { marks.append((name, catalog)) }
    case .commit:
      if isAborted, let first = marks.first { catalog = first.catalog }
      marks = []
      isAborted = false
    case .rollback:
      if let first = marks.first { catalog = first.catalog }
      marks = []
      isAborted = false
    case .rollbackTo(let name):
      guard let index = marks.lastIndex(where: { $0.savepoint == name }) else { return }
      catalog = marks[index].catalog
      marks.removeSubrange((index + 1)...)
      isAborted = false
    case .release(let name):
      if isAborted {
        outcome.rejections = [Self.aborted]
      } else if let index = marks.lastIndex(where: { $0.savepoint == name }) {
        marks.removeSubrange(index...)
      }
    case .other: break
    }
  }
}

extension Catalog {
  /// Temporary objects end with their session.
  mutating func dropTemporaryObjects() {
    let temporary = relationNames.keys.filter { $0.schema == Self.temporarySchema }
    guard !temporary.isEmpty || typeNames.keys.contains(where: { $0.schema == Self.temporarySchema }) else { return }
    for name in temporary {
      if let oid = relationNames[name] {
        relations[oid] = nil
        indexes[oid] = nil
      }
      relationNames[name] = nil
    }
  }
}
