import PostgresSyntax

/// Columns, as CREATE TABLE and ALTER TABLE define them.
extension Application {
  /// What a column's definition says, but for constraints that are objects of their own.
  mutating func column(_ definition: ColumnDefinition, of relation: Relation) -> Column {
    var column = Column(name: GeneratedNames.truncated(definition.name))
    column.origin = origin
    column.offset = definition.offset < 0 ? nil : definition.offset
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
        if column.defaultValue != nil || serial != nil {
          reject(
            "multiple default values specified for column '\(definition.name)' of table '\(relation.name.name)'",
            "42601",
            at: constraint.offset)
        }
        column.defaultValue = value
        column.hasDefault = keepsDefault(value, of: column.type)
      case .generated(let value):
        if column.generated != nil { conflict("multiple generation clauses", definition, relation, constraint) }
        column.generated = value
        column.hasDefault = true
      case .identity(let always, _):
        if column.identity != nil { conflict("multiple identity specifications", definition, relation, constraint) }
        if serial != nil { conflict("both default and identity", definition, relation, constraint) }
        if relation.ofType != nil {
          reject("identity columns are not supported on typed tables", "0A000", at: constraint.offset)
        } else if !relation.parents.isEmpty, relation.isPartition {
          reject("identity columns are not supported on partitions", "0A000", at: constraint.offset)
        }
        column.identity = always ? "a" : "d"
        if nullability == false { conflictingNull(definition, relation) }
        checkIdentityType(column, at: constraint.offset)
        nullability = true
      case .primaryKey: nullability = true
      case .check, .unique, .foreignKey, .exclusion, .other: break
      }
    }
    checkValues(of: column, definition, relation)
    column.isNotNull = nullability == true || serial != nil
    if serial != nil { column.hasDefault = true }
    return column
  }

  /// Of a default, an identity and a generation, a column has one.
  private mutating func checkValues(of column: Column, _ definition: ColumnDefinition, _ relation: Relation) {
    func last(_ isMeant: (ConstraintDefinition.Kind) -> Bool) -> ConstraintDefinition? {
      definition.constraints.last { isMeant($0.kind) }
    }
    let value = last { if case .default = $0 { true } else { false } }
    let generation = last { if case .generated = $0 { true } else { false } }
    let identity = last { if case .identity = $0 { true } else { false } }
    if let value, identity != nil { conflict("both default and identity", definition, relation, value) }
    if let generation, value != nil {
      conflict("both default and generation expression", definition, relation, generation)
    }
    if let generation, identity != nil {
      conflict("both identity and generation expression", definition, relation, generation)
    }
  }

  private mutating func conflict(
    _ what: String, _ definition: ColumnDefinition, _ relation: Relation, _ constraint: ConstraintDefinition
  ) {
    reject(
      "\(what) specified for column '\(definition.name)' of table '\(relation.name.name)'", "42601",
      at: constraint.offset)
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

  mutating func columnType(_ name: TypeName, _ definition: ColumnDefinition, of relation: Relation) -> DataType? {
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
      checkGeneration(value, in: relation)
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
  private func sequences(namedIn value: Expression) -> [OID] {
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
}
