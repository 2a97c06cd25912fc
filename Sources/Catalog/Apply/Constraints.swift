import PostgresSyntax

/// Constraints of tables.
extension Application {
  mutating func add(_ definition: ConstraintDefinition, to oid: OID, column: String?) {
    guard let relation = catalog.relations[oid] else { return }
    switch definition.kind {
    case .primaryKey(let key): addKey(definition, key, isPrimary: true, to: relation, column: column)
    case .unique(let key, let nullsNotDistinct):
      addKey(definition, key, isPrimary: false, nullsNotDistinct: nullsNotDistinct, to: relation, column: column)
    case .foreignKey(let key): addForeignKey(definition, key, to: relation, column: column)
    case .check(let condition): addCheck(definition, condition, to: relation)
    case .exclusion(let exclusion): addExclusion(definition, exclusion, to: relation)
    case .notNull, .null, .default, .identity, .generated, .other: break
    }
  }

  private mutating func addCheck(_ definition: ConstraintDefinition, _ condition: Expression, to relation: Relation) {
    let names = condition.columnNames.filter { relation.column($0) != nil || !relation.hasKnownColumns }
    let name =
      definition.name.map(GeneratedNames.truncated)
      ?? catalog.freeConstraintName(
        relation.name.name, names.count == 1 ? names.first : nil, "check", on: relation)
    let scope = Analyzer(catalog).scope(of: relation)
    let (_, uses) = analyze { analyzer in
      analyzer.inside(scope) { analyzer in
        analyzer.at(.check) { $0.requireBoolean(condition, "CHECK") }
      }
    }
    checkSystemColumns(in: condition, of: relation)
    let constraint = Constraint(name: name, kind: .check, columns: names, expression: condition)
    guard let oid = insert(definition, constraint, into: relation.oid) else { return }
    let address = Address(.constraint, oid)
    for use in uses.list {
      catalog.dependencies.add(
        address, needs: use.oid, column: use.column, kind: use.oid == relation.oid ? .automatic : .normal)
    }
    guard !definition.isNoInherit else { return }
    for child in inheritors(of: relation.oid) { inheritCheck(constraint, definition, by: child) }
  }

  private mutating func inheritCheck(_ constraint: Constraint, _ definition: ConstraintDefinition, by child: Relation) {
    guard let child = catalog.relations[child.oid] else { return }
    if let index = child.constraints.firstIndex(where: { $0.name == constraint.name }) {
      change(child.oid) { $0.constraints[index].inheritanceCount += 1 }
    } else {
      var copy = constraint
      copy.isLocal = false
      copy.inheritanceCount = 1
      if let oid = insert(definition, copy, into: child.oid) {
        for name in constraint.columns {
          guard let column = child.column(name) else { continue }
          catalog.dependencies.add(
            Address(.constraint, oid), needs: child.oid, column: column.number, kind: .automatic)
        }
      }
    }
    for grandchild in inheritors(of: child.oid) { inheritCheck(constraint, definition, by: grandchild) }
  }

  /// Puts a constraint into its table under a number of its own; nil where its name is taken.
  @discardableResult
  mutating func insert(_ definition: ConstraintDefinition, _ constraint: Constraint, into table: OID) -> OID? {
    var constraint = constraint
    constraint.oid = catalog.newOID()
    constraint.isDeferrable = definition.isDeferrable || definition.isInitiallyDeferred
    constraint.isInitiallyDeferred = definition.isInitiallyDeferred
    constraint.isNoInherit = definition.isNoInherit
    constraint.origin = origin
    constraint.offset = definition.offset < 0 ? nil : definition.offset
    guard let relation = catalog.relations[table] else { return nil }
    // A table that is being made has no rows that could break it.
    constraint.isValidated = !definition.isNotValid || relation.origin == origin
    let id = ObjectID(.constraint, constraint.name, of: relation.name)
    if let known = relation.constraints.first(where: { $0.name == constraint.name }) {
      guard !relation.isAssumed else { return nil }
      if merge(constraint, with: known, of: relation) { return nil }
      reject(.duplicate(id), at: definition.offset, related: known.origin)
      return nil
    }
    change(table) { $0.constraints.append(constraint) }
    catalog.count(1, constraint: constraint.name, of: relation)
    catalog.dependencies.setOwner(of: constraint.oid, table)
    created(id)
    return constraint.oid
  }

  /// A check that a table inherits may be said once more; it is then the table's own as well (PostgreSQL source,
  /// `MergeWithExistingConstraint`).
  private mutating func merge(_ constraint: Constraint, with known: Constraint, of relation: Relation) -> Bool {
    guard constraint.isCheck, known.isCheck, known.inheritanceCount > 0, !known.isNoInherit,
      let given = constraint.expression, let inherited = known.expression,
      Deparser().text(given) == Deparser().text(inherited)
    else { return false }
    let isNew = relation.origin == origin
    guard isNew || !known.isLocal && !relation.isPartition else { return false }
    change(relation.oid) { relation in
      guard let index = relation.constraints.firstIndex(where: { $0.name == known.name }) else { return }
      relation.constraints[index].isLocal = relation.constraints[index].isLocal || !relation.isPartition
    }
    return true
  }

  // MARK: - Keys

  private mutating func addKey(
    _ definition: ConstraintDefinition, _ key: ConstraintDefinition.KeyColumns, isPrimary: Bool,
    nullsNotDistinct: Bool = false, to relation: Relation, column: String?
  ) {
    if isPrimary, let known = relation.primaryKey {
      reject(
        "multiple primary keys for table '\(relation.name.name)' are not allowed", "42P16", at: definition.offset)
      _ = known
      return
    }
    if let used = key.index {
      addKey(definition, usingIndex: used, isPrimary: isPrimary, to: relation)
      return
    }
    let columns = key.columns.isEmpty ? column.map { [$0] } ?? [] : key.columns.map(GeneratedNames.truncated)
    guard check(columns + key.including, of: relation, at: definition.offset, isKey: true) else { return }
    if Set(columns).count < columns.count,
      let twice = columns.first(where: { name in columns.count { $0 == name } > 1 })
    {
      reject(
        "column '\(twice)' appears twice in \(isPrimary ? "primary key" : "unique") constraint", "42701",
        at: definition.offset)
    }
    for table in relation.kind == .partitionedTable ? catalog.hierarchy(of: relation) : [] {
      checkPartitionColumns(columns, of: table, isPrimary ? "PRIMARY KEY" : "UNIQUE", at: definition.offset)
    }
    let schema = relation.name.schema ?? "public"
    let name =
      definition.name.map(GeneratedNames.truncated)
      ?? catalog.freeIndexName(
        relation.name.name, isPrimary ? nil : columns.joined(separator: "_"), isPrimary ? "pkey" : "key", in: schema)
    for name in columns {
      checkOperatorClass(nil, of: relation.column(name)?.type?.oid, method: "btree", at: definition.offset)
    }
    var constraint = Constraint(name: name, kind: isPrimary ? .primaryKey : .unique, columns: columns)
    constraint.nullsNotDistinct = nullsNotDistinct
    insertKey(
      constraint, definition, of: relation,
      Index(
        name: ObjectName(schema: schema, name), table: relation.oid, method: "btree",
        elements: columns.map { Index.Element(column: $0) }, including: key.including, isUnique: true,
        nullsNotDistinct: nullsNotDistinct, constraint: name, origin: origin), parent: nil)
  }

  /// A key with its index, on a table and on its partitions.
  mutating func insertKey(
    _ constraint: Constraint, _ definition: ConstraintDefinition, of relation: Relation, _ index: Index, parent: OID?
  ) {
    if let known = catalog.relationNames[index.name] {
      reject(
        .duplicate(ObjectID(.index, index.name)), at: definition.offset,
        related: catalog.relations[known]?.origin ?? catalog.indexes[known]?.origin)
      return
    }
    guard let oid = insert(definition, constraint, into: relation.oid) else { return }
    var index = index
    index.parent = parent
    let number = addIndex(index)
    let address = Address(.constraint, oid)
    for name in constraint.columns + index.including {
      guard let column = catalog.relations[relation.oid]?.column(name) else { continue }
      catalog.dependencies.add(address, needs: relation.oid, column: column.number, kind: .automatic)
    }
    catalog.dependencies.add(Address(.index, number), needs: oid, kind: .automatic)
    if constraint.isPrimaryKey {
      for name in constraint.columns { changeColumn(relation.oid, name) { $0.isNotNull = true } }
    }
    for child in inheritors(of: relation.oid) where child.isPartition {
      copyKey(constraint, definition, index, number, to: child)
    }
  }

  mutating func copyKey(
    _ constraint: Constraint, _ definition: ConstraintDefinition, _ index: Index, _ parent: OID, to child: Relation
  ) {
    let schema = child.name.schema ?? "public"
    let label = constraint.isPrimaryKey ? "pkey" : "key"
    // An index that is there already becomes the parent's.
    if let known = catalog.indexes(on: child.oid).first(where: { $0.parent == nil && $0.isSame(as: index) }) {
      attach(known.oid, to: parent)
      markInherited(known.constraint, of: child.oid)
      return
    }
    let name = catalog.freeIndexName(
      child.name.name, constraint.isPrimaryKey ? nil : constraint.columns.joined(separator: "_"), label, in: schema)
    var copy = constraint
    copy.name = name
    copy.isLocal = false
    copy.inheritanceCount = 1
    var copied = index
    copied.name = ObjectName(schema: schema, name)
    copied.table = child.oid
    copied.constraint = name
    copied.origin = origin
    insertKey(copy, definition, of: child, copied, parent: parent)
  }

  private mutating func addKey(
    _ definition: ConstraintDefinition, usingIndex used: String, isPrimary: Bool, to relation: Relation
  ) {
    let usedName = ObjectName(schema: relation.name.schema, used)
    guard let index = catalog.index(usedName), index.table == relation.oid else {
      if relation.isAssumed { return }
      if catalog.index(usedName) != nil {
        reject("index '\(used)' does not belong to table '\(relation.name.name)'", "55000", at: definition.offset)
      } else {
        reject(.undefined(ObjectID(.index, usedName)), at: definition.offset)
      }
      return
    }
    if index.constraint != nil {
      reject("index '\(used)' is already associated with a constraint", "55000", at: definition.offset)
      return
    }
    if !index.isUnique { reject("'\(used)' is not a unique index", "42809", at: definition.offset) }
    if index.isPartial { reject("'\(used)' is a partial index", "42809", at: definition.offset) }
    let name = definition.name.map(GeneratedNames.truncated) ?? used
    let columns = index.leadingColumns
    guard
      let oid = insert(
        definition, Constraint(name: name, kind: isPrimary ? .primaryKey : .unique, columns: columns),
        into: relation.oid)
    else { return }
    renameIndex(index.oid, to: name)
    catalog.indexes[index.oid]?.constraint = name
    catalog.dependencies.add(Address(.index, index.oid), needs: oid, kind: .automatic)
    for column in columns {
      if let number = relation.column(column)?.number {
        catalog.dependencies.add(Address(.constraint, oid), needs: relation.oid, column: number, kind: .automatic)
      }
      if isPrimary { changeColumn(relation.oid, column) { $0.isNotNull = true } }
    }
  }

  private mutating func addExclusion(
    _ definition: ConstraintDefinition, _ exclusion: ConstraintDefinition.Exclusion, to relation: Relation
  ) {
    let columns = exclusion.elements.map { $0.column ?? $0.expression?.indexColumnName ?? "expr" }
    let schema = relation.name.schema ?? "public"
    let name =
      definition.name.map(GeneratedNames.truncated)
      ?? catalog.freeIndexName(relation.name.name, columns.joined(separator: "_"), "excl", in: schema)
    _ = check(exclusion.elements.compactMap(\.column), of: relation, at: definition.offset, isKey: true)
    let uses = checkElements(
      exclusion.elements, exclusion.filter, method: exclusion.method, of: relation, at: definition.offset)
    var constraint = Constraint(name: name, kind: .exclusion, columns: exclusion.elements.compactMap(\.column))
    constraint.exclusion = exclusion
    guard let oid = insert(definition, constraint, into: relation.oid) else { return }
    let index = addIndex(
      Index(
        name: ObjectName(schema: schema, name), table: relation.oid, method: exclusion.method,
        elements: exclusion.elements.map(Index.Element.init), filter: exclusion.filter, constraint: name, origin: origin
      ))
    catalog.dependencies.add(Address(.index, index), needs: oid, kind: .automatic)
    catalog.dependencies.add(Address(.constraint, oid), needs: uses, kind: .automatic)
  }

  /// Columns that a constraint or index names must exist.
  @discardableResult
  mutating func check(_ columns: [String], of relation: Relation, at offset: Int, isKey: Bool = false) -> Bool {
    guard relation.hasKnownColumns else { return true }
    var areKnown = true
    for name in columns where relation.column(name) == nil && Column.system[name] == nil {
      reject(.undefined(ObjectID(.column, name, of: relation.name)), at: offset, related: relation.origin)
      areKnown = false
    }
    return areKnown
  }

  mutating func changeColumn(_ table: OID, _ name: String, _ body: (inout Column) -> Void) {
    change(table) { relation in
      guard let index = relation.columns.firstIndex(where: { $0.name == name }) else { return }
      body(&relation.columns[index])
    }
  }
}
