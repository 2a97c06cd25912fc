import Catalog
import Diagnostics
import Migrations
import PostgresSyntax

/// What is there, and in use, when a migration is applied.
///
/// A table that the chain itself creates and fills with nothing is new: nobody waits for a lock on it, and no row is lost
/// with it. Where the user says since which revision the chain has changed, what is older is deployed and counts as full.
struct Deployment: Sendable {
  /// The files that have changed since what is deployed; nil where nobody said.
  let changed: Set<String>?
  /// The tables whose rows have all been removed, and that nothing has been put into since.
  private var emptied: Set<OID> = []
  /// The columns whose values the migration that runs has changed.
  private var changedColumns: (migration: String?, columns: Set<ObjectID>) = (nil, [])
  /// The tables into which an earlier statement has put rows, with the migration that did.
  private var filled: [OID: String?] = [:]

  init(changed: Set<String>?) {
    self.changed = changed
  }

  mutating func add(_ step: Step) {
    guard step.direction != .down else { return }
    let table: Reference? =
      switch step.statement.action {
      case .insert(let change), .update(let change), .merge(let change): change.table
      case .copy(let copy): copy.isFrom ? copy.table : nil
      default: nil
      }
    noteRemovals(step)
    if let table, let relation = step.after.relation(table.name) { emptied.remove(relation.oid) }
    guard let table, let relation = step.after.relation(table.name), filled[relation.oid] == nil else { return }
    filled[relation.oid] = .some(step.migration)
  }

  private mutating func noteRemovals(_ step: Step) {
    switch step.statement.action {
    case .delete(let change) where change.filter == nil && change.from.isEmpty:
      if let table = step.after.relation(change.table.name) { emptied.insert(table.oid) }
    case .truncate(let tables, _, _):
      emptied.formUnion(tables.compactMap { step.after.relation($0.name)?.oid })
    case .update(let change):
      if changedColumns.migration != step.migration { changedColumns = (step.migration, []) }
      guard let table = step.after.relation(change.table.name) else { return }
      changedColumns.columns.formUnion(
        change.columns.map { ObjectID(.column, schema: nil, $0.name, table: table.name.name) })
    default: break
    }
  }

  /// Whether the chain has put rows into a table.
  func isFilled(_ table: Relation) -> Bool { filled[table.oid] != nil }

  /// Whether the chain has removed all rows of a table.
  func isEmptied(_ table: Relation) -> Bool { emptied.contains(table.oid) }

  /// Whether the migration of a statement has changed values of a column before it.
  func hasChanged(_ column: String, of table: Relation, before step: some PlacedStatement) -> Bool {
    changedColumns.migration == step.migration
      && changedColumns.columns.contains(ObjectID(.column, schema: nil, column, table: table.name.name))
  }

  /// Whether a migration is part of what hasn't been deployed yet, as far as the user said.
  func isDeployed(_ origin: Origin?) -> Bool {
    guard let origin, origin.migration != nil else { return true }
    return changed.map { !$0.contains(origin.file.path) } ?? false
  }

  /// Whether a table holds no rows that anybody else could be using.
  func isNew(_ table: Relation, to step: some PlacedStatement) -> Bool {
    guard !table.isAssumed, let origin = table.origin, origin.migration != nil else { return false }
    if origin.migration == step.migration { return true }
    guard !isDeployed(origin) else { return false }
    // Rows that the same migration puts in are nobody else's yet.
    return filled[table.oid].map { $0 == step.migration } ?? true
  }

  /// Whether an object is only as old as the migration that now removes or changes it, or no older than what is to be
  /// deployed with it.
  func isOwn(_ origin: Origin?, of step: some PlacedStatement) -> Bool {
    guard let origin, let migration = origin.migration else { return false }
    return migration == step.migration || changed.map { $0.contains(origin.file.path) } ?? false
  }
}

/// What the tool that applies migrations does around a script.
public enum RunnerTransaction: Sendable {
  /// It opens no transaction.
  case none
  /// It may well open one: nobody says which tool runs the files.
  case perhaps
  case opensOne
  /// It sends the script as one message, which is a transaction unless the script has its own.
  case message
}

/// The transaction that a statement runs in, as far as the runner and the script say.
struct RunningTransaction: Sendable {
  /// A lock that is held until the transaction ends.
  struct Lock: Sendable {
    var table: OID
    var name: String
    var mode: LockMode
    /// Whether a trigger asks for it.
    var isForTrigger: Bool
    var origin: Origin
  }

  /// Until a COMMIT in the script ends it.
  private(set) var runner: RunnerTransaction
  /// The statement with which the script has opened one itself.
  private(set) var opening: Execution?
  /// The settings made so far in the script.
  private(set) var settings: [String: String] = [:]
  /// The locks that block reads or writes of tables in use, by table, since the transaction began.
  private(set) var locks: [Lock] = []
  /// The enum values that it has added.
  private(set) var newValues: [(type: OID, value: String, origin: Origin)] = []

  init(runner: RunnerTransaction = .none) {
    self.runner = runner
  }

  var isOpen: Bool { opening != nil }

  /// Whether the statement runs in a transaction with others, as far as one can tell.
  var isInside: Bool { runner != .none || isOpen }
  var isCertainlyInside: Bool { runner == .opensOne || runner == .message || isOpen }

  mutating func add(_ step: Step, _ taken: [TableLock]) {
    switch step.statement.action {
    case .transaction(.begin):
      opening = step.execution
      if runner != .opensOne { runner = .none }
      end()
    case .transaction(.commit), .transaction(.rollback), .transaction(.prepare):
      runner = .none
      opening = nil
      end()
    case .set(let variable): settings[variable.name.lowercased()] = variable.values.first ?? ""
    case .query(let query):
      query.walk {
        if case .call(let call) = $0, call.name.name == "set_config",
          case .literal(.string(let name), _)? = call.arguments.first
        {
          settings[name.lowercased()] = call.arguments.dropFirst().first?.constantText ?? ""
        }
      }
    case .alterEnum(let change):
      if change.oldValue == nil, let type = step.before.type(change.name) {
        newValues.append((type.oid, change.newValue, step.origin))
      }
    default: break
    }
    if !isInside { end() }
    for lock in taken where lock.mode.blocksWrites {
      let isForTrigger = if case .trigger = lock.cause { true } else { false }
      locks.append(
        Lock(
          table: lock.table.oid, name: lock.table.name.description, mode: lock.mode, isForTrigger: isForTrigger,
          origin: step.origin))
    }
  }

  private mutating func end() {
    locks = []
    newValues = []
  }
}

extension MigrationSet {
  /// What the runner does around a script of these statements, or that begins with them.
  ///
  /// - Parameter unreadable: how many more there are that could not be read.
  public func runner(of migration: Migration, _ statements: [Statement], unreadable: Int = 0) -> RunnerTransaction {
    // Flyway looks whether all of a file must run without a transaction.
    if layout == "flyway", statements.allSatisfy(\.runsAlone) { return .none }
    return switch profile(of: migration) {
    case .file: saysTransactions || layout != "numbered" ? .opensOne : .perhaps
    case .query: statements.count + unreadable > 1 ? .message : .none
    case .statement: .none
    }
  }
}

extension Statement {
  /// Whether it asks for no transaction around it, or doesn't mind.
  fileprivate var runsAlone: Bool {
    if case .set = action { return true }
    return action.commandOutsideTransactions != nil
  }
}
