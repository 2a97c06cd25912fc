import PostgresSyntax

/// DROP
extension Application {
  mutating func drop(_ statement: Drop) {
    switch statement.kind {
    case .table, .view, .materializedView, .sequence, .foreignTable: dropRelations(statement)
    case .index: for object in statement.objects { dropIndex(object, statement) }
    case .function, .procedure, .routine, .aggregate:
      for object in statement.objects { dropRoutine(object, statement) }
    case .trigger: for object in statement.objects { dropPart(object, statement) { $0.triggers.removeNamed($1) } }
    case .policy: for object in statement.objects { dropPart(object, statement) { $0.policies.removeNamed($1) } }
    case .type, .domain: for object in statement.objects { dropType(object, statement) }
    case .schema: for object in statement.objects { dropSchema(object, statement) }
    case .extension:
      for object in statement.objects {
        let id = ObjectID(.extension, object.name.name)
        if catalog.extensions.removeValue(forKey: object.name.name) != nil {
          dropped(id)
        } else if !statement.ifExists {
          reject(.undefined(id), isCertain: catalog.isComplete)
        }
      }
    case .role:
      for object in statement.objects {
        catalog.roles.remove(object.name.name)
        dropped(ObjectID(.role, object.name.name))
      }
    default: break
    }
  }

  private mutating func dropRelations(_ statement: Drop) {
    var targets: [Relation] = []
    for object in statement.objects {
      guard let relation = catalog.relation(object.name) else {
        if !statement.ifExists {
          reject(.undefined(ObjectID(statement.kind, object.name)), isCertain: catalog.isComplete)
        }
        continue
      }
      outcome.references.append(relation.id)
      targets.append(relation)
    }
    let names = Set(targets.map(\.name))
    if !statement.cascade {
      for target in targets {
        let dependents = self.dependents(of: target, except: names)
        guard !dependents.isEmpty else { continue }
        reject(.dependents(target.id, dependents), related: target.origin)
        return
      }
    }
    for target in targets { remove(target) }
  }

  /// What keeps a relation from being dropped without CASCADE (PostgreSQL documentation, section 5.14).
  private func dependents(of relation: Relation, except dropped: Set<ObjectName>) -> [ObjectID] {
    let referencing = catalog.tables(referencing: relation.name).filter { !dropped.contains($0.name) }
    let readers = catalog.views(reading: relation.name).filter { !dropped.contains($0.name) }
    let users = relation.kind == .sequence && relation.ownedBy == nil ? tables(usingSequence: relation.name) : []
    return (referencing + readers + users).map { $0.id }
  }

  private func tables(usingSequence name: ObjectName) -> [Relation] {
    catalog.relations.values.filter { table in
      table.columns.contains { column in
        var isUsed = false
        column.defaultValue?.walk {
          guard case .call(let call) = $0, call.name.name == "nextval" else { return }
          for argument in call.arguments where argument.constantText.map({ $0.isName(name) }) == true { isUsed = true }
        }
        return isUsed
      }
    }.sorted { $0.name.description < $1.name.description }
  }

  /// Takes a relation out, with everything that is part of it and, as CASCADE does, what depends on it.
  mutating func remove(_ relation: Relation) {
    // Gone before its dependents are: views may read each other in a circle.
    guard catalog.relations.removeValue(forKey: relation.name) != nil else { return }
    for view in catalog.views(reading: relation.name) { remove(view) }
    for source in catalog.tables(referencing: relation.name) where source.name != relation.name {
      for constraint in source.constraints {
        if case .foreignKey(relation.name, _, _, _) = constraint.kind { remove(constraint, of: source.name) }
      }
    }
    for child in catalog.relations.values where child.parent == relation.name { remove(child) }
    for constraint in relation.constraints { remove(constraint, of: relation.name) }
    for index in catalog.indexes(on: relation.name) { removeIndex(index.name) }
    for trigger in relation.triggers {
      dropped(ObjectID(.trigger, trigger.name, of: relation.name))
    }
    for policy in relation.policies {
      dropped(ObjectID(.policy, policy.name, of: relation.name))
    }
    for column in relation.columns {
      dropOwnedSequence(relation.name, column.name)
      catalog.comments[ObjectID(.column, column.name, of: relation.name)] = nil
    }
    removeReader(relation.name, of: relation.reads)
    catalog.indexesByTable[relation.name] = nil
    dropped(relation.id)
  }

  private mutating func dropOwnedSequence(_ table: ObjectName, _ column: String) {
    let usual = ObjectName(schema: table.schema, GeneratedNames.join(table.name, column, "seq"))
    guard let sequence = catalog.relations[usual], let owner = sequence.ownedBy, owner.table == table,
      owner.column == column
    else { return }
    catalog.relations[usual] = nil
    dropped(sequence.id)
  }

  private mutating func dropIndex(_ object: Drop.Object, _ statement: Drop) {
    guard let index = catalog.index(object.name) else {
      if !statement.ifExists {
        reject(.undefined(ObjectID(.index, object.name)), isCertain: catalog.isComplete)
      }
      return
    }
    if let constraint = index.constraint {
      let id = ObjectID(.constraint, constraint, of: index.table)
      reject(.dependents(ObjectID(.index, index.name), [id]), related: index.origin)
      return
    }
    removeIndex(index.name)
  }

  private mutating func dropRoutine(_ object: Drop.Object, _ statement: Drop) {
    let overloads = catalog.routines(object.name)
    guard let routine = catalog.routine(object.name, object.signature) else {
      if !statement.ifExists, catalog.isComplete, statement.kind != .aggregate, overloads.isEmpty,
        !catalog.mayProvide(function: object.name)
      {
        let signature = object.signature.map { catalog.formatted(signature: $0) } ?? ""
        reject(.undefined(ObjectID(.function, schema: object.name.schema, object.name.name, signature: signature)))
      }
      return
    }
    outcome.references.append(routine.id)
    if overloads.count == 1, !statement.cascade {
      let users = triggers(calling: routine.name)
      if !users.isEmpty {
        reject(.dependents(routine.id, users), related: routine.origin)
        return
      }
    } else if statement.cascade {
      for user in triggers(calling: routine.name) { removeTrigger(user) }
    }
    catalog.routines[routine.name]?.removeAll { $0.signature == routine.signature }
    if catalog.routines[routine.name]?.isEmpty == true { catalog.routines[routine.name] = nil }
    dropped(routine.id)
  }

  private func triggers(calling function: ObjectName) -> [ObjectID] {
    catalog.relations.values.flatMap { relation in
      relation.triggers.filter { catalog.routines($0.function).first?.name == function }.map {
        ObjectID(.trigger, $0.name, of: relation.name)
      }
    }.sorted { $0.description < $1.description }
  }

  private mutating func removeTrigger(_ id: ObjectID) {
    catalog.relations[ObjectName(schema: id.schema, id.table ?? "")]?.triggers.removeAll { $0.name == id.name }
    dropped(id)
  }

  private mutating func dropPart(
    _ object: Drop.Object, _ statement: Drop, _ remove: (inout Relation, String) -> Bool
  ) {
    guard let name = object.table else { return }
    guard var relation = catalog.relation(name) else {
      if !statement.ifExists { _ = table(Reference(name, at: -1)) }
      return
    }
    outcome.references.append(relation.id)
    let id = ObjectID(statement.kind, object.name.name, of: relation.name)
    if remove(&relation, object.name.name) {
      catalog.relations[relation.name] = relation
      dropped(id)
    } else if !statement.ifExists, !relation.isAssumed {
      reject(.undefined(id), related: relation.origin)
    }
  }

  private mutating func dropType(_ object: Drop.Object, _ statement: Drop) {
    guard let type = catalog.type(object.name) else {
      if !statement.ifExists, catalog.isComplete, !catalog.mayProvide(type: object.name) {
        reject(.undefined(ObjectID(.type, object.name)))
      }
      return
    }
    let spelling = catalog.formatted(TypeName(name: type.name))
    let users = catalog.relations.values.flatMap { relation in
      relation.columns.filter { $0.type == spelling || $0.type == spelling + "[]" }.map {
        ObjectID(.column, $0.name, of: relation.name)
      }
    }.sorted { $0.description < $1.description }
    if !users.isEmpty, !statement.cascade {
      reject(.dependents(ObjectID(.type, type.name), users), related: type.origin)
      return
    }
    catalog.types[type.name] = nil
    dropped(ObjectID(.type, type.name))
  }

  private mutating func dropSchema(_ object: Drop.Object, _ statement: Drop) {
    let name = object.name.name
    guard catalog.schemas.contains(name) else {
      if !statement.ifExists { reject(.undefined(ObjectID(.schema, name)), isCertain: catalog.isComplete) }
      return
    }
    let members = catalog.relations.values.filter { $0.name.schema == name }
    if !statement.cascade, !members.isEmpty {
      reject(.dependents(ObjectID(.schema, name), members.map { $0.id }.sorted { $0.description < $1.description }))
      return
    }
    for member in members { remove(member) }
    for key in catalog.routines.keys where key.schema == name { catalog.routines[key] = nil }
    for key in catalog.types.keys where key.schema == name { catalog.types[key] = nil }
    catalog.schemas.remove(name)
    dropped(ObjectID(.schema, name))
  }
}

private protocol Named { var name: String { get } }
extension Trigger: Named {}
extension Policy: Named {}

extension Array where Element: Named {
  fileprivate mutating func removeNamed(_ name: String) -> Bool {
    guard let index = firstIndex(where: { $0.name == name }) else { return false }
    remove(at: index)
    return true
  }
}

extension Expression {
  /// The text of a string constant, casts ignored.
  public var constantText: String? {
    switch self {
    case .literal(.string(let text), _): text
    case .cast(let operand, _, _): operand.constantText
    default: nil
    }
  }
}

extension String {
  /// Whether the text, as in `nextval('public.seq')`, names the object.
  func isName(_ name: ObjectName) -> Bool {
    let parts = split(separator: ".").map { $0.filter { $0 != "\"" } }
    return parts.last == name.name && (parts.count < 2 || parts[parts.count - 2] == name.schema)
  }
}
