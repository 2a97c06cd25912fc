import PostgresSyntax

/// GRANT, REVOKE, COMMENT, ALTER … RENAME, ALTER … SET SCHEMA
extension Application {
  mutating func grant(_ statement: Grant) {
    for role in statement.grantees { use(role) }
    guard !statement.isAllInSchema else { return }
    for object in statement.objects {
      guard let id = grantTarget(object, statement.kind) else { continue }
      guard !statement.hasColumns else { continue }
      for grantee in statement.grantees { record(statement, on: id, to: grantee.text) }
      altered(id)
    }
  }

  private mutating func grantTarget(_ object: Grant.Object, _ kind: ObjectKind) -> ObjectID? {
    switch kind {
    case .table, .view, .materializedView, .foreignTable:
      return table(Reference(object.name, at: object.offset), as: .table)?.id
    case .sequence: return table(Reference(object.name, at: object.offset), as: .sequence)?.id
    case .function, .procedure, .routine:
      let routine = catalog.routine(object.name, object.signature)
      if let routine { outcome.references.append(routine.id) }
      return routine?.id
    case .schema: return ObjectID(.schema, object.name.name)
    default: return nil
    }
  }

  private mutating func record(_ statement: Grant, on object: ObjectID, to grantee: String) {
    let all = object.kind.allPrivileges
    let named = statement.privileges.isEmpty || statement.privileges.contains("ALL") ? all : Set(statement.privileges)
    var held = catalog.grants[object] ?? [:]
    let before = held[grantee] ?? []
    let now = statement.isGrant ? before.union(named) : before.subtracting(named)
    held[grantee] = now.isEmpty ? nil : now
    catalog.grants[object] = held.isEmpty ? nil : held
  }

  mutating func comment(_ statement: Comment) {
    guard let id = commentTarget(statement) else { return }
    catalog.comments[id] = statement.text
    altered(id)
  }

  private mutating func commentTarget(_ statement: Comment) -> ObjectID? {
    switch statement.kind {
    case .table, .view, .materializedView, .sequence, .foreignTable:
      return table(Reference(statement.object, at: -1), as: statement.kind)?.id
    case .column:
      guard let name = statement.table, let relation = table(Reference(name, at: -1)) else { return nil }
      check([statement.object.name], of: relation, at: -1)
      return ObjectID(.column, statement.object.name, of: relation.name)
    case .constraint, .trigger, .policy:
      guard let name = statement.table, let relation = table(Reference(name, at: -1)) else { return nil }
      return ObjectID(statement.kind, statement.object.name, of: relation.name)
    case .index:
      guard let index = catalog.index(statement.object) else { return nil }
      return ObjectID(.index, index.name)
    case .function, .procedure, .routine:
      return catalog.routine(statement.object, statement.signature)?.id
    case .schema, .extension, .role: return ObjectID(statement.kind, statement.object.name)
    case .type, .domain: return catalog.type(statement.object).map { ObjectID(.type, $0.name) }
    default: return nil
    }
  }

  mutating func rename(_ statement: Rename) {
    switch statement.kind {
    case .table, .view, .materializedView, .sequence, .foreignTable:
      if let index = catalog.index(statement.object), catalog.relation(statement.object) == nil {
        return renameIndex(index.name, to: statement.newName)
      }
      if statement.ifExists, catalog.relation(statement.object) == nil { return }
      guard let relation = table(Reference(statement.object, at: statement.offset), as: statement.kind) else { return }
      move(relation, to: ObjectName(schema: relation.name.schema, statement.newName))
    case .index:
      guard let index = catalog.index(statement.object) else { return }
      renameIndex(index.name, to: statement.newName)
    case .column: renameColumn(statement)
    case .constraint: renameConstraint(statement)
    case .type:
      guard let type = catalog.type(statement.object) else { return }
      move(type, to: ObjectName(schema: type.name.schema, statement.newName))
    case .trigger, .policy: renamePart(statement)
    case .function, .procedure, .routine:
      guard let routine = catalog.routine(statement.object, statement.signature) else { return }
      move(routine, to: ObjectName(schema: routine.name.schema, statement.newName))
    case .schema: renameSchema(statement)
    default: break
    }
  }

  private mutating func move(_ type: UserType, to name: ObjectName) {
    catalog.types[type.name] = nil
    var moved = type
    moved.name = name
    catalog.types[name] = moved
    retype(from: catalog.formatted(TypeName(name: type.name)), to: catalog.formatted(TypeName(name: name)))
    dropped(ObjectID(.type, type.name))
    created(ObjectID(.type, name))
  }

  private mutating func move(_ routine: Routine, to name: ObjectName) {
    catalog.routines[routine.name]?.removeAll { $0.signature == routine.signature }
    var moved = routine
    moved.name = name
    retarget(triggersOf: routine.name, to: name)
    catalog.routines[name, default: []].append(moved)
    dropped(routine.id)
    created(moved.id)
  }

  /// Triggers know their function, not its name.
  private mutating func retarget(triggersOf function: ObjectName, to name: ObjectName) {
    for relation in catalog.relations.values {
      for (index, trigger) in relation.triggers.enumerated()
      where trigger.function.name == function.name && (trigger.function.schema ?? function.schema) == function.schema {
        catalog.relations[relation.name]?.triggers[index].function = name
      }
    }
  }

  private mutating func renameColumn(_ statement: Rename) {
    guard let table = statement.table else { return }
    if statement.ifExists, catalog.relation(table) == nil { return }
    guard let relation = self.table(Reference(table, at: statement.offset)) else { return }
    check([statement.object.name], of: relation, at: statement.offset)
    changeColumn(relation.name, statement.object.name) { $0.name = statement.newName }
    let old = statement.object.name
    for index in relation.constraints.indices {
      let columns = relation.constraints[index].columns.map { $0 == old ? statement.newName : $0 }
      catalog.relations[relation.name]?.constraints[index].columns = columns
    }
    for index in catalog.indexes(on: relation.name) {
      var renamed = index
      for position in renamed.elements.indices where renamed.elements[position].column == old {
        renamed.elements[position].column = statement.newName
      }
      catalog.indexes[index.name] = renamed
    }
    catalog.comments[ObjectID(.column, statement.newName, of: relation.name)] =
      catalog.comments[ObjectID(.column, old, of: relation.name)]
    dropped(ObjectID(.column, old, of: relation.name))
    created(ObjectID(.column, statement.newName, of: relation.name))
  }

  private mutating func renameConstraint(_ statement: Rename) {
    guard let table = statement.table, let relation = self.table(Reference(table, at: statement.offset)) else { return }
    guard let index = relation.constraints.firstIndex(where: { $0.name == statement.object.name }) else { return }
    catalog.relations[relation.name]?.constraints[index].name = statement.newName
    if relation.constraints[index].isUnique {
      let name = ObjectName(schema: relation.name.schema, statement.object.name)
      renameIndex(name, to: statement.newName)
    }
    dropped(ObjectID(.constraint, statement.object.name, of: relation.name))
    created(ObjectID(.constraint, statement.newName, of: relation.name))
  }

  private mutating func renamePart(_ statement: Rename) {
    guard let table = statement.table, let relation = self.table(Reference(table, at: statement.offset)) else { return }
    let old = statement.object.name
    if let index = relation.triggers.firstIndex(where: { $0.name == old }), statement.kind == .trigger {
      catalog.relations[relation.name]?.triggers[index].name = statement.newName
    }
    if let index = relation.policies.firstIndex(where: { $0.name == old }), statement.kind == .policy {
      catalog.relations[relation.name]?.policies[index].name = statement.newName
    }
    dropped(ObjectID(statement.kind, old, of: relation.name))
    created(ObjectID(statement.kind, statement.newName, of: relation.name))
  }

  private mutating func renameSchema(_ statement: Rename) {
    let old = statement.object.name
    guard catalog.schemas.remove(old) != nil else { return }
    catalog.schemas.insert(statement.newName)
    for relation in catalog.relations.values where relation.name.schema == old {
      move(relation, to: ObjectName(schema: statement.newName, relation.name.name))
    }
    dropped(ObjectID(.schema, old))
    created(ObjectID(.schema, statement.newName))
  }

  mutating func setSchema(_ kind: ObjectKind, _ name: ObjectName, to schema: String) {
    switch kind {
    case .table, .view, .materializedView, .sequence:
      guard let relation = table(Reference(name, at: -1), as: kind) else { return }
      move(relation, to: ObjectName(schema: schema, relation.name.name))
    case .function, .procedure, .routine:
      guard let routine = catalog.routine(name, nil) else { return }
      move(routine, to: ObjectName(schema: schema, routine.name.name))
    case .type, .domain:
      guard let type = catalog.type(name) else { return }
      move(type, to: ObjectName(schema: schema, type.name.name))
    case .extension: catalog.extensions[name.name]?.schema = schema
    default: break
    }
  }

  /// Gives a relation another name, and tells everything that names it.
  private mutating func move(_ relation: Relation, to name: ObjectName) {
    let old = relation.name
    guard old != name else { return }
    if let known = catalog.relations[name], !known.isAssumed {
      reject(.duplicate(ObjectID(relation.id.kind, name)), related: known.origin)
      return
    }
    var moved = relation
    moved.name = name
    catalog.relations[old] = nil
    catalog.relations[name] = moved
    for index in catalog.indexes(on: old) {
      var index = index
      catalog.indexes[index.name] = nil
      index.table = name
      index.name.schema = name.schema
      catalog.indexes[index.name] = index
      catalog.indexesByTable[name, default: []].append(index.name)
    }
    catalog.indexesByTable[old] = nil
    for source in catalog.tables(referencing: old) { retarget(source, from: old, to: name) }
    catalog.referencing[name] = catalog.referencing[old]?.map { $0 == old ? name : $0 }
    catalog.referencing[old] = nil
    for case .foreignKey(let target, _, _, _) in relation.constraints.map(\.kind) {
      catalog.referencing[target] = catalog.referencing[target]?.map { $0 == old ? name : $0 }
    }
    catalog.readers[name] = catalog.readers[old]
    catalog.readers[old] = nil
    for view in catalog.views(reading: name) {
      catalog.relations[view.name]?.reads = view.reads.map { $0 == old ? name : $0 }
    }
    for read in relation.reads { catalog.readers[read] = catalog.readers[read]?.map { $0 == old ? name : $0 } }
    for sequence in catalog.relations.values where sequence.ownedBy?.table == old {
      catalog.relations[sequence.name]?.ownedBy?.table = name
    }
    for child in catalog.relations.values where child.parent == old { catalog.relations[child.name]?.parent = name }
    catalog.grants[moved.id] = catalog.grants[relation.id]
    catalog.comments[moved.id] = catalog.comments[relation.id]
    for column in relation.columns {
      catalog.comments[ObjectID(.column, column.name, of: name)] =
        catalog.comments[ObjectID(.column, column.name, of: old)]
      catalog.comments[ObjectID(.column, column.name, of: old)] = nil
    }
    dropped(relation.id)
    created(moved.id)
  }

  private mutating func retarget(_ source: Relation, from old: ObjectName, to name: ObjectName) {
    let owner = source.name == old ? name : source.name
    guard let constraints = catalog.relations[owner]?.constraints else { return }
    for (index, constraint) in constraints.enumerated() {
      guard case .foreignKey(old, let columns, let onDelete, let onUpdate) = constraint.kind else { continue }
      catalog.relations[owner]?.constraints[index].kind = .foreignKey(
        target: name, targetColumns: columns, onDelete: onDelete, onUpdate: onUpdate)
    }
  }

  private mutating func retype(from old: String, to new: String) {
    for relation in catalog.relations.values {
      for (index, column) in relation.columns.enumerated() {
        if column.type == old { catalog.relations[relation.name]?.columns[index].type = new }
        if column.type == old + "[]" { catalog.relations[relation.name]?.columns[index].type = new + "[]" }
      }
    }
  }
}

extension ObjectKind {
  /// What ALL PRIVILEGES stands for (PostgreSQL 15 documentation, section 5.7).
  var allPrivileges: Set<String> {
    switch self {
    case .table, .view, .materializedView, .foreignTable:
      ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
    case .sequence: ["USAGE", "SELECT", "UPDATE"]
    case .function, .procedure, .routine: ["EXECUTE"]
    case .schema: ["USAGE", "CREATE"]
    default: []
    }
  }
}
