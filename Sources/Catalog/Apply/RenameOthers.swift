import PostgresSyntax

/// New names for types, routines, parts of tables, schemas and the rarer objects.
extension Application {
  mutating func renameType(_ statement: Rename) {
    guard let type = requireType(statement.target) else { return }
    switch type {
    case .relation(let relation):
      guard relation.kind == .compositeType else {
        reject("\(relation.name.name) is a table's row type", "42809", at: statement.target.offset)
        return
      }
      move(relation, to: ObjectName(schema: relation.name.schema, statement.newName))
    case .type(let type): move(type, to: ObjectName(schema: type.name.schema, statement.newName))
    }
  }

  enum FoundType {
    case relation(Relation)
    case type(UserType)
  }

  mutating func requireType(_ target: Target) -> FoundType? {
    if let type = catalog.type(target.name) { return .type(type) }
    if let relation = catalog.relation(target.name), relation.kind != .sequence { return .relation(relation) }
    if catalog.typeNumber(target.name) != nil {
      reject("must be owner of type \(target.name)", "42501", at: target.offset)
    } else {
      reject(.undefined(ObjectID(.type, target.name)), at: target.offset, isCertain: catalog.isComplete)
    }
    return nil
  }

  mutating func move(_ type: UserType, to name: ObjectName) {
    let name = ObjectName(schema: name.schema, GeneratedNames.truncated(name.name))
    guard name != type.name else { return }
    if catalog.typeNames[name] != nil || catalog.relationNames[name].flatMap({ catalog.relations[$0] }) != nil {
      reject(.duplicate(ObjectID(.type, name)))
      return
    }
    catalog.typeNames[type.name] = nil
    catalog.types[type.oid]?.name = name
    catalog.typeNames[name] = type.oid
    moved(ObjectID(.type, type.name), to: ObjectID(.type, name))
  }

  mutating func requireRoutine(_ target: Target) -> Routine? {
    switch catalog.findRoutine(target, target.kind) {
    case .found(let routine): return routine
    case .undefined(let signature): rejectRoutine(target, signature)
    case .ambiguous: reject("function name '\(target.name)' is not unique", "42725", at: target.offset)
    case .wrongKind(let routine):
      reject("\(routine.name.name) is not a \(target.kind.rawValue)", "42809", at: target.offset)
    case .unknown: break
    }
    return nil
  }

  mutating func move(_ routine: Routine, to name: ObjectName) {
    guard routine.name != name else { return }
    let old = catalog.id(of: Address(.routine, routine.oid))
    let isTaken = (catalog.routineNames[name] ?? []).contains { catalog.routines[$0]?.arguments == routine.arguments }
    if isTaken {
      reject(
        .duplicate(
          ObjectID(.function, schema: name.schema, name.name, signature: catalog.signature(of: routine))))
      return
    }
    catalog.routineNames[routine.name]?.removeAll { $0 == routine.oid }
    catalog.routines[routine.oid]?.name = name
    catalog.routineNames.update(name, default: []) { $0.append(routine.oid) }
    if let old, let new = catalog.id(of: Address(.routine, routine.oid)) { moved(old, to: new) }
  }

  mutating func renamePart(_ statement: Rename) {
    guard let table = statement.target.table else { return }
    if statement.ifExists, catalog.relation(table) == nil { return }
    guard let relation = self.table(Reference(table, at: statement.target.offset)) else { return }
    let old = statement.target.name.name
    var isFound = false
    var isTaken = false
    change(relation.oid) { relation in
      switch statement.kind {
      case .trigger:
        isTaken = relation.triggers.contains { $0.name == statement.newName }
        if let index = relation.triggers.firstIndex(where: { $0.name == old }) {
          isFound = true
          if !isTaken { relation.triggers[index].name = statement.newName }
        }
      case .policy:
        isTaken = relation.policies.contains { $0.name == statement.newName }
        if let index = relation.policies.firstIndex(where: { $0.name == old }) {
          isFound = true
          if !isTaken { relation.policies[index].name = statement.newName }
        }
      default:
        isTaken = relation.rules.contains { $0.name == statement.newName }
        if let index = relation.rules.firstIndex(where: { $0.name == old }) {
          isFound = true
          if !isTaken { relation.rules[index].name = statement.newName }
        }
      }
    }
    guard isFound else {
      if !relation.isAssumed {
        reject(.undefined(ObjectID(statement.kind, old, of: relation.name)), related: relation.origin)
      }
      return
    }
    if isTaken {
      reject(.duplicate(ObjectID(statement.kind, statement.newName, of: relation.name)))
      return
    }
    moved(
      ObjectID(statement.kind, old, of: relation.name),
      to: ObjectID(statement.kind, statement.newName, of: relation.name))
  }

  mutating func renameSchema(_ old: String, to new: String) {
    guard let schema = catalog.schemas[old] else {
      reject(.undefined(ObjectID(.schema, old)), isCertain: catalog.isComplete)
      return
    }
    guard !catalog.hasSchema(new) else {
      reject(.duplicate(ObjectID(.schema, new)))
      return
    }
    catalog.schemas[old] = nil
    catalog.schemas[new] = schema
    for relation in catalog.relations.values where relation.name.schema == old {
      catalog.relationNames[relation.name] = nil
      change(relation.oid) { $0.name.schema = new }
      catalog.relationNames[ObjectName(schema: new, relation.name.name)] = relation.oid
    }
    for index in catalog.indexes.values where index.name.schema == old {
      catalog.relationNames[index.name] = nil
      catalog.indexes[index.oid]?.name.schema = new
      catalog.relationNames[ObjectName(schema: new, index.name.name)] = index.oid
    }
    for type in catalog.types.values where type.name.schema == old {
      catalog.typeNames[type.name] = nil
      catalog.types[type.oid]?.name.schema = new
      catalog.typeNames[ObjectName(schema: new, type.name.name)] = type.oid
    }
    for routine in catalog.routines.values where routine.name.schema == old {
      catalog.routineNames[routine.name]?.removeAll { $0 == routine.oid }
      catalog.routines[routine.oid]?.name.schema = new
      catalog.routineNames.update(ObjectName(schema: new, routine.name.name), default: []) { $0.append(routine.oid) }
    }
    for (name, state) in catalog.extensions.entries where state.schema == old { catalog.extensions[name]?.schema = new }
    for index in catalog.defaultPrivileges.indices where catalog.defaultPrivileges[index].schema == old {
      catalog.defaultPrivileges[index].schema = new
    }
    moved(ObjectID(.schema, old), to: ObjectID(.schema, new))
  }

  mutating func renameOther(_ statement: Rename) {
    var name = statement.target.name
    if let method = statement.target.table?.name { name.name += " using \(method)" }
    guard var object = catalog.other(statement.kind, name) else {
      let isTracked = statement.kind != .database && statement.kind != .tablespace && statement.kind != .other
      if isTracked, statement.kind != .subscription, statement.kind != .language {
        reject(.undefined(ObjectID(statement.kind, statement.target.name)), isCertain: catalog.isComplete)
      }
      return
    }
    let old = object
    object.name.name = statement.newName
    let key = Catalog.KindedName(kind: object.kind, name: object.nameKey)
    if catalog.otherNames[key] != nil {
      reject(.duplicate(ObjectID(object.kind, object.name)))
      return
    }
    catalog.otherNames[Catalog.KindedName(kind: old.kind, name: old.nameKey)] = nil
    catalog.otherNames[key] = object.oid
    catalog.others[object.oid] = object
    moved(ObjectID(old.kind, old.name), to: ObjectID(object.kind, object.name))
  }
}
