import Catalog
import Diagnostics
import PostgresSyntax

/// An object that a migration drops by name although it was there before, and that is not there afterwards.
struct Removal {
  var object: ObjectID
  var step: Execution
}

extension Chain {
  /// What a migration takes away of what was in use before it.
  func removals(by replayed: Replayed, of kinds: Set<ObjectKind>) -> [Removal] {
    var found: [Removal] = []
    for step in replayed.forward where step.outcome.sqlState == nil {
      let named = step.statement.action.namesDropped
      guard !named.isEmpty else { continue }
      for case .dropped(let object) in step.outcome.effects
      where kinds.contains(object.kind) && named.contains(object.name) && replayed.before.contains(object)
        && !replayed.after.contains(object)
      {
        let owner = ObjectName(schema: object.schema, object.table ?? object.name)
        let origin = replayed.before.origin(of: object.table == nil ? object.kind : .table, owner)
        if isOwn(origin, of: step) { continue }
        found.append(Removal(object: object, step: step))
      }
    }
    return found
  }

  /// Whether an object is only as old as the migration that now changes it, or as what is deployed with it.
  func isOwn(_ origin: Origin?, of step: some PlacedStatement) -> Bool { deployment.isOwn(origin, of: step) }

  /// Whether the migration of a statement has itself added the column.
  func added(column: String, to table: Relation, by step: some PlacedStatement) -> Bool {
    history.creation(of: ObjectID(.column, schema: table.name.schema, column, table: table.name.name), last: true)?
      .origin.migration == step.migration
  }
}

extension Action {
  /// The names that the statement drops, whatever else goes with them.
  var namesDropped: Set<String> {
    switch self {
    case .drop(let drop): Set(drop.objects.map(\.name.name))
    case .alterTable(let change):
      Set(
        change.changes.compactMap { part -> String? in
          switch part {
          case .dropColumn(let name, _, _), .dropConstraint(let name, _, _): name
          default: nil
          }
        })
    default: []
    }
  }

  var saysCascade: Bool {
    switch self {
    case .drop(let drop): drop.cascade
    case .alterTable(let change):
      change.changes.contains {
        switch $0 {
        case .dropColumn(_, _, let cascade), .dropConstraint(_, _, let cascade): cascade
        default: false
        }
      }
    default: false
    }
  }
}

extension Execution {
  /// What goes because of CASCADE, was there before, and is no part of what the statement names.
  ///
  /// - Parameter others: the statements of the same script: what they drop by name is no surprise.
  func droppedByCascade(in before: Catalog, others: [Execution]) -> [ObjectID] {
    guard statement.action.saysCascade else { return [] }
    let named = others.reduce(into: statement.action.namesDropped) { $0.formUnion($1.statement.action.namesDropped) }
    let own = statement.action.changedTable?.name.name
    return outcome.effects.filter(\.isDrop).map(\.object).filter { object in
      guard !named.contains(object.name), before.contains(object) else { return false }
      if let table = object.table { return !named.contains(table) && table != own }
      switch object.kind {
      case .index:
        return before.index(ObjectName(schema: object.schema, object.name)).flatMap { before.relation($0.table) }
          .map { !named.contains($0.name.name) && $0.name.name != own && !before.isPartition($0, ofOneOf: named) }
          ?? true
      case .sequence: return before.relation(ObjectName(schema: object.schema, object.name))?.ownedBy == nil
      case .table: return before.relation(ObjectName(schema: object.schema, object.name))?.isPartition != true
      default: return true
      }
    }
  }

  /// Where the statement says CASCADE.
  var cascadeWord: Range<Int> {
    file.tokens(in: statement.range).last { file.identifier($0) == "cascade" }?.range ?? statement.range
  }
}

extension Rule {
  /// The findings for what CASCADE drops without saying so.
  func cascades(of steps: [Execution], after catalog: Catalog, note: String, help: String) -> [Diagnostic] {
    steps.compactMap { step in
      guard step.outcome.sqlState == nil else { return nil }
      let gone = step.droppedByCascade(in: catalog, others: steps)
      guard !gone.isEmpty else { return nil }
      return diagnostic(
        "CASCADE also drops \(gone.map(\.phrase).quotedPhrases())", at: step.cascadeWord, of: step, notes: [note],
        help: help)
    }
  }
}

extension ObjectID {
  /// The kind and name, for messages.
  var phrase: String { "\(kind.rawValue) '\(self)'" }
}

extension Sequence where Element == String {
  /// `view 'a', table 'b' and 2 more`
  func quotedPhrases(limit: Int = 3) -> String {
    let names = Array(self)
    if names.count <= limit { return names.englishList }
    return (names.prefix(limit - 1) + ["\(names.count - limit + 1) more"]).englishList
  }
}

extension Catalog {
  /// Whether a table is a partition, however far down, of a table with one of some names.
  fileprivate func isPartition(_ table: Relation, ofOneOf names: Set<String>) -> Bool {
    guard table.isPartition, let parent = table.parents.first.flatMap({ relation($0) }) else { return false }
    return names.contains(parent.name.name) || isPartition(parent, ofOneOf: names)
  }
}
