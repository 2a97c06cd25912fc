import PostgresSyntax

/// DROP
extension Application {
  mutating func drop(_ statement: Drop) {
    var targets: [Address] = []
    var first: (id: ObjectID, origin: Origin?)?
    for object in statement.objects {
      guard let found = find(object, statement) else { continue }
      outcome.references.append(found.id)
      targets.append(found.address)
      first = first ?? (found.id, found.origin)
    }
    guard let first else { return }
    if statement.kind == .role {
      dropRoles(targets)
      return
    }
    drop(targets, cascade: statement.cascade, id: first.id, related: first.origin)
  }

  private struct Found {
    var address: Address
    var id: ObjectID
    var origin: Origin?
  }

  private mutating func find(_ object: Target, _ statement: Drop) -> Found? {
    switch statement.kind {
    case .table, .view, .materializedView, .sequence, .foreignTable: return findRelation(object, statement)
    case .index: return findIndex(object, statement)
    case .function, .procedure, .routine, .aggregate: return findRoutine(object, statement)
    case .trigger, .policy, .rule: return findPart(object, statement)
    case .type, .domain: return findType(object, statement)
    case .schema: return findSchema(object, statement)
    case .extension:
      guard let state = catalog.extensions[object.name.name] else {
        missing(ObjectID(.extension, object.name.name), statement)
        return nil
      }
      return Found(
        address: Address(.extension, state.oid), id: ObjectID(.extension, object.name.name), origin: state.origin)
    case .role:
      guard let role = catalog.roles[object.name.name], !role.isAssumed else {
        missing(ObjectID(.role, object.name.name), statement)
        return nil
      }
      return Found(address: Address(.role, role.oid), id: ObjectID(.role, object.name.name))
    case .operator: return findOperator(object, statement)
    case .cast: return findCast(object, statement)
    default: return findOther(object, statement)
    }
  }

  private mutating func missing(_ id: ObjectID, _ statement: Drop, at offset: Int? = nil) {
    guard !statement.ifExists else { return }
    reject(.undefined(id), at: offset, isCertain: catalog.isComplete && !catalog.hasUnknownExtension)
  }

  private mutating func findRelation(_ object: Target, _ statement: Drop) -> Found? {
    guard let relation = catalog.relation(object.name), relation.kind != .compositeType else {
      if let index = catalog.index(object.name) { return wrongKind(object, ObjectID(.index, index.name), statement) }
      if catalog.builtInRelation(object.name) != nil {
        reject("permission denied: '\(object.name.name)' is a system catalog", "42501", at: object.offset)
        return nil
      }
      if let schema = object.name.schema, !catalog.hasSchema(schema) {
        // With IF EXISTS, a missing schema is passed over as well.
        guard !statement.ifExists else { return nil }
        reject(.undefined(ObjectID(.schema, schema)), isCertain: catalog.isComplete)
        return nil
      }
      missing(ObjectID(statement.kind, object.name), statement)
      return nil
    }
    let fits: Bool =
      switch statement.kind {
      case .table: relation.isTable
      case .view: relation.kind == .view
      case .materializedView: relation.kind == .materializedView
      case .sequence: relation.kind == .sequence
      default: relation.kind == .foreignTable
      }
    guard fits || relation.isAssumed else { return wrongKind(object, relation.id, statement) }
    if let owner = relation.ownedBy, owner.isIdentity, let table = catalog.relations[owner.table] {
      reject(.dependents(relation.id, [table.id]))
      return nil
    }
    return Found(address: Address(.relation, relation.oid), id: relation.id, origin: relation.origin)
  }

  private mutating func wrongKind(_ object: Target, _ id: ObjectID, _ statement: Drop) -> Found? {
    let article = statement.kind == .index ? "an" : "a"
    reject("'\(object.name.name)' is not \(article) \(statement.kind.rawValue)", "42809", at: object.offset)
    return nil
  }

  private mutating func findIndex(_ object: Target, _ statement: Drop) -> Found? {
    guard let index = catalog.index(object.name) else {
      if let relation = catalog.relation(object.name), relation.kind != .compositeType {
        return wrongKind(object, relation.id, statement)
      }
      if let schema = object.name.schema, !catalog.hasSchema(schema), !statement.ifExists {
        reject(.undefined(ObjectID(.schema, schema)), isCertain: catalog.isComplete)
        return nil
      }
      missing(ObjectID(.index, object.name), statement)
      return nil
    }
    let id = ObjectID(.index, index.name)
    if let constraint = index.constraint, let table = catalog.relations[index.table] {
      reject(.dependents(id, [ObjectID(.constraint, constraint, of: table.name)]), related: index.origin)
      return nil
    }
    if let parent = index.parent.flatMap({ catalog.indexes[$0] }) {
      reject(.dependents(id, [ObjectID(.index, parent.name)]), related: index.origin)
      return nil
    }
    return Found(address: Address(.index, index.oid), id: id, origin: index.origin)
  }

  private mutating func findRoutine(_ object: Target, _ statement: Drop) -> Found? {
    switch catalog.findRoutine(object, statement.kind) {
    case .found(let routine):
      let id = catalog.id(of: Address(.routine, routine.oid))
      return Found(
        address: Address(.routine, routine.oid), id: id ?? ObjectID(.function, routine.name), origin: routine.origin)
    case .ambiguous:
      reject("function name '\(object.name)' is not unique", "42725", at: object.offset)
    case .wrongKind(let routine):
      reject("\(routine.name.name) is not a \(statement.kind.rawValue)", "42809", at: object.offset)
    case .undefined(let signature):
      // Types of the signature that don't exist are noticed first.
      for type in (object.signature ?? []).compactMap({ $0 }) where !statement.ifExists { _ = dataType(type) }
      guard !statement.ifExists, !catalog.mayHaveFunction(object.name) else { return nil }
      if let schema = object.name.schema, !catalog.hasSchema(schema) {
        reject(.undefined(ObjectID(.schema, schema)), at: object.offset, isCertain: catalog.isComplete)
        return nil
      }
      missing(
        ObjectID(
          statement.kind == .routine ? .function : statement.kind, schema: object.name.schema, object.name.name,
          signature: signature), statement)
    case .unknown: break
    }
    return nil
  }

  private mutating func findPart(_ object: Target, _ statement: Drop) -> Found? {
    guard let name = object.table else { return nil }
    if statement.ifExists, catalog.relation(name) == nil { return nil }
    guard let relation = table(Reference(name, at: object.offset)) else { return nil }
    let id = ObjectID(statement.kind, object.name.name, of: relation.name)
    let part: (OID, Address.Class)?
    switch statement.kind {
    case .trigger: part = relation.triggers.first { $0.name == object.name.name }.map { ($0.oid, .trigger) }
    case .policy: part = relation.policies.first { $0.name == object.name.name }.map { ($0.oid, .policy) }
    default: part = relation.rules.first { $0.name == object.name.name }.map { ($0.oid, .rule) }
    }
    guard let part else {
      if !relation.isAssumed, !statement.ifExists { reject(.undefined(id), related: relation.origin) }
      return nil
    }
    if statement.kind == .trigger, let trigger = relation.triggers.first(where: { $0.oid == part.0 }),
      trigger.parent != nil
    {
      reject(.dependents(id, [relation.id]))
      return nil
    }
    return Found(address: Address(part.1, part.0), id: id, origin: relation.origin)
  }

  private mutating func findType(_ object: Target, _ statement: Drop) -> Found? {
    if let type = catalog.type(object.name) {
      if case .domain = type.kind {
      } else if statement.kind == .domain, !type.isAssumed {
        reject("'\(object.name)' is not a domain", "42809", at: object.offset)
        return nil
      }
      if case .multirange(let range) = type.kind, let owner = catalog.types[range] {
        reject(.dependents(ObjectID(.type, type.name), [ObjectID(.type, owner.name)]))
        return nil
      }
      return Found(address: Address(.type, type.oid), id: ObjectID(.type, type.name), origin: type.origin)
    }
    if let relation = catalog.relation(object.name), relation.kind != .sequence {
      guard relation.kind == .compositeType else {
        reject(.dependents(ObjectID(.type, relation.name), [relation.id]))
        return nil
      }
      return Found(address: Address(.relation, relation.oid), id: relation.id, origin: relation.origin)
    }
    if catalog.typeNumber(object.name) != nil {
      reject(
        "cannot drop type '\(object.name)' because the system or an extension requires it", "2BP01", at: object.offset)
      return nil
    }
    if let schema = object.name.schema, !catalog.hasSchema(schema), !statement.ifExists {
      reject(.undefined(ObjectID(.schema, schema)), isCertain: catalog.isComplete)
      return nil
    }
    missing(ObjectID(.type, object.name), statement)
    return nil
  }

  private mutating func findSchema(_ object: Target, _ statement: Drop) -> Found? {
    let name = object.name.name
    guard let schema = catalog.schemas[name] else {
      missing(ObjectID(.schema, name), statement)
      return nil
    }
    return Found(address: Address(.schema, schema.oid), id: ObjectID(.schema, name), origin: schema.origin)
  }

  private mutating func findOperator(_ object: Target, _ statement: Drop) -> Found? {
    for type in (object.signature ?? []).compactMap({ $0 }) where !statement.ifExists { _ = dataType(type) }
    guard let found = findOperator(object) else {
      missing(ObjectID(.operator, object.name), statement)
      return nil
    }
    return Found(address: Address(.operator, found), id: ObjectID(.operator, object.name))
  }

  /// The created operator of a name that takes exactly these types.
  func findOperator(_ target: Target) -> OID? {
    let types = (target.signature ?? []).map { $0.flatMap { catalog.dataType($0)?.oid } ?? .none }
    let path = target.name.schema.map { [$0] } ?? catalog.lookupPath
    let candidates = path.flatMap { catalog.operatorNames[ObjectName(schema: $0, target.name.name)] ?? [] }
    return candidates.first { oid in catalog.operators[oid].map { [$0.left, $0.right] == types } ?? false }
  }

  private mutating func findCast(_ object: Target, _ statement: Drop) -> Found? {
    let names = (object.signature ?? []).compactMap { $0 }
    let types = names.compactMap { statement.ifExists ? catalog.dataType($0)?.oid : dataType($0)?.oid }
    guard types.count == 2 else { return nil }
    guard let cast = catalog.casts.values.first(where: { $0.source == types[0] && $0.target == types[1] }) else {
      missing(ObjectID(.cast, "\(catalog.format(types[0])) as \(catalog.format(types[1]))"), statement)
      return nil
    }
    return Found(address: Address(.cast, cast.oid), id: ObjectID(.cast, ""), origin: cast.origin)
  }

  private mutating func findOther(_ object: Target, _ statement: Drop) -> Found? {
    var name = object.name
    if let method = object.table?.name, statement.kind == .operatorClass || statement.kind == .operatorFamily {
      name.name += " using \(method)"
    }
    guard let found = catalog.other(statement.kind, name) else {
      if let schema = object.name.schema, !catalog.hasSchema(schema), !statement.ifExists {
        reject(.undefined(ObjectID(.schema, schema)), isCertain: catalog.isComplete)
      } else if statement.kind != .other, statement.kind != .transform, statement.kind != .subscription,
        statement.kind != .tablespace, statement.kind != .database
      {
        missing(ObjectID(statement.kind, object.name), statement)
      }
      return nil
    }
    return Found(address: Address(.other, found.oid), id: ObjectID(found.kind, found.name), origin: found.origin)
  }

  /// A role that owns something or has privileges can't be dropped.
  private mutating func dropRoles(_ targets: [Address]) {
    for address in targets {
      guard let name = catalog.roles.entries.first(where: { $0.1.oid == address.oid })?.0 else { continue }
      let users = objects(using: name)
      if users.isEmpty { delete([address]) } else { reject(.dependents(ObjectID(.role, name), users)) }
    }
  }

  private func objects(using role: String) -> [ObjectID] {
    var found = catalog.owners.entries.filter { $0.1 == role }.compactMap { catalog.id(of: $0.0) }
    found += catalog.grants.entries.filter { $0.1[role] != nil }.compactMap { catalog.id(of: $0.0) }
    if catalog.defaultPrivileges.contains(where: { $0.grantee == role || $0.role == role }) {
      found.append(ObjectID(.other, "default privileges"))
    }
    for relation in catalog.relations.values {
      for policy in relation.policies where policy.definition.roles.contains(where: { $0.text == role }) {
        found.append(ObjectID(.policy, policy.name, of: relation.name))
      }
    }
    return found.sorted { $0.description < $1.description }
  }
}

extension Catalog {
  enum RoutineLookup {
    case found(Routine)
    case wrongKind(Routine)
    case ambiguous
    case undefined(signature: String)
    case unknown
  }

  /// The function that a statement names: by its input types, or the only one of its name where it gives none.
  func findRoutine(_ target: Target, _ kind: ObjectKind) -> RoutineLookup {
    let overloads = routines(target.name)
    guard let signature = target.signature else {
      let fitting = kind == .routine ? overloads : overloads.filter { $0.fits(kind) }
      if let only = fitting.first { return fitting.count == 1 ? .found(only) : .ambiguous }
      if let other = overloads.first { return .wrongKind(other) }
      return .undefined(signature: "")
    }
    var types: [OID] = []
    for type in signature {
      guard let type else { continue }
      switch lookUp(type) {
      case .found(let found): types.append(found.oid)
      case .unknown: return .unknown
      case .undefined: return .undefined(signature: "")
      }
    }
    guard
      let routine = overloads.first(where: { $0.arguments == types })
        ?? overloads.first(where: { $0.allArguments == types })
    else { return .undefined(signature: types.map { format($0) }.joined(separator: ", ")) }
    return kind == .routine || routine.fits(kind) ? .found(routine) : .wrongKind(routine)
  }

  /// Whether the server or an extension has a function of the name.
  func mayHaveFunction(_ name: ObjectName) -> Bool {
    hasUnknownExtension || functions(name).contains { $0.oid == nil }
  }
}

extension Routine {
  func fits(_ kind: ObjectKind) -> Bool {
    switch kind {
    case .procedure: isProcedure
    case .aggregate: isAggregate
    case .function: !isProcedure && !isAggregate
    default: true
    }
  }

  /// With the OUT arguments, as a procedure may also be named.
  var allArguments: [OID] { arguments + (isProcedure ? output.map(\.type) : []) }
}
