import PostgresSyntax

/// ALTER … RENAME, ALTER … SET SCHEMA, ALTER … OWNER
extension Application {
  mutating func rename(_ statement: Rename) {
    let target = statement.target
    switch statement.kind {
    case .table, .view, .materializedView, .sequence, .foreignTable, .index: renameRelation(statement)
    case .column, .attribute: renameColumn(statement)
    case .constraint: renameConstraint(statement)
    case .domainConstraint: renameDomainConstraint(statement)
    case .type, .domain: renameType(statement)
    case .trigger, .policy, .rule: renamePart(statement)
    case .function, .procedure, .routine, .aggregate:
      guard let routine = requireRoutine(target) else { return }
      move(routine, to: ObjectName(schema: routine.name.schema, statement.newName))
    case .schema: renameSchema(target.name.name, to: statement.newName)
    case .role:
      guard let role = catalog.roles[target.name.name] else {
        reject(.undefined(ObjectID(.role, target.name.name)), isCertain: catalog.isComplete)
        return
      }
      if catalog.roles[statement.newName] != nil { reject(.duplicate(ObjectID(.role, statement.newName))) }
      catalog.roles[target.name.name] = nil
      catalog.roles[statement.newName] = role
    default: renameOther(statement)
    }
  }

  private mutating func renameRelation(_ statement: Rename) {
    let target = statement.target
    if let index = catalog.index(target.name), catalog.relation(target.name) == nil {
      guard isFree(ObjectName(schema: index.name.schema, statement.newName), .index) else { return }
      let old = ObjectID(.index, index.name)
      renameIndex(index.oid, to: statement.newName)
      moved(old, to: ObjectID(.index, ObjectName(schema: index.name.schema, statement.newName)))
      return
    }
    if statement.ifExists, catalog.relation(target.name) == nil { return }
    let kind = statement.kind == .index ? .table : statement.kind
    guard let relation = table(Reference(target.name, at: target.offset), as: kind) else { return }
    if !relation.isAssumed, !isOfKind(relation, statement.kind) {
      reject("'\(relation.name.name)' is not a \(statement.kind.rawValue)", "42809", at: target.offset)
      return
    }
    if relation.name.name == statement.newName, !relation.isAssumed {
      reject(.duplicate(relation.id), at: target.offset, related: relation.origin)
      return
    }
    move(relation, to: ObjectName(schema: relation.name.schema, statement.newName))
  }

  func isOfKind(_ relation: Relation, _ kind: ObjectKind) -> Bool {
    switch kind {
    case .view: relation.kind == .view
    case .materializedView: relation.kind == .materializedView
    case .sequence: relation.kind == .sequence
    case .foreignTable: relation.kind == .foreignTable
    default: relation.kind != .compositeType
    }
  }

  private mutating func isFree(_ name: ObjectName, _ kind: ObjectKind) -> Bool {
    guard let known = catalog.relationNames[name] else { return true }
    if catalog.relations[known]?.isAssumed == true { return true }
    reject(
      .duplicate(ObjectID(kind == .index ? .index : .table, name)),
      related: catalog.relations[known]?.origin ?? catalog.indexes[known]?.origin)
    return false
  }

  mutating func moved(_ old: ObjectID, to new: ObjectID) {
    dropped(old)
    created(new)
  }

  /// Gives a relation another name or schema.
  mutating func move(_ relation: Relation, to name: ObjectName) {
    let name = ObjectName(schema: name.schema, GeneratedNames.truncated(name.name))
    guard name != relation.name, isFree(name, relation.objectKind) else { return }
    catalog.relationNames[relation.name] = nil
    let old = relation.id
    change(relation.oid) { $0.name = name }
    catalog.relationNames[name] = relation.oid
    if let moved = catalog.relations[relation.oid] { self.moved(old, to: moved.id) }
    guard name.schema != relation.name.schema else { return }
    // Indexes and owned sequences follow into the schema.
    for index in catalog.indexes(on: relation.oid) {
      catalog.relationNames[index.name] = nil
      let moved = ObjectName(schema: name.schema, index.name.name)
      catalog.indexes[index.oid]?.name = moved
      catalog.relationNames[moved] = index.oid
    }
    for entry in catalog.dependencies.entries(of: relation.oid) where entry.dependent.kind == .relation {
      guard let sequence = catalog.relations[entry.dependent.oid], sequence.ownedBy?.table == relation.oid else {
        continue
      }
      catalog.relationNames[sequence.name] = nil
      let moved = ObjectName(schema: name.schema, sequence.name.name)
      change(sequence.oid) { $0.name = moved }
      catalog.relationNames[moved] = sequence.oid
    }
  }

  private mutating func renameColumn(_ statement: Rename) {
    let target = statement.target
    guard let table = target.table else { return }
    if statement.ifExists, catalog.relation(table) == nil { return }
    guard let relation = self.table(Reference(table, at: target.offset)) else { return }
    let old = target.name.name
    guard check([old], of: relation, at: target.offset) else { return }
    let new = GeneratedNames.truncated(statement.newName)
    if relation.column(new) != nil {
      reject(.duplicate(ObjectID(.column, new, of: relation.name)), at: target.offset)
      return
    }
    if Column.system[new] != nil {
      reject("column name '\(new)' conflicts with a system column name", "42701", at: target.offset)
      return
    }
    if let column = relation.column(old), column.inheritanceCount > 0 {
      reject("cannot rename inherited column '\(old)'", "42P16", at: target.offset)
      return
    }
    isOnly = statement.isOnly
    if relation.ofType != nil {
      reject("cannot rename column of typed table", "42809", at: target.offset)
      return
    }
    if isOnly, catalog.children(of: relation.oid).contains(where: { $0.column(old) != nil }) {
      reject("inherited column '\(old)' must be renamed in child tables too", "42P16", at: target.offset)
      return
    }
    if heirFromElsewhere(of: old, under: relation) != nil {
      reject("cannot rename inherited column '\(old)'", "42P16", at: target.offset)
      return
    }
    renameColumn(old, to: new, of: relation)
    moved(ObjectID(.column, old, of: relation.name), to: ObjectID(.column, new, of: relation.name))
  }

  private mutating func renameColumn(_ old: String, to new: String, of relation: Relation) {
    func renamed(_ names: [String]) -> [String] { names.map { $0 == old ? new : $0 } }
    change(relation.oid) { relation in
      for index in relation.columns.indices {
        if relation.columns[index].name == old { relation.columns[index].name = new }
        relation.columns[index].generated = relation.columns[index].generated?.renaming(old, to: new)
      }
      for index in relation.constraints.indices {
        relation.constraints[index].columns = renamed(relation.constraints[index].columns)
        relation.constraints[index].expression = relation.constraints[index].expression?.renaming(old, to: new)
        if case .foreignKey(var key) = relation.constraints[index].kind {
          key.setColumns = renamed(key.setColumns)
          if key.target == relation.oid { key.targetColumns = renamed(key.targetColumns) }
          relation.constraints[index].kind = .foreignKey(key)
        }
      }
      for index in relation.policies.indices {
        let definition = relation.policies[index].definition
        relation.policies[index].definition.using = definition.using?.renaming(old, to: new)
        relation.policies[index].definition.withCheck = definition.withCheck?.renaming(old, to: new)
      }
      if var key = relation.partitionKey {
        key.columns = key.columns.map { $0 == old ? new : $0 }
        relation.partitionKey = key
      }
    }
    for index in catalog.indexes(on: relation.oid) { renameColumn(old, to: new, in: index) }
    for source in catalog.tables(referencing: relation.oid) where source.oid != relation.oid {
      change(source.oid) { source in
        for index in source.constraints.indices {
          guard case .foreignKey(var key) = source.constraints[index].kind, key.target == relation.oid else { continue }
          key.targetColumns = renamed(key.targetColumns)
          source.constraints[index].kind = .foreignKey(key)
        }
      }
    }
    for child in inheritors(of: relation.oid) where child.column(old) != nil {
      renameColumn(old, to: new, of: child)
    }
  }

  private mutating func renameColumn(_ old: String, to new: String, in index: Index) {
    var renamed = index
    for place in renamed.elements.indices {
      if renamed.elements[place].column == old { renamed.elements[place].column = new }
      renamed.elements[place].expression = renamed.elements[place].expression?.renaming(old, to: new)
    }
    renamed.including = renamed.including.map { $0 == old ? new : $0 }
    renamed.filter = renamed.filter?.renaming(old, to: new)
    renamed.expressionColumns = Set(renamed.expressionColumns.map { $0 == old ? new : $0 })
    catalog.indexes[index.oid] = renamed
  }

  private mutating func renameConstraint(_ statement: Rename) {
    guard let table = statement.target.table else { return }
    if statement.ifExists, catalog.relation(table) == nil { return }
    guard let relation = self.table(Reference(table, at: statement.target.offset)) else { return }
    let old = ObjectID(.constraint, statement.target.name.name, of: relation.name)
    guard let index = relation.constraints.firstIndex(where: { $0.name == statement.target.name.name }) else {
      if !relation.isAssumed { reject(.undefined(old), at: statement.target.offset, related: relation.origin) }
      return
    }
    if relation.constraints[index].isCheck, relation.constraints[index].inheritanceCount > 0 {
      reject("cannot rename inherited constraint '\(old.name)'", "42P16", at: statement.target.offset)
      return
    }
    if relation.constraints[index].isCheck, !relation.constraints[index].isNoInherit, statement.isOnly,
      !catalog.children(of: relation.oid).isEmpty
    {
      reject(
        "inherited constraint '\(old.name)' must be renamed in child tables too", "42P16",
        at: statement.target.offset)
      return
    }
    if relation.constraints.contains(where: { $0.name == statement.newName }) {
      reject(.duplicate(ObjectID(.constraint, statement.newName, of: relation.name)), at: statement.target.offset)
      return
    }
    if relation.constraints[index].hasIndex,
      let owned = catalog.indexes(on: relation.oid).first(where: { $0.constraint == statement.target.name.name })
    {
      renameIndex(owned.oid, to: statement.newName)
    } else {
      change(relation.oid) { $0.constraints[index].name = statement.newName }
      catalog.count(-1, constraint: statement.target.name.name, of: relation)
      catalog.count(1, constraint: statement.newName, of: relation)
      if relation.constraints[index].isCheck, !relation.constraints[index].isNoInherit {
        for child in catalog.children(of: relation.oid) {
          change(child.oid) { child in
            for place in child.constraints.indices where child.constraints[place].name == statement.target.name.name {
              child.constraints[place].name = statement.newName
            }
          }
        }
      }
    }
    moved(old, to: ObjectID(.constraint, statement.newName, of: relation.name))
  }

  private mutating func renameDomainConstraint(_ statement: Rename) {
    guard let name = statement.target.table, let type = catalog.type(name), case .domain(var domain) = type.kind else {
      return
    }
    guard let index = domain.constraints.firstIndex(where: { $0.name == statement.target.name.name }) else {
      reject(.undefined(ObjectID(.domainConstraint, statement.target.name.name)))
      return
    }
    domain.constraints[index].name = statement.newName
    catalog.types[type.oid]?.kind = .domain(domain)
  }
}

extension Expression {
  /// The expression with a column of its table under another name.
  func renaming(_ old: String, to new: String) -> Expression {
    mapped { expression in
      guard case .column(let path, let isWhole, let offset) = expression, !isWhole, path.last == old else { return nil }
      return .column(path.dropLast() + [new], isWhole: false, offset: offset)
    }
  }

  /// The expression with the parts replaced for which the transform gives something. Subqueries stay as they are.
  func mapped(_ transform: (Expression) -> Expression?) -> Expression {
    if let replaced = transform(self) { return replaced }
    func map(_ list: [Expression]) -> [Expression] { list.map { $0.mapped(transform) } }
    switch self {
    case .column, .parameter, .literal, .value, .defaultValue, .subquery: return self
    case .call(var call):
      call.arguments = map(call.arguments)
      call.filter = call.filter?.mapped(transform)
      return .call(call)
    case .operation(var operation):
      operation.operands = map(operation.operands)
      return .operation(operation)
    case .boolean(let kind, let operands, let offset): return .boolean(kind, map(operands), offset: offset)
    case .test(let test, let operand, let offset): return .test(test, operand.mapped(transform), offset: offset)
    case .cast(let operand, let type, let offset): return .cast(operand.mapped(transform), type, offset: offset)
    case .collate(let operand, let name, let offset): return .collate(operand.mapped(transform), name, offset: offset)
    case .conditional(var conditional):
      conditional.operand = conditional.operand?.mapped(transform)
      conditional.otherwise = conditional.otherwise?.mapped(transform)
      conditional.branches = conditional.branches.map {
        .init(condition: $0.condition.mapped(transform), result: $0.result.mapped(transform))
      }
      return .conditional(conditional)
    case .choice(let choice, let operands, let offset): return .choice(choice, map(operands), offset: offset)
    case .array(let elements, let offset): return .array(map(elements), offset: offset)
    case .row(let fields, let offset): return .row(map(fields), offset: offset)
    case .selection(let operand, let selectors): return .selection(operand.mapped(transform), selectors)
    case .argument(let name, let value, let offset): return .argument(name, value.mapped(transform), offset: offset)
    case .grouping(let operands, let offset): return .grouping(map(operands), offset: offset)
    case .other(let name, let operands): return .other(name, map(operands))
    }
  }
}
