import Diagnostics
import PostgresSyntax

/// A statement in its place in the chain.
public protocol PlacedStatement {
  var statement: Statement { get }
  var file: SourceFile { get }
  /// The version of the migration; nil for the baseline and for queries.
  var migration: String? { get }
  var direction: Direction? { get }
}

/// What a statement came to.
public struct Execution: PlacedStatement, Sendable {
  public var statement: Statement
  public var file: SourceFile
  public var migration: String?
  public var direction: Direction?
  public var outcome: Outcome
  /// The place in the chain; a rollback and a query have that of the last statement before them.
  public var position: Int

  public var origin: Origin { Origin(file: file, range: statement.range, migration: migration) }
}

/// A statement with the schema before and after it.
public struct Step: PlacedStatement, Sendable {
  public let execution: Execution
  private let beforeIt: Snapshot
  private let afterIt: Snapshot

  init(_ execution: Execution, before: Snapshot, after: Snapshot) {
    self.execution = execution
    beforeIt = before
    afterIt = after
  }

  public var before: Catalog { _read { yield beforeIt.catalog } }
  public var after: Catalog { _read { yield afterIt.catalog } }

  public var statement: Statement { execution.statement }
  public var file: SourceFile { execution.file }
  public var migration: String? { execution.migration }
  public var direction: Direction? { execution.direction }
  public var outcome: Outcome { execution.outcome }
  public var position: Int { execution.position }
  public var origin: Origin { execution.origin }
}

/// A catalog that many steps refer to.
final class Snapshot: Sendable {
  let catalog: Catalog
  init(_ catalog: consuming Catalog) { self.catalog = catalog }
}

/// Applies statements one after the other.
public struct Replay: Sendable {
  private var current: Snapshot
  /// The major version of the server that is imitated: a statement that it rejects leaves no trace. Where nil, a
  /// rejected statement counts as if it had been right, so that one defect is one finding.
  let server: Int?
  private var count = 0
  private var isBranch = false
  /// The statement that was applied last.
  private var lastOrigin: Origin?
  /// The catalogs at BEGIN and at each savepoint, to which a rollback returns.
  private var marks: [(savepoint: String?, snapshot: Snapshot)] = []
  /// Whether the transaction has failed: the server rejects everything until it ends.
  private var isAborted = false
  /// Whether whoever runs the script has opened a transaction for it; nil where nobody knows.
  public var isWrapped: Bool?

  public init(_ catalog: Catalog, as server: Int? = nil) {
    current = Snapshot(catalog)
    self.server = server
  }

  public internal(set) var catalog: Catalog {
    _read { yield current.catalog }
    set { current = Snapshot(newValue) }
  }

  /// Goes on from where another replay is, on a path that leads nowhere: a rollback, a query.
  public init(branchingOff other: Replay) {
    current = other.current
    server = other.server
    count = other.count
    isBranch = true
  }

  /// Applies a statement and says what the server has against it.
  ///
  /// - Parameter isAccepted: what a server did with the statement, where one was asked: the replay goes on as it did,
  ///   whatever the prediction was.
  public mutating func run(
    _ statement: Statement, in file: SourceFile, migration: String?, direction: Direction?, isAccepted: Bool? = nil
  ) -> Step {
    if !isBranch { count += 1 }
    let before = current
    var outcome = Outcome()
    if let rejection = transactionRejection(statement.action) {
      outcome.rejections = [rejection]
    } else if let server, let cause = statement.repairedCause, cause.isRejected(by: server) {
      outcome.rejections = [Rejection(.other("syntax error", sqlState: "42601"))]
    }
    if outcome.rejections.isEmpty || isAccepted == true {
      let origin = Origin(file: file, range: statement.range, migration: migration)
      let (next, applied) = apply(statement, origin)
      lastOrigin = origin
      outcome.effects = applied.effects
      outcome.references = applied.references
      outcome.rejections += applied.rejections
      current = next
    }
    if let server { outcome.rejections.removeAll { $0.acceptedSince.map { $0 <= server } ?? false } }
    if isAccepted ?? (server == nil || outcome.sqlState == nil) {
      if case .transaction(let command) = statement.action { control(command) }
      if marks.isEmpty, isWrapped == false { dropOnCommit() }
    } else {
      current = before
      outcome.effects = []
      fail(statement.action)
    }
    let execution = Execution(
      statement: statement, file: file, migration: migration, direction: direction, outcome: outcome, position: count)
    return Step(execution, before: before, after: current)
  }

  private func apply(_ statement: Statement, _ origin: Origin) -> (Snapshot, Outcome) {
    if case .transaction = statement.action { return (current, Outcome()) }
    var application = Application(catalog: current.catalog, origin: origin)
    application.apply(statement.action)
    var outcome = application.outcome
    if statement.repairedCause != nil { outcome.doubt() }
    return (Snapshot(application.catalog), outcome)
  }

  /// What is wrong with running the statement in the transaction that is open, or without one.
  private func transactionRejection(_ action: Action) -> Rejection? {
    if isAborted, !action.endsFailedTransaction {
      return Rejection(
        .other(
          "current transaction is aborted, commands ignored until end of transaction block", sqlState: "25P02"))
    }
    if !marks.isEmpty, let command = action.commandOutsideTransactions {
      return Rejection(.other("\(command) cannot run inside a transaction block", sqlState: "25001"))
    }
    guard isWrapped == false else { return nil }
    if marks.isEmpty, let command = action.commandInsideTransactions {
      return Rejection(.other("\(command) can only be used in transaction blocks", sqlState: "25P01"))
    }
    if let name = action.savepoint, !marks.contains(where: { $0.savepoint == name }) {
      return Rejection(.other("savepoint '\(name)' does not exist", sqlState: "3B001"))
    }
    return nil
  }

  /// A statement that fails takes the transaction it is in with it.
  mutating func fail(_ action: Action? = nil) {
    switch action {
    case .transaction(.commit), .transaction(.rollback), .transaction(.prepare): control(.rollback)
    default: isAborted = !marks.isEmpty
    }
  }

  /// What ends with a transaction or a session.
  private mutating func end(_ change: (inout Application) -> Void) {
    guard let lastOrigin else { return }
    var application = Application(catalog: catalog, origin: lastOrigin)
    change(&application)
    catalog = application.catalog
  }

  private mutating func dropOnCommit() {
    if !catalog.session.endingWithTransaction.isEmpty { end { $0.endTransaction() } }
  }

  /// The end of a file: what it left open, the runner closes.
  public mutating func endScript() {
    if server != nil, let first = marks.first { current = first.snapshot }
    marks = []
    isAborted = false
    if catalog.session != Catalog.Session(path: catalog.defaultPath) { end { $0.endSession() } }
  }

  private mutating func control(_ command: TransactionCommand) {
    switch command {
    case .begin: if marks.isEmpty { marks = [(nil, current)] }
    case .savepoint(let name): marks.append((name, current))
    case .commit:
      if isAborted, let first = marks.first { current = first.snapshot }
      marks = []
      isAborted = false
      dropOnCommit()
    case .rollback, .prepare:
      if let first = marks.first { current = first.snapshot }
      marks = []
      isAborted = false
    case .rollbackTo(let name):
      guard let index = marks.lastIndex(where: { $0.savepoint == name }) else { return }
      current = marks[index].snapshot
      marks.removeSubrange((index + 1)...)
      isAborted = false
    case .release(let name):
      if let index = marks.lastIndex(where: { $0.savepoint == name }) { marks.removeSubrange(index...) }
    case .other: break
    }
  }
}

extension Action {
  /// Whether the statement runs although the transaction has failed: it ends it, or returns to before the failure.
  fileprivate var endsFailedTransaction: Bool {
    switch self {
    case .transaction(.commit), .transaction(.rollback), .transaction(.rollbackTo), .transaction(.prepare): true
    default: false
    }
  }

  /// The savepoint that the statement returns to or gives up.
  fileprivate var savepoint: String? {
    switch self {
    case .transaction(.release(let name)), .transaction(.rollbackTo(let name)): name
    default: nil
    }
  }
}
