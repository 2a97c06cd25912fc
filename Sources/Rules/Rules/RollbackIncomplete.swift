import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/rollback-incomplete.md.
struct RollbackIncomplete: Rule {
  static let id = "rollback-incomplete"
  static let severity = Severity.warning
  static let category = Category.rollback

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    // What fails is reported there, and what can't be read may drop anything.
    guard let first = replayed.down.first(where: \.changesSchema),
      !replayed.down.contains(where: { $0.outcome.sqlState != nil }),
      !chain.syntaxErrors.contains(where: { error in replayed.down.contains { $0.file === error.file } })
    else { return [] }
    let left = leftBehind(replayed)
    let canRepeat = left.allSatisfy { object, _ in replayed.repeats(object) }
    return left.prefix(1).map { object, origin in
      diagnostic(
        "\(replayed.rollbackName) leaves \(object.kind.rawValue) '\(object)' behind",
        at: first.statement.range, of: first, labels: [origin.label("created here", naming: object.name)],
        notes: [canRepeat ? "it stays in the schema for good" : "applying the migration again then fails"]
          + (left.count > 1 ? ["it also leaves \(left.dropFirst().map { $0.0.phrase }.quotedPhrases())"] : []),
        help: "add `\(dropStatement(object))`")
    }
  }

  /// What the migration created and its rollback leaves. A part of a table that is itself left is not named.
  private func leftBehind(_ replayed: Chain.Replayed) -> [(ObjectID, Origin)] {
    var found: [(ObjectID, Origin)] = []
    // What it names and cannot drop has been reported there.
    let refused = Set(
      replayed.down.filter { !$0.outcome.rejections.isEmpty }.flatMap { $0.statement.action.namesDropped })
    // What it makes anew belongs to the older version.
    let remade = Set(replayed.down.flatMap(\.outcome.effects).filter { !$0.isDrop }.map(\.object))
    // What the migration drops first was there before, even if nothing here made it.
    var dropped: Set<String> = []
    for step in replayed.up {
      dropped.formUnion(step.statement.action.namesDropped)
      for case .created(let object) in step.outcome.effects {
        guard replayed.afterDown.contains(object), !replayed.before.contains(object), object.kind != .role,
          object.kind != .extension, !refused.contains(object.name), !refused.contains(object.table ?? object.name),
          !dropped.contains(object.name), !remade.contains(object),
          !found.contains(where: { $0.0 == object || $0.0.owns(object) }),
          !replayed.afterDown.isPart(object)
        else { continue }
        found.append((object, step.origin))
      }
    }
    return found.filter { part in !found.contains { $0.0 != part.0 && $0.0.owns(part.0) } }
  }

  private func dropStatement(_ object: ObjectID) -> String {
    let schema = object.schema == "public" ? nil : object.schema
    let name = ObjectName(schema: schema, object.name).sql
    let table = object.table.map { ObjectName(schema: schema, $0).sql } ?? ""
    return switch object.kind {
    case .column: "ALTER TABLE \(table) DROP COLUMN \(object.name.sqlIdentifier);"
    case .constraint: "ALTER TABLE \(table) DROP CONSTRAINT \(object.name.sqlIdentifier);"
    case .trigger, .policy: "DROP \(object.kind.rawValue.uppercased()) \(object.name.sqlIdentifier) ON \(table);"
    default: "DROP \(object.kind.rawValue.uppercased()) \(name)\(object.signature.map { "(\($0))" } ?? "");"
    }
  }
}

extension Chain.Replayed {
  /// Whether the migration makes an object in a way that works again where it is there already.
  fileprivate func repeats(_ object: ObjectID) -> Bool {
    up.contains { step in
      let makes = step.outcome.effects.contains { if case .created(object) = $0 { true } else { false } }
      return makes && step.statement.action.replacesOrSkips
    }
  }
}

extension Action {
  /// Whether it says OR REPLACE or IF NOT EXISTS.
  fileprivate var replacesOrSkips: Bool {
    switch self {
    case .createFunction(let function): function.orReplace
    case .createView(let view): view.orReplace
    case .createTable(let table): table.ifNotExists
    case .createIndex(let index): index.ifNotExists
    case .createTrigger(let trigger): trigger.orReplace
    case .createSchema(let schema): schema.ifNotExists
    case .createSequence(let sequence): sequence.ifNotExists
    case .alterTable(let change):
      change.changes.allSatisfy { if case .addColumn(_, ifNotExists: true) = $0 { true } else { false } }
    default: false
    }
  }
}

extension ObjectID {
  /// Whether dropping this takes the other with it.
  fileprivate func owns(_ other: ObjectID) -> Bool {
    kind == .table && other.table == name && other.schema == schema
  }
}

extension Catalog {
  /// Whether an object only exists as a part of another: an owned sequence, an index of a table that is left.
  fileprivate func isPart(_ object: ObjectID) -> Bool {
    let name = ObjectName(schema: object.schema, object.name)
    if object.kind == .sequence { return relation(name)?.ownedBy != nil }
    guard object.kind == .index, let index = index(name) else { return false }
    return index.constraint != nil || relation(index.table)?.origin?.migration == index.origin?.migration
  }
}
