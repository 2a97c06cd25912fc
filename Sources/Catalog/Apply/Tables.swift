import PostgresSyntax

extension Application {
  mutating func createTable(_ statement: CreateTable) {
    let name = newName(statement.table.name, isTemporary: statement.persistence == .temporary)
    if let schema = statement.table.name.schema, !catalog.schemas.contains(schema) {
      reject(.undefined(ObjectID(.schema, schema)), at: statement.table.offset, isCertain: catalog.isComplete)
      catalog.schemas.insert(schema)
    }
    guard !isTaken(name, .table, offset: statement.table.offset, ifNotExists: statement.ifNotExists) else { return }
    for index in statement.inlineIndexes { reject(.inlineIndex(index), at: index.offset) }

    var relation = Relation(
      kind: statement.partitionKey == nil ? .table : .partitionedTable, name: name, origin: origin)
    relation.persistence = statement.persistence
    relation.hasKnownColumns = statement.ofType == nil
    for parent in (statement.partitionOf.map { [$0] } ?? []) + statement.inherits + statement.likes {
      inherit(from: parent, to: &relation)
    }
    relation.parent = statement.partitionOf.flatMap { catalog.relation($0.name)?.name }
    catalog.relations[name] = relation
    created(relation.id)
    for column in statement.columns { add(column, to: name) }
    for constraint in statement.constraints { add(constraint, to: name, column: nil) }
  }

  private mutating func inherit(from parent: Reference, to relation: inout Relation) {
    guard let source = table(parent) else {
      relation.hasKnownColumns = false
      return
    }
    if !source.hasKnownColumns { relation.hasKnownColumns = false }
    for column in source.columns where relation.column(column.name) == nil { relation.columns.append(column) }
  }

  mutating func createTableAs(_ statement: CreateTableAs) {
    if statement.isMaterializedView {
      let name = newName(statement.table.name)
      guard !isTaken(name, .materializedView, offset: statement.table.offset, ifNotExists: statement.ifNotExists) else {
        return
      }
      addView(name, kind: .materializedView, query: statement.query ?? Query(), columns: statement.columns)
      return
    }
    createTable(fromQuery: statement.table, persistence: statement.persistence, ifNotExists: statement.ifNotExists)
  }

  mutating func createTable(fromQuery table: Reference, persistence: Persistence, ifNotExists: Bool = false) {
    let name = newName(table.name, isTemporary: persistence == .temporary)
    guard !isTaken(name, .table, offset: table.offset, ifNotExists: ifNotExists) else { return }
    var relation = Relation(kind: .table, name: name, origin: origin)
    relation.hasKnownColumns = false
    relation.persistence = persistence
    catalog.relations[name] = relation
    created(relation.id)
  }

  // MARK: - Columns

  mutating func add(_ definition: ColumnDefinition, to table: ObjectName) {
    var column = Column(name: definition.name)
    let serial = definition.type?.serialType
    column.type = (serial ?? definition.type).map { catalog.formatted($0) }
    for constraint in definition.constraints {
      switch constraint.kind {
      case .notNull: column.isNotNull = true
      case .default(let value):
        column.defaultValue = value
        column.hasDefault = !value.isNull
      case .generated:
        column.isGenerated = true
        column.hasDefault = true
      case .identity(let always):
        column.identity = always ? "a" : "d"
        column.isNotNull = true
      case .null, .check, .primaryKey, .unique, .foreignKey, .exclusion, .other: break
      }
    }
    if serial != nil {
      column.isNotNull = true
      column.hasDefault = true
    }
    catalog.relations[table]?.columns.append(column)
    if serial != nil || column.identity != nil { addOwnedSequence(table, definition.name) }
    for constraint in definition.constraints { add(constraint, to: table, column: definition.name) }
  }

  mutating func addOwnedSequence(_ table: ObjectName, _ column: String) {
    let schema = table.schema ?? "public"
    let name = ObjectName(schema: schema, catalog.freeRelationName(table.name, column, "seq", in: schema))
    var sequence = Relation(kind: .sequence, name: name, origin: origin)
    sequence.ownedBy = (table, column)
    catalog.relations[name] = sequence
    created(sequence.id)
  }

  // MARK: - Constraints

  mutating func add(_ definition: ConstraintDefinition, to table: ObjectName, column: String?) {
    guard let relation = catalog.relations[table] else { return }
    switch definition.kind {
    case .primaryKey(let key): addKey(definition, key, isPrimary: true, to: relation, column: column)
    case .unique(let key, _): addKey(definition, key, isPrimary: false, to: relation, column: column)
    case .foreignKey(let key): addForeignKey(definition, key, to: relation, column: column)
    case .check(let condition):
      let names = condition.columnNames
      let name =
        definition.name
        ?? catalog.freeConstraintName(
          table.name, names.count == 1 ? names.first : nil, "check", on: relation)
      addConstraint(definition, Constraint(name: name, kind: .check, columns: names, expression: condition), to: table)
    case .exclusion(let columns, let method, _):
      let joined = columns.map { $0 ?? "expr" }.joined(separator: "_")
      let name =
        definition.name
        ?? catalog.freeRelationName(table.name, joined, "excl", in: table.schema ?? "public")
      addConstraint(definition, Constraint(name: name, kind: .exclusion, columns: columns.compactMap { $0 }), to: table)
      addIndex(
        Index(
          name: ObjectName(schema: table.schema, name), table: table, method: method,
          elements: columns.map { Index.Element(column: $0) }, including: [], isUnique: false, isPartial: false,
          constraint: name, origin: origin))
    case .notNull, .null, .default, .identity, .generated, .other: break
    }
  }

  private mutating func addConstraint(
    _ definition: ConstraintDefinition, _ constraint: Constraint, to table: ObjectName
  ) {
    var constraint = constraint
    constraint.isDeferrable = definition.isDeferrable || definition.isInitiallyDeferred
    constraint.isInitiallyDeferred = definition.isInitiallyDeferred
    constraint.isValidated = !definition.isNotValid
    constraint.origin = origin
    constraint.offset = definition.offset < 0 ? nil : definition.offset
    let id = ObjectID(.constraint, constraint.name, of: table)
    if let known = catalog.relations[table]?.constraints.first(where: { $0.name == constraint.name }) {
      guard catalog.relations[table]?.isAssumed == false else { return }
      reject(.duplicate(id), at: definition.offset, related: known.origin)
      return
    }
    catalog.relations[table]?.constraints.append(constraint)
    created(id)
  }

  private mutating func addKey(
    _ definition: ConstraintDefinition, _ key: ConstraintDefinition.KeyColumns, isPrimary: Bool, to relation: Relation,
    column: String?
  ) {
    let table = relation.name
    var columns = key.columns.isEmpty ? column.map { [$0] } ?? [] : key.columns
    let label = isPrimary ? "pkey" : "key"
    let generated = catalog.freeRelationName(
      table.name, isPrimary ? nil : columns.joined(separator: "_"), label, in: table.schema ?? "public")
    let name = definition.name ?? key.index ?? generated
    let indexName = ObjectName(schema: table.schema, name)
    if let used = key.index, let index = catalog.index(ObjectName(schema: table.schema, used)) {
      columns = index.leadingColumns
      renameIndex(index.name, to: name)
      catalog.indexes[indexName]?.constraint = name
    } else {
      check(columns, of: relation, at: definition.offset)
      addIndex(
        Index(
          name: indexName, table: table, method: "btree", elements: columns.map { Index.Element(column: $0) },
          including: key.including, isUnique: true, isPartial: false, constraint: name, origin: origin))
    }
    addConstraint(
      definition, Constraint(name: name, kind: isPrimary ? .primaryKey : .unique, columns: columns), to: table)
    if isPrimary {
      for name in columns { changeColumn(table, name) { $0.isNotNull = true } }
    }
  }

  private mutating func addForeignKey(
    _ definition: ConstraintDefinition, _ key: ConstraintDefinition.ForeignKey, to relation: Relation, column: String?
  ) {
    let columns = key.columns.isEmpty ? column.map { [$0] } ?? [] : key.columns
    check(columns, of: relation, at: definition.offset)
    let target = table(key.target)
    let targetName =
      target?.name ?? ObjectName(schema: key.target.name.schema ?? catalog.creationSchema, key.target.name.name)
    var targetColumns = key.targetColumns
    if targetColumns.isEmpty, let primary = target?.constraints.first(where: { $0.isPrimaryKey }) {
      targetColumns = primary.columns
    } else if let target {
      check(targetColumns, of: target, at: key.target.offset)
    }
    let name =
      definition.name
      ?? catalog.freeConstraintName(
        relation.name.name, columns.joined(separator: "_"), "fkey", on: relation)
    let kind = Constraint.Kind.foreignKey(
      target: targetName, targetColumns: targetColumns, onDelete: key.onDelete.rawValue, onUpdate: key.onUpdate.rawValue
    )
    addConstraint(definition, Constraint(name: name, kind: kind, columns: columns), to: relation.name)
    var sources = catalog.referencing[targetName] ?? []
    if !sources.contains(relation.name) { sources.append(relation.name) }
    catalog.referencing[targetName] = sources
  }

  /// Columns that a constraint or index names must exist.
  mutating func check(_ columns: [String], of relation: Relation, at offset: Int) {
    guard relation.hasKnownColumns else { return }
    for name in columns where relation.column(name) == nil && !Column.system.contains(name) {
      reject(
        .undefined(ObjectID(.column, name, of: relation.name)), at: offset,
        related: relation.origin)
    }
  }

  mutating func changeColumn(_ table: ObjectName, _ name: String, _ change: (inout Column) -> Void) {
    guard let index = catalog.relations[table]?.columns.firstIndex(where: { $0.name == name }) else { return }
    change(&catalog.relations[table]!.columns[index])
  }
}

extension Column {
  /// Columns that every table has (PostgreSQL documentation, section 5.5).
  static let system: Set<String> = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]
}

extension Constraint {
  public var isPrimaryKey: Bool {
    if case .primaryKey = kind { true } else { false }
  }
}

extension Expression {
  /// `DEFAULT NULL` is no default: PostgreSQL doesn't keep it.
  var isNull: Bool {
    switch self {
    case .literal(.null, _): true
    case .cast(let operand, _, _): operand.isNull
    default: false
    }
  }

  /// The columns that the expression names, each once, in order.
  var columnNames: [String] {
    var names: [String] = []
    walk {
      if case .column(let path, false, _) = $0, let name = path.last, !names.contains(name) { names.append(name) }
    }
    return names
  }
}

extension Catalog {
  /// A type as `format_type` writes it: with its schema where the search path doesn't lead there.
  func formatted(_ type: TypeName) -> String {
    var type = type
    if type.name.schema != nil, type.name.schema != "pg_catalog", searchPath.contains(type.name.schema!) {
      type.name.schema = nil
    }
    return type.formatted
  }
}
