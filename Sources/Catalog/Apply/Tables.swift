import PostgresSyntax

/// CREATE TABLE
extension Application {
  /// A partitioned table stores nothing, and so has no storage parameters.
  mutating func rejectParameters(_ names: [String]) {
    if let name = names.first { reject("unrecognized parameter '\(name)'", "22023") }
  }

  mutating func createTable(_ statement: CreateTable) {
    let offset = statement.table.offset
    let name = newName(statement.table.name, isTemporary: statement.persistence == .temporary, offset: offset)
    guard !isTaken(name, .table, offset: offset, ifNotExists: statement.ifNotExists) else { return }
    for index in statement.inlineIndexes { reject(.inlineIndex(index), at: index.offset) }
    var relation = Relation(
      oid: catalog.newOID(), kind: kind(of: statement), name: name, persistence: statement.persistence, origin: origin)
    relation.options = statement.options
    relation.accessMethod = statement.accessMethod
    relation.partitionKey = statement.partitionKey
    relation.server = statement.server
    requireServer(statement)
    checkKind(statement, name)
    relation.bound = statement.bound
    addTypedColumns(statement, to: &relation)
    let parents = (statement.partitionOf.map { [$0] } ?? []) + statement.inherits
    for parent in parents { inherit(from: parent, to: &relation, isPartition: statement.partitionOf != nil) }
    addColumns(statement, to: &relation)
    store(relation)
    if statement.onCommit == .drop { catalog.session.endingWithTransaction.insert(relation.oid) }
    created(relation.id)
    for parent in relation.parents {
      catalog.childrenOfTable.update(parent, default: []) { $0.append(relation.oid) }
      catalog.dependencies.add(
        Address(.relation, relation.oid), needs: parent, kind: statement.partitionOf != nil ? .automatic : .normal)
    }
    if let key = statement.partitionKey {
      checkPartitionKey(key, of: relation)
      rejectParameters(statement.options.keys.sorted())
    }
    if let bound = statement.bound, let parent = relation.parents.first {
      checkBound(bound, of: relation.oid, in: parent, at: offset)
    }
    if let type = relation.ofType { catalog.dependencies.add(Address(.relation, relation.oid), needs: type) }
    noteColumnNeeds(of: relation.oid)
    addColumnConstraints(statement, to: relation.oid)
    copyIndexes(statement, to: relation.oid)
    for (constraint, column) in statement.foreignKeys { add(constraint, to: relation.oid, column: column) }
    if statement.partitionOf != nil, let parent = relation.parents.first { takeOver(from: parent, to: relation.oid) }
    grantDefaults(Address(.relation, relation.oid), .table, in: name.schema)
  }

  private func kind(of statement: CreateTable) -> Relation.Kind {
    if statement.server != nil { return .foreignTable }
    return statement.partitionKey == nil ? .table : .partitionedTable
  }

  private mutating func requireServer(_ statement: CreateTable) {
    guard let server = statement.server else { return }
    guard let known = catalog.other(.foreignServer, ObjectName(server)) else {
      reject(.undefined(ObjectID(.foreignServer, server)), isCertain: catalog.isComplete)
      return
    }
    _ = known
  }

  // MARK: - Columns

  private mutating func addTypedColumns(_ statement: CreateTable, to relation: inout Relation) {
    guard let type = statement.ofType else { return }
    if let made = catalog.relation(type.name), made.kind != .compositeType, !made.isAssumed {
      reject("type \(type.name) is not a composite type", "42809", at: type.offset)
    }
    guard let found = dataType(type), let fields = catalog.fields(of: found.oid) else {
      relation.hasKnownColumns = false
      return
    }
    relation.ofType = found.oid
    for field in fields { relation.append(Column(name: field.name, type: field.type, collation: field.collation)) }
  }

  private mutating func inherit(from parent: Reference, to relation: inout Relation, isPartition: Bool) {
    guard let source = table(parent) else {
      relation.hasKnownColumns = false
      if let assumed = catalog.relation(parent.name) { relation.parents.append(assumed.oid) }
      return
    }
    if isPartition, source.kind != .partitionedTable, !source.isAssumed {
      reject("'\(source.name.name)' is not partitioned", "42P17", at: parent.offset)
    } else if !isPartition, source.kind == .partitionedTable {
      reject("cannot inherit from partitioned table '\(source.name.name)'", "42809", at: parent.offset)
    } else if !source.isTable, source.kind != .foreignTable {
      reject("inherited relation '\(source.name.name)' is not a table or foreign table", "42809", at: parent.offset)
    }
    if relation.parents.contains(source.oid) {
      reject("relation '\(source.name.name)' would be inherited from more than once", "42P07", at: parent.offset)
      return
    }
    relation.parents.append(source.oid)
    if !source.hasKnownColumns { relation.hasKnownColumns = false }
    for column in source.columns {
      if let index = relation.columns.firstIndex(where: { $0.name == column.name }) {
        checkMerge(relation.columns[index], with: column, at: parent.offset)
        relation.columns[index].inheritanceCount += 1
        relation.columns[index].isNotNull = relation.columns[index].isNotNull || column.isNotNull
        continue
      }
      var inherited = column
      inherited.isLocal = false
      inherited.inheritanceCount = 1
      inherited.identity = nil
      relation.append(inherited)
    }
    for constraint in source.constraints where constraint.isCheck && !constraint.isNoInherit {
      if let index = relation.constraints.firstIndex(where: { $0.name == constraint.name }) {
        relation.constraints[index].inheritanceCount += 1
        continue
      }
      var inherited = constraint
      inherited.oid = catalog.newOID()
      inherited.isLocal = false
      inherited.inheritanceCount = 1
      inherited.isValidated = true
      inherited.origin = origin
      catalog.dependencies.setOwner(of: inherited.oid, relation.oid)
      catalog.count(1, constraint: inherited.name, of: relation)
      relation.constraints.append(inherited)
    }
  }

  /// The statement's own columns, with those of LIKE where it stands.
  private mutating func addColumns(_ statement: CreateTable, to relation: inout Relation) {
    for index in 0...statement.columns.count {
      for like in statement.likes where like.position == index { copyColumns(like, to: &relation) }
      guard index < statement.columns.count else { break }
      let definition = statement.columns[index]
      var column = column(definition, of: relation)
      guard let known = relation.columns.firstIndex(where: { $0.name == definition.name }) else {
        if statement.ofType != nil, relation.hasKnownColumns {
          reject(.undefined(ObjectID(.column, definition.name)), at: definition.offset)
        }
        relation.append(column)
        continue
      }
      guard relation.columns[known].inheritanceCount > 0 || statement.ofType != nil else {
        reject(.duplicate(ObjectID(.column, definition.name, of: relation.name)), at: definition.offset)
        continue
      }
      // A column that is inherited as well is merged with the parent's.
      let inherited = relation.columns[known]
      if let given = column.type, let type = inherited.type, definition.type != nil, given != type {
        reject("column '\(definition.name)' has a type conflict", "42804", at: definition.offset)
      } else if definition.type != nil, definition.collation != nil, column.collation != inherited.collation,
        inherited.type != nil
      {
        reject("column '\(definition.name)' has a collation conflict", "42P21", at: definition.offset)
      }
      checkGeneration(of: column, definition, inherited)
      column.number = inherited.number
      column.type = inherited.type ?? column.type
      column.isNotNull = column.isNotNull || inherited.isNotNull
      column.inheritanceCount = inherited.inheritanceCount
      if !column.hasDefault, column.generated == nil {
        column.hasDefault = inherited.hasDefault
        column.defaultValue = inherited.defaultValue
        column.generated = inherited.generated
      }
      relation.columns[known] = column
    }
  }

  private mutating func addColumnConstraints(_ statement: CreateTable, to oid: OID) {
    for definition in statement.columns {
      guard let column = catalog.relations[oid]?.column(GeneratedNames.truncated(definition.name)) else { continue }
      let identity = definition.constraints.lazy.compactMap { constraint -> CreateSequence.Options? in
        if case .identity(_, let options) = constraint.kind { options } else { nil }
      }.first
      if definition.type?.serialType != nil || identity != nil {
        addOwnedSequence(oid, column, isIdentity: identity != nil, options: identity)
      }
    }
    let all =
      statement.columns.flatMap { definition in
        definition.constraints.map { ($0, Optional(GeneratedNames.truncated(definition.name))) }
      } + statement.constraints.map { ($0, nil) }
    // Checks come first, then keys, the primary one before the others.
    for (constraint, column) in all where constraint.foreignKey == nil && constraint.keyColumns(column) == nil {
      add(constraint, to: oid, column: column)
    }
    for (constraint, column) in keys(all) { add(constraint, to: oid, column: column) }
  }

  /// The keys of a statement. One that says the same as another is left out, and may give it its name (PostgreSQL source,
  /// `transformIndexConstraints`).
  private func keys(
    _ all: [(constraint: ConstraintDefinition, column: String?)]
  ) -> [(constraint: ConstraintDefinition, column: String?)] {
    let keys = all.filter { $0.constraint.keyColumns($0.column) != nil }
    var kept: [(constraint: ConstraintDefinition, column: String?)] = []
    for key in keys.filter(\.constraint.isPrimaryKey) + keys.filter({ !$0.constraint.isPrimaryKey }) {
      let columns = key.constraint.keyColumns(key.column)
      let known = kept.firstIndex { other in
        other.constraint.keyColumns(other.column) == columns
          && other.constraint.isDeferrable == key.constraint.isDeferrable
          && other.constraint.isInitiallyDeferred == key.constraint.isInitiallyDeferred
      }
      guard let known, !key.constraint.isPrimaryKey else {
        kept.append(key)
        continue
      }
      if kept[known].constraint.name == nil { kept[known].constraint.name = key.constraint.name }
    }
    return kept
  }

  /// The sequence of a serial or identity column.
  mutating func addOwnedSequence(
    _ oid: OID, _ column: Column, isIdentity: Bool, options: CreateSequence.Options? = nil
  ) {
    guard let table = catalog.relations[oid] else { return }
    let schema = table.name.schema ?? "public"
    let name =
      options?.name.map { ObjectName(schema: $0.schema ?? schema, $0.name) }
      ?? ObjectName(schema: schema, catalog.freeRelationName(table.name.name, column.name, "seq", in: schema))
    var sequence = Relation(
      oid: catalog.newOID(), kind: .sequence, name: name, persistence: table.persistence, origin: origin)
    sequence.ownedBy = ColumnReference(table: oid, column: column.number, isIdentity: isIdentity)
    sequence.sequence = SequenceFacts(type: column.type?.oid ?? .bigint, options: options ?? .init())
    store(sequence)
    let address = Address(.relation, sequence.oid)
    catalog.dependencies.add(address, needs: oid, column: column.number, kind: .automatic)
    if !isIdentity {
      catalog.dependencies.add(Address(.defaultValue, oid, column: column.number), needs: sequence.oid)
    }
    created(sequence.id)
    grantDefaults(address, .sequence, in: schema)
  }
}

extension Relation {
  /// Adds a column under the next number.
  mutating func append(_ column: Column) {
    var column = column
    column.number = nextColumn
    nextColumn += 1
    columns.append(column)
  }
}

extension ConstraintDefinition {
  /// The columns of a primary key or unique constraint, with what they include; nil for other constraints and for those
  /// that name an index.
  fileprivate func keyColumns(_ column: String?) -> [String]? {
    switch kind {
    case .primaryKey(let key), .unique(let key, nullsNotDistinct: _):
      guard key.index == nil else { return nil }
      return (key.columns.isEmpty ? column.map { [$0] } ?? [] : key.columns) + ["including"] + key.including
    default: return nil
    }
  }

  var isPrimaryKey: Bool { if case .primaryKey = kind { true } else { false } }

  var foreignKey: ForeignKey? { if case .foreignKey(let key) = kind { key } else { nil } }
}

extension CreateTable {
  /// Foreign keys of columns and of the table; they are checked last.
  fileprivate var foreignKeys: [(constraint: ConstraintDefinition, column: String?)] {
    columns.flatMap { column in
      column.constraints.filter { $0.foreignKey != nil }.map { ($0, GeneratedNames.truncated(column.name)) }
    } + constraints.filter { $0.foreignKey != nil }.map { ($0, nil) }
  }
}

extension TypeName {
  /// The integer behind `serial` and its relatives (section 8.1.4 of the PostgreSQL documentation).
  var serialType: TypeName? {
    guard name.schema == nil, arrayDimensions == 0 else { return nil }
    let integer: String
    switch name.name {
    case "serial", "serial4": integer = "int4"
    case "bigserial", "serial8": integer = "int8"
    case "smallserial", "serial2": integer = "int2"
    default: return nil
    }
    return TypeName(name: ObjectName(schema: "pg_catalog", integer), offset: offset)
  }
}

extension Expression {
  /// `DEFAULT NULL` is no default: PostgreSQL doesn't keep it.
  var isNull: Bool {
    switch self {
    case .literal(.null, _): true
    case .cast(let operand, let type, _): operand.isNull && type.modifiers.isEmpty
    default: false
    }
  }

  /// The columns that the expression names, each once, in order.
  public var columnNames: [String] {
    var names: [String] = []
    walk {
      if case .column(let path, false, _) = $0, let name = path.last, !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// The text of a string constant, casts ignored.
  public var constantText: String? {
    switch self {
    case .literal(.string(let text), _): text
    case .cast(let operand, _, _): operand.constantText
    default: nil
    }
  }

  /// Whether a constant is cast to text: then its name is looked up only when it is used.
  var isText: Bool {
    if case .cast(_, let type, _) = self { type.name.name == "text" || type.name.name == "varchar" } else { false }
  }
}

extension String {
  /// A name as `regclass` reads it: `schema.name`, quoted or folded.
  var parsedName: ObjectName {
    var parts: [String] = [""]
    var isQuoted = false
    for character in self {
      if character == "\"" {
        isQuoted.toggle()
      } else if character == ".", !isQuoted {
        parts.append("")
      } else {
        parts[parts.count - 1].append(isQuoted ? character : Character(character.lowercased()))
      }
    }
    return ObjectName(schema: parts.count > 1 ? parts[parts.count - 2] : nil, parts.last ?? "")
  }
}
