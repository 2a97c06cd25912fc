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
  /// The catalogs at BEGIN and at each savepoint, to which a rollback returns.
  private var count = 0
  private var isBranch = false
  private var marks: [(savepoint: String?, catalog: Catalog)] = []

  public init(_ catalog: Catalog) {
    self.catalog = catalog
  }

  /// Goes on from where another replay is, on a path that leads nowhere: a rollback, a query.
  public init(branchingOff other: Replay) {
    catalog = other.catalog
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
      control(command)
    } else {
      let origin = Origin(file: file, range: statement.range, migration: migration)
      var application = Application(catalog: catalog, origin: origin)
      application.apply(statement.action)
      catalog = application.catalog
      outcome = application.outcome
    }
    return Step(
      statement: statement, file: file, migration: migration, direction: direction, before: before, after: catalog,
      outcome: outcome, position: count)
  }

  /// The end of a file: what it left open, the runner closes.
  public mutating func endScript() {
    marks = []
    catalog.searchPath = ["public"]
  }

  private mutating func control(_ command: TransactionCommand) {
    switch command {
    case .begin: marks = [(nil, catalog)]
    case .savepoint(let name): marks.append((name, catalog))
    case .commit: marks = []
    case .rollback:
      if let first = marks.first { catalog = first.catalog }
      marks = []
    case .rollbackTo(let name):
      guard let index = marks.lastIndex(where: { $0.savepoint == name }) else { return }
      catalog = marks[index].catalog
      marks.removeSubrange((index + 1)...)
    case .release(let name):
      if let index = marks.lastIndex(where: { $0.savepoint == name }) { marks.removeSubrange(index...) }
    case .other: break
    }
  }
}
