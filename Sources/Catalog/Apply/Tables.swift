import PostgresSyntax

/// CREATE TABLE
extension Application {
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
    addTypedColumns(statement, to: &relation)
    let parents = (statement.partitionOf.map { [$0] } ?? []) + statement.inherits
    for parent in parents { inherit(from: parent, to: &relation, isPartition: statement.partitionOf != nil) }
    addColumns(statement, to: &relation)
    store(relation)
    created(relation.id)
    for parent in relation.parents {
      catalog.childrenOfTable.update(parent, default: []) { $0.append(relation.oid) }
      catalog.dependencies.add(
        Address(.relation, relation.oid), needs: parent, kind: statement.partitionOf != nil ? .automatic : .normal)
    }
    if let key = statement.partitionKey { checkPartitionKey(key, of: relation) }
    if let bound = statement.bound, let parent = relation.parents.first {
      change(relation.oid) { $0.bound = bound }
      checkBound(bound, of: relation.oid, in: parent, at: offset)
    }
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
        if let a = relation.columns[index].type, let b = column.type, a.oid != b.oid {
          reject("inherited column '\(column.name)' has a type conflict", "42804", at: parent.offset)
        }
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
      }
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

  private mutating func copyColumns(_ like: CreateTable.Like, to relation: inout Relation) {
    guard let source = table(like.table) else {
      relation.hasKnownColumns = catalog.builtInRelation(like.table.name) != nil && relation.hasKnownColumns
      for column in catalog.builtInRelation(like.table.name)?.columns ?? [] {
        relation.append(Column(name: column.name, type: DataType(column.type)))
      }
      return
    }
    if !source.hasKnownColumns { relation.hasKnownColumns = false }
    for column in source.columns {
      guard relation.column(column.name) == nil else {
        reject(.duplicate(ObjectID(.column, column.name, of: relation.name)), at: like.table.offset)
        continue
      }
      var copy = Column(name: column.name, type: column.type, collation: column.collation, isNotNull: column.isNotNull)
      if like.options.contains(.defaults), column.generated == nil {
        copy.hasDefault = column.hasDefault
        copy.defaultValue = column.defaultValue
      }
      if like.options.contains(.generated) {
        copy.generated = column.generated
        if column.generated != nil { copy.hasDefault = true }
      }
      if like.options.contains(.identity) { copy.identity = column.identity }
      relation.append(copy)
      if copy.hasDefault, copy.defaultValue == nil, let sequence = catalog.sequence(of: source, column) {
        let address = Address(.defaultValue, relation.oid, column: relation.columns[relation.columns.count - 1].number)
        catalog.dependencies.add(address, needs: sequence.oid)
      }
      if copy.identity != nil { pendingIdentities.append(column.name) }
    }
    guard like.options.contains(.constraints) else { return }
    for constraint in source.constraints where constraint.isCheck {
      var copy = constraint
      copy.oid = catalog.newOID()
      copy.origin = origin
      catalog.dependencies.setOwner(of: copy.oid, relation.oid)
      catalog.count(1, constraint: copy.name, of: relation)
      relation.constraints.append(copy)
    }
  }

  /// Indexes and keys of `LIKE … INCLUDING INDEXES`, identities, comments.
  private mutating func copyIndexes(_ statement: CreateTable, to oid: OID) {
    for name in pendingIdentities {
      if let column = catalog.relations[oid]?.column(name) { addOwnedSequence(oid, column, isIdentity: true) }
    }
    pendingIdentities = []
    for like in statement.likes {
      guard let source = catalog.relation(like.table.name) else { continue }
      if like.options.contains(.indexes) {
        for index in catalog.indexes(on: source.oid) { copyIndex(index, of: source, to: oid) }
      }
      if like.options.contains(.comments) { copyComments(of: source, to: oid) }
      if like.options.contains(.statistics) { copyStatistics(of: source, to: oid) }
    }
  }

  private mutating func copyComments(of source: Relation, to oid: OID) {
    for column in source.columns {
      guard let copy = catalog.relations[oid]?.column(column.name),
        let text = catalog.comments[Address(.column, source.oid, column: column.number)]
      else { continue }
      catalog.comments[Address(.column, oid, column: copy.number)] = text
    }
  }

  /// What a column's definition says, but for constraints that are objects of their own.
  mutating func column(_ definition: ColumnDefinition, of relation: Relation) -> Column {
    var column = Column(name: GeneratedNames.truncated(definition.name))
    let serial = definition.type?.serialType
    if let type = serial ?? definition.type { column.type = columnType(type, definition, of: relation) }
    if let collation = definition.collation {
      column.collation = collation.name
      requireCollation(collation, for: column, at: definition.offset)
    }
    var nullability: Bool?
    for constraint in definition.constraints {
      switch constraint.kind {
      case .notNull:
        if nullability == false { conflictingNull(definition, relation) }
        nullability = true
      case .null:
        if nullability == true || serial != nil { conflictingNull(definition, relation) }
        nullability = false
      case .default(let value):
        if column.hasDefault || serial != nil {
          reject(
            "multiple default values specified for column '\(definition.name)' of table '\(relation.name.name)'",
            "42601",
            at: constraint.offset)
        }
        column.defaultValue = value
        column.hasDefault = keepsDefault(value, of: column.type)
      case .generated(let value):
        column.generated = value
        column.hasDefault = true
      case .identity(let always, _):
        column.identity = always ? "a" : "d"
        if nullability == false { conflictingNull(definition, relation) }
        checkIdentityType(column, at: constraint.offset)
        nullability = true
      case .primaryKey: nullability = true
      case .check, .unique, .foreignKey, .exclusion, .other: break
      }
    }
    column.isNotNull = nullability == true || serial != nil
    if serial != nil { column.hasDefault = true }
    return column
  }

  /// `DEFAULT NULL` is no default, unless the type's length or a domain must still be applied to it.
  func keepsDefault(_ value: Expression, of type: DataType?) -> Bool {
    guard value.isNull else { return true }
    guard let type else { return false }
    return type.modifier != nil || catalog.facts(of: type.oid)?.kind == .domain
  }

  private mutating func conflictingNull(_ definition: ColumnDefinition, _ relation: Relation) {
    reject(
      "conflicting NULL/NOT NULL declarations for column '\(definition.name)' of table '\(relation.name.name)'",
      "42601",
      at: definition.offset)
  }

  mutating func checkIdentityType(_ column: Column, at offset: Int) {
    guard let type = column.type?.oid, catalog.facts(of: type) != nil, ![.smallint, .integer, .bigint].contains(type)
    else { return }
    reject("identity column type must be smallint, integer, or bigint", "22023", at: offset)
  }

  private mutating func columnType(_ name: TypeName, _ definition: ColumnDefinition, of relation: Relation) -> DataType?
  {
    guard let type = dataType(name) else { return nil }
    if name.isSet { reject("column '\(definition.name)' cannot be declared SETOF", "42P16", at: name.offset) }
    if let facts = catalog.facts(of: type.oid) {
      if facts.kind == .pseudo {
        reject("column '\(definition.name)' has pseudo-type \(catalog.format(type))", "42P16", at: definition.offset)
      }
      checkModifiers(name, facts)
    } else if let shell = catalog.types[type.oid], case .shell = shell.kind {
      reject("type '\(name.name)' is only a shell", "42704", at: name.offset)
    }
    return type
  }

  private mutating func checkModifiers(_ name: TypeName, _ facts: TypeFacts) {
    guard !name.modifiers.isEmpty else { return }
    let type = facts.isArray ? catalog.facts(of: facts.element) ?? facts : facts
    if !type.takesModifiers, type.kind != .domain || type.extension.isEmpty, !type.oid.isCreated {
      reject("type modifier is not allowed for type '\(type.name)'", "42601", at: name.offset)
    }
    if type.oid == .varchar || type.oid == .bpchar, let length = name.modifiers.first.flatMap({ Int($0) }) {
      let label = type.oid == .varchar ? "varchar" : "char"
      if length < 1 { reject("length for type \(label) must be at least 1", "22023", at: name.offset) }
      if length > 10_485_760 { reject("length for type \(label) cannot exceed 10485760", "22023", at: name.offset) }
    }
    if type.oid == .numeric, let precision = name.modifiers.first.flatMap({ Int($0) }), !(1...1000).contains(precision)
    {
      reject("NUMERIC precision \(precision) must be between 1 and 1000", "22023", at: name.offset)
    }
  }

  mutating func requireCollation(_ name: ObjectName, for column: Column, at offset: Int) {
    var analyzer = Analyzer(catalog)
    analyzer.requireCollation(name, at: offset)
    if let type = column.type, let facts = catalog.facts(of: type.oid), !facts.hasCollation {
      analyzer.reject("collations are not supported by type \(catalog.format(type))", "42804", at: offset)
    }
    absorb(analyzer)
  }

  /// The types and defaults that the columns of a table need.
  mutating func noteColumnNeeds(of oid: OID) {
    guard let relation = catalog.relations[oid] else { return }
    for column in relation.columns { noteNeeds(of: column, in: relation) }
  }

  mutating func noteNeeds(of column: Column, in relation: Relation) {
    let address = Address(.column, relation.oid, column: column.number)
    if let type = column.type?.oid { addTypeNeed(address, type) }
    if let collation = column.collation, let created = catalog.other(.collation, ObjectName(collation)) {
      catalog.dependencies.add(address, needs: created.oid)
    }
    checkDefault(of: column, in: relation)
  }

  mutating func addTypeNeed(_ address: Address, _ type: OID) {
    guard !type.isBuiltIn else { return }
    var analyzer = Analyzer(catalog)
    analyzer.use(type)
    catalog.dependencies.add(address, needs: analyzer.uses)
  }

  /// Checks a default or generation expression and notes what it needs.
  mutating func checkDefault(of column: Column, in relation: Relation) {
    let address = Address(.defaultValue, relation.oid, column: column.number)
    if let value = column.generated {
      let scope = Analyzer(catalog).scope(of: relation)
      let (type, uses) = analyze { analyzer in
        analyzer.inside(scope) { analyzer in analyzer.at(.generated) { $0.type(of: value) } }
      }
      checkAssignable(type, to: column, value, "generation")
      // What the expression uses takes the column with it.
      catalog.dependencies.add(Address(.column, relation.oid, column: column.number), needs: uses, kind: .automatic)
      return
    }
    guard let value = column.defaultValue, column.inheritanceCount == 0 || column.isLocal else { return }
    let (type, uses) = analyze { analyzer in
      analyzer.inside(Scope()) { analyzer in analyzer.at(.defaultValue) { $0.type(of: value) } }
    }
    checkAssignable(type, to: column, value, "default")
    catalog.dependencies.add(address, needs: uses)
    for sequence in sequences(namedIn: value) { catalog.dependencies.add(address, needs: sequence) }
  }

  private mutating func checkAssignable(_ given: DataType?, to column: Column, _ value: Expression, _ what: String) {
    guard let given, let type = column.type, catalog.facts(of: type.oid) != nil else { return }
    if given.oid == .unknown {
      var analyzer = Analyzer(catalog)
      analyzer.check(value, as: type)
      absorb(analyzer)
    } else if given.oid != .record, !catalog.canCoerce(given.oid, to: type.oid, .assignment) {
      reject(
        "column '\(column.name)' is of type \(catalog.format(type.oid)) but \(what) expression is of type \(catalog.format(given.oid))",
        "42804", at: value.offset)
    }
  }

  /// The sequences that `nextval('name')` and the like name as constants of type regclass.
  func sequences(namedIn value: Expression) -> [OID] {
    var found: [OID] = []
    value.walk { expression in
      guard case .call(let call) = expression, ["nextval", "currval", "setval"].contains(call.name.name),
        let argument = call.arguments.first, let text = argument.constantText, !argument.isText,
        let relation = catalog.relation(text.parsedName)
      else { return }
      found.append(relation.oid)
    }
    return found
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
  var columnNames: [String] {
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
  fileprivate var isText: Bool {
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
