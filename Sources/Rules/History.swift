import Catalog
import PostgresSyntax

/// What the statements that run forward have created and dropped, by name.
struct History: Sendable {
  struct Change: Sendable {
    var effect: Effect
    var origin: Origin
    /// The place of the statement in the chain.
    var position: Int
  }

  private var changes: [String: [Change]] = [:]
  /// The names of all relations created.
  private(set) var relationNames = SimilarNames()

  mutating func add(_ step: Step) {
    for effect in step.outcome.effects where effect.isCreation || effect.isDrop {
      if effect.isCreation, effect.object.kind.isRelation { relationNames.insert(effect.object.name) }
      changes[effect.object.name, default: []].append(
        Change(effect: effect, origin: step.origin, position: step.position))
    }
  }

  /// The first statement, or the first after a place, that creates the object.
  func creation(of object: ObjectID, after position: Int = 0) -> Change? {
    changes[object.name]?.first {
      position < $0.position && $0.effect.isCreation && $0.effect.object.matches(object)
    }
  }

  /// The first statement that creates the object, or the last one so far.
  func creation(of object: ObjectID, last: Bool) -> Change? {
    let creations = changes[object.name]?.filter { $0.effect.isCreation && $0.effect.object.matches(object) }
    return last ? creations?.last : creations?.first
  }

  /// The tables of which a part has been dropped whose name passes a test.
  func tables(withDropped kind: ObjectKind, where isMeant: (String) -> Bool) -> Set<String> {
    var found: Set<String> = []
    for (name, changes) in changes where isMeant(name.lowercased()) {
      for change in changes where change.effect.isDrop && change.effect.object.kind == kind {
        if let table = change.effect.object.table { found.insert(table) }
      }
    }
    return found
  }

  /// The last statement before a place that dropped the object.
  func removal(of object: ObjectID, before position: Int) -> Change? {
    changes[object.name]?.last { $0.position < position && $0.effect.isDrop && $0.effect.object.matches(object) }
  }
}

/// Counts the statements that name a relation that nothing creates.
struct MissingRelations: Sendable {
  /// By name, because a statement may leave out the schema.
  private var uses: [String: [ObjectID: Int]] = [:]

  mutating func add(_ step: Step) {
    if !uses.isEmpty {
      for object in Set(step.outcome.references) where uses[object.name] != nil {
        uses[object.name]?[object, default: 0] += 1
      }
    }
    for rejection in step.outcome.rejections {
      guard case .undefined(let object) = rejection.reason, object.kind.isRelation else { continue }
      uses[object.name, default: [:]][object, default: 0] += 0
    }
  }

  /// How many statements refer to an object that nothing creates.
  func uses(of object: ObjectID) -> Int {
    1 + (uses[object.name] ?? [:]).reduce(0) { $0 + ($1.key.matches(object) ? $1.value : 0) }
  }
}

extension Effect {
  var isCreation: Bool { if case .created = self { true } else { false } }
  var isDrop: Bool { if case .dropped = self { true } else { false } }
}
