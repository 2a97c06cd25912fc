import PostgresSyntax

/// `SET SCHEMA` and `OWNER TO`.
extension Application {
  mutating func setSchema(_ target: Target, to schema: String, ifExists: Bool) {
    let kind = target.kind
    switch kind {
    case .table, .view, .materializedView, .sequence, .foreignTable:
      if ifExists, catalog.relation(target.name) == nil { return }
      guard let relation = table(Reference(target.name, at: target.offset), as: kind) else { return }
      guard hasSchema(schema) else { return }
      if relation.ownedBy != nil, kind == .sequence || relation.kind == .sequence {
        reject("cannot move an owned sequence into another schema", "0A000", at: target.offset)
        return
      }
      move(relation, to: ObjectName(schema: schema, relation.name.name))
    case .function, .procedure, .routine, .aggregate:
      guard let routine = requireRoutine(target), hasSchema(schema) else { return }
      move(routine, to: ObjectName(schema: schema, routine.name.name))
    case .type, .domain:
      guard let type = requireType(target), hasSchema(schema) else { return }
      switch type {
      case .relation(let relation): move(relation, to: ObjectName(schema: schema, relation.name.name))
      case .type(let type): move(type, to: ObjectName(schema: schema, type.name.name))
      }
    case .extension:
      guard catalog.extensions[target.name.name] != nil else {
        reject(.undefined(ObjectID(.extension, target.name.name)), isCertain: catalog.isComplete)
        return
      }
      guard hasSchema(schema) else { return }
      catalog.extensions[target.name.name]?.schema = schema
      altered(ObjectID(.extension, target.name.name))
    case .operator:
      guard let found = findOperator(target), var object = catalog.operators[found], hasSchema(schema) else { return }
      catalog.operatorNames[object.name]?.removeAll { $0 == object.oid }
      object.name.schema = schema
      catalog.operators[object.oid] = object
      catalog.operatorNames.update(object.name, default: []) { $0.append(object.oid) }
    default:
      var name = target.name
      if let method = target.table?.name { name.name += " using \(method)" }
      guard var object = catalog.other(kind, name), hasSchema(schema) else { return }
      let old = Catalog.KindedName(kind: kind, name: object.nameKey)
      object.name.schema = schema
      let new = Catalog.KindedName(kind: kind, name: object.nameKey)
      if old != new, catalog.otherNames[new] != nil {
        reject(.duplicate(ObjectID(kind, object.name)))
        return
      }
      catalog.otherNames[old] = nil
      catalog.others[object.oid] = object
      catalog.otherNames[Catalog.KindedName(kind: kind, name: object.nameKey)] = object.oid
    }
  }

  mutating func hasSchema(_ name: String) -> Bool {
    if catalog.hasSchema(name) { return true }
    reject(.undefined(ObjectID(.schema, name)), isCertain: catalog.isComplete)
    return catalog.isComplete
      ? false
      : {
        assumeSchema(name); return true
      }()
  }

  mutating func setOwner(_ target: Target, to role: RoleName) {
    use(role)
    switch target.kind {
    case .function, .procedure, .routine, .aggregate:
      guard let routine = requireRoutine(target) else { return }
      setOwner(of: Address(.routine, routine.oid), to: role)
    case .type, .domain:
      guard let type = requireType(target) else { return }
      switch type {
      case .relation(let relation): setOwner(of: Address(.relation, relation.oid), to: role)
      case .type(let type): setOwner(of: Address(.type, type.oid), to: role)
      }
    case .schema:
      guard let schema = catalog.schemas[target.name.name] else {
        reject(.undefined(ObjectID(.schema, target.name.name)), isCertain: catalog.isComplete)
        return
      }
      setOwner(of: Address(.schema, schema.oid), to: role)
    case .table, .view, .materializedView, .sequence, .foreignTable:
      guard let relation = table(Reference(target.name, at: target.offset), as: target.kind) else { return }
      setOwner(of: Address(.relation, relation.oid), to: role)
    default:
      guard let object = catalog.other(target.kind, target.name) else { return }
      setOwner(of: Address(.other, object.oid), to: role)
    }
  }
}
