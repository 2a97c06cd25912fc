import PostgresSyntax

extension Application {
  mutating func createSequence(_ statement: CreateSequence) {
    let name = newName(statement.sequence.name)
    guard !isTaken(name, .sequence, offset: statement.sequence.offset, ifNotExists: statement.ifNotExists) else {
      return
    }
    var sequence = Relation(kind: .sequence, name: name, origin: origin)
    sequence.ownedBy = owner(statement.ownedBy)
    catalog.relations[name] = sequence
    created(sequence.id)
  }

  mutating func alterSequence(_ statement: CreateSequence) {
    if statement.ifNotExists, catalog.relation(statement.sequence.name) == nil { return }
    guard let sequence = table(statement.sequence, as: .sequence) else { return }
    if let path = statement.ownedBy {
      let owner = owner(path)
      catalog.relations[sequence.name]?.ownedBy = owner
    }
    altered(sequence.id)
  }

  private func owner(_ path: [String]?) -> (table: ObjectName, column: String)? {
    guard let path, path.count >= 2 else { return nil }
    let parts = path.dropLast()
    let name = ObjectName(schema: parts.count > 1 ? parts[parts.count - 2] : nil, parts.last!)
    return catalog.relation(name).map { ($0.name, path.last!) }
  }

  mutating func createFunction(_ statement: CreateFunction) {
    let name = newName(statement.name)
    let signature = catalog.formatted(signature: statement.signature)
    let routine = Routine(name: name, signature: signature, definition: statement, origin: origin)
    var overloads = catalog.routines[name] ?? []
    if let index = overloads.firstIndex(where: { $0.signature == signature }) {
      guard statement.orReplace else {
        reject(.duplicate(routine.id), related: overloads[index].origin)
        return
      }
      overloads[index] = routine
      altered(routine.id)
    } else {
      overloads.append(routine)
      created(routine.id)
    }
    catalog.routines[name] = overloads
    if statement.body?.mayDefine == true { catalog.routinesThatDefine.insert(name) }
  }

  mutating func createTrigger(_ statement: CreateTrigger) {
    guard let relation = table(statement.table) else { return }
    for routine in catalog.routines(statement.function) { outcome.references.append(routine.id) }
    if catalog.routines(statement.function).isEmpty, catalog.isComplete,
      !catalog.mayProvide(function: statement.function)
    {
      reject(.undefined(ObjectID(.function, schema: statement.function.schema, statement.function.name, signature: "")))
    }
    let id = ObjectID(.trigger, statement.name, of: relation.name)
    let trigger = Trigger(name: statement.name, function: statement.function, definition: statement)
    if let index = relation.triggers.firstIndex(where: { $0.name == statement.name }) {
      guard statement.orReplace else {
        reject(.duplicate(id), related: relation.origin)
        return
      }
      catalog.relations[relation.name]?.triggers[index] = trigger
      altered(id)
      return
    }
    catalog.relations[relation.name]?.triggers.append(trigger)
    created(id)
  }

  mutating func createType(_ statement: CreateType) {
    let name = newName(statement.name)
    if let known = catalog.types[name] {
      if case .shell = known.kind {
      } else {
        reject(.duplicate(ObjectID(.type, name)), related: known.origin)
        return
      }
    }
    catalog.types[name] = UserType(name: name, kind: statement.kind, origin: origin)
    created(ObjectID(.type, name))
  }

  mutating func alterEnum(_ statement: AlterEnum) {
    guard let type = catalog.type(statement.name), case .enumeration(var labels) = type.kind else { return }
    if let old = statement.oldValue {
      if let index = labels.firstIndex(of: old) { labels[index] = statement.newValue }
    } else if !labels.contains(statement.newValue) {
      let index = statement.neighbor.flatMap { labels.firstIndex(of: $0) }.map {
        statement.isAfterNeighbor ? $0 + 1 : $0
      }
      labels.insert(statement.newValue, at: index ?? labels.count)
    } else if !statement.ifNotExists {
      reject(.duplicate(ObjectID(.type, statement.newValue, of: type.name)))
      return
    }
    catalog.types[type.name]?.kind = .enumeration(labels)
    altered(ObjectID(.type, type.name))
  }

  mutating func createSchema(_ statement: CreateSchema) {
    let id = ObjectID(.schema, statement.name)
    if catalog.schemas.contains(statement.name) {
      if !statement.ifNotExists { reject(.duplicate(id)) }
    } else {
      catalog.schemas.insert(statement.name)
      created(id)
    }
    guard !statement.elements.isEmpty else { return }
    let path = catalog.searchPath
    catalog.searchPath.insert(statement.name, at: 0)
    for element in statement.elements { apply(element) }
    catalog.searchPath = path
  }

  mutating func createExtension(_ statement: CreateExtension) {
    let id = ObjectID(.extension, statement.name)
    if let known = catalog.extensions[statement.name] {
      if !statement.ifNotExists { reject(.duplicate(id), related: known.origin) }
      return
    }
    catalog.extensions[statement.name] = .init(schema: statement.schema ?? catalog.creationSchema, origin: origin)
    created(id)
  }

  mutating func createPolicy(_ statement: CreatePolicy) {
    guard let relation = table(statement.table) else { return }
    for role in statement.roles { use(role) }
    let id = ObjectID(.policy, statement.name, of: relation.name)
    guard !relation.policies.contains(where: { $0.name == statement.name }) else {
      reject(.duplicate(id), related: relation.origin)
      return
    }
    catalog.relations[relation.name]?.policies.append(Policy(name: statement.name, definition: statement))
    created(id)
  }

  mutating func alterPolicy(_ statement: CreatePolicy) {
    guard let relation = table(statement.table) else { return }
    let id = ObjectID(.policy, statement.name, of: relation.name)
    guard let index = relation.policies.firstIndex(where: { $0.name == statement.name }) else {
      if !relation.isAssumed { reject(.undefined(id), related: relation.origin) }
      return
    }
    var definition = relation.policies[index].definition
    if !statement.roles.isEmpty { definition.roles = statement.roles }
    if let using = statement.using { definition.using = using }
    if let check = statement.withCheck { definition.withCheck = check }
    catalog.relations[relation.name]?.policies[index].definition = definition
    altered(id)
  }

  mutating func createRole(_ name: String) {
    let id = ObjectID(.role, name)
    guard !catalog.roles.contains(name) else {
      reject(.duplicate(id))
      return
    }
    catalog.roles.insert(name)
    created(id)
  }

  /// A role that a statement names. Roles belong to the whole server, so one that nothing creates is in doubt unless
  /// the baseline is known.
  mutating func use(_ role: RoleName) {
    guard case .role(let name, let offset) = role, !catalog.roles.contains(name) else { return }
    guard !name.hasPrefix("pg_"), name != "postgres" else { return }
    reject(.undefined(ObjectID(.role, name)), at: offset, isCertain: catalog.isComplete)
    catalog.roles.insert(name)
  }

  mutating func set(_ variable: SetVariable) {
    guard variable.name == "search_path" else { return }
    let schemas = variable.values.filter { !$0.isEmpty && $0 != "$user" && $0 != "pg_catalog" }
    catalog.searchPath = schemas
  }
}

extension Catalog {
  /// The input types of a function as they identify it.
  func formatted(signature: [TypeName]) -> String {
    signature.map { formatted($0.withoutModifiers) }.joined(separator: ", ")
  }

  /// The function that a statement names: by its input types, or the first of its name where it gives none.
  func routine(_ name: ObjectName, _ signature: [TypeName]?) -> Routine? {
    let types = signature.map { formatted(signature: $0) }
    return routines(name).first { types == nil || $0.signature == types }
  }
}

extension TypeName {
  /// Functions take no notice of lengths and precisions.
  var withoutModifiers: TypeName {
    var type = self
    type.modifiers = []
    return type
  }
}
