import PostgresSyntax

/// Types, domains and sequences.
extension Application {
  mutating func createType(_ statement: CreateType) {
    let name = newName(statement.name, offset: statement.offset)
    let id = ObjectID(.type, name)
    var shell: OID?
    if let oid = catalog.typeNames[name], let known = catalog.types[oid] {
      switch known.kind {
      case .shell, .assumed:
        guard statement.kind != .shell || known.isAssumed else {
          reject(.duplicate(id), related: known.origin)
          return
        }
        shell = oid
      default:
        reject(.duplicate(id), related: known.origin)
        return
      }
    }
    if let oid = catalog.relationNames[name], let relation = catalog.relations[oid], !relation.isAssumed,
      relation.kind != .sequence
    {
      // A table's row type has its name.
      reject(.duplicate(id), related: relation.origin)
      return
    }
    switch statement.kind {
    case .composite(let columns): createComposite(name, columns)
    case .enumeration(let labels):
      if Set(labels).count < labels.count { reject("enum labels must be unique", "23505") }
      if let long = labels.first(where: { $0.utf8.count > 63 }) { reject("invalid enum label \"\(long)\"", "42602") }
      insert(name, .enumeration(labels), shell)
    case .domain(let base, let constraints): createDomain(name, base, constraints, shell)
    case .range(let subtype, let multirange): createRange(name, subtype, multirange, shell)
    case .base:
      // Input functions are made between the shell and the type.
      if shell == nil { reject(.undefined(id), isCertain: catalog.isComplete) }
      insert(name, .base, shell)
    case .shell: insert(name, .shell, shell)
    }
  }

  @discardableResult
  private mutating func insert(_ name: ObjectName, _ kind: UserType.Kind, _ shell: OID?) -> OID {
    let oid = shell ?? catalog.newOID()
    catalog.types[oid] = UserType(oid: oid, name: name, kind: kind, origin: origin)
    catalog.typeNames[name] = oid
    created(ObjectID(.type, name))
    grantDefaults(Address(.type, oid), .type, in: name.schema)
    return oid
  }

  private mutating func createComposite(_ name: ObjectName, _ columns: [ColumnDefinition]) {
    var relation = Relation(oid: catalog.newOID(), kind: .compositeType, name: name, origin: origin)
    for definition in columns {
      if relation.column(definition.name) != nil {
        reject(.duplicate(ObjectID(.column, definition.name, of: name)), at: definition.offset)
      }
      relation.append(column(definition, of: relation))
    }
    store(relation)
    noteColumnNeeds(of: relation.oid)
    created(relation.id)
  }

  private mutating func createDomain(
    _ name: ObjectName, _ base: TypeName, _ constraints: [ConstraintDefinition], _ shell: OID?
  ) {
    guard let type = dataType(base) else { return }
    if let facts = catalog.facts(of: type.oid), facts.kind == .pseudo {
      reject("\"\(catalog.format(type))\" is not a valid base type for a domain", "42804", at: base.offset)
    }
    let oid = insert(name, .domain(UserType.Domain(base: type)), shell)
    addTypeNeed(Address(.type, oid), type.oid)
    for constraint in constraints { add(constraint, toDomain: oid) }
  }

  /// A constraint, default or NOT NULL of a domain.
  mutating func add(_ definition: ConstraintDefinition, toDomain oid: OID) {
    guard let type = catalog.types[oid], case .domain(var domain) = type.kind else { return }
    switch definition.kind {
    case .notNull: domain.isNotNull = true
    case .null: break
    case .default(let value):
      domain.defaultValue = value
      let (given, uses) = analyze { analyzer in
        analyzer.inside(Scope()) { analyzer in analyzer.at(.defaultValue) { $0.type(of: value) } }
      }
      if given?.oid == .unknown {
        var analyzer = Analyzer(catalog)
        analyzer.check(value, as: domain.base)
        absorb(analyzer)
      }
      catalog.dependencies.add(Address(.type, oid), needs: uses)
    case .check(let condition):
      let name =
        definition.name
        ?? GeneratedNames.first(type.name.name, nil, "check") { name in
          domain.constraints.contains { $0.name == name }
        }
      if let known = domain.constraints.first(where: { $0.name == name }) {
        reject(
          .other("constraint '\(name)' for domain '\(type.name.name)' already exists", sqlState: "42710"),
          at: definition.offset, related: known.origin)
        return
      }
      let value = OutputColumn(name: "value", type: domain.base)
      let (_, uses) = analyze { analyzer in
        analyzer.inside(Scope(items: [RangeItem(alias: "", shape: Shape(columns: [value]), isNamed: false)])) {
          analyzer in
          analyzer.at(.check) { $0.requireBoolean(condition, "CHECK") }
        }
      }
      var constraint = Constraint(name: name, kind: .check, columns: [], expression: condition)
      constraint.isValidated = !definition.isNotValid
      constraint.oid = catalog.newOID()
      constraint.origin = origin
      domain.constraints.append(constraint)
      catalog.dependencies.add(Address(.type, oid), needs: uses)
    case .primaryKey, .unique, .foreignKey, .exclusion, .identity, .generated:
      reject("constraints of this kind are not possible for domains", "42601", at: definition.offset)
    case .other: break
    }
    catalog.types[oid]?.kind = .domain(domain)
  }

  mutating func alterDomain(_ statement: AlterDomain) {
    guard let type = catalog.type(statement.name) else {
      if catalog.typeNumber(statement.name) != nil {
        reject("'\(statement.name)' is not a domain", "42809")
      } else {
        reject(.undefined(ObjectID(.type, statement.name)), isCertain: catalog.isComplete)
      }
      return
    }
    guard case .domain(var domain) = type.kind else {
      if !type.isAssumed { reject("'\(statement.name)' is not a domain", "42809") }
      return
    }
    if statement.change.checksRows, let (user, column) = catalog.columnsHolding(type.oid).first {
      reject(
        "cannot alter type '\(type.name.name)' because column '\(user.name.name).\(column.name)' uses it", "0A000")
      return
    }
    switch statement.change {
    case .setDefault(let value): domain.defaultValue = value
    case .setNotNull: domain.isNotNull = true
    case .dropNotNull: domain.isNotNull = false
    case .addConstraint(let constraint):
      add(constraint, toDomain: type.oid)
      altered(ObjectID(.type, type.name))
      return
    case .dropConstraint(let name, let ifExists, _):
      guard domain.constraints.contains(where: { $0.name == name }) else {
        if !ifExists { reject(.undefined(ObjectID(.domainConstraint, name))) }
        return
      }
      domain.constraints.removeAll { $0.name == name }
    case .validateConstraint(let name):
      guard let index = domain.constraints.firstIndex(where: { $0.name == name }) else {
        reject(.undefined(ObjectID(.domainConstraint, name)))
        return
      }
      domain.constraints[index].isValidated = true
    }
    catalog.types[type.oid]?.kind = .domain(domain)
    altered(ObjectID(.type, type.name))
  }

  private mutating func createRange(_ name: ObjectName, _ subtype: TypeName?, _ multirange: ObjectName?, _ shell: OID?)
  {
    let element = subtype.flatMap { dataType($0)?.oid } ?? .none
    let oid = shell ?? catalog.newOID()
    let other = catalog.newOID()
    let otherName = ObjectName(
      schema: multirange?.schema ?? name.schema, multirange?.name ?? GeneratedNames.multirange(name.name))
    catalog.types[oid] = UserType(
      oid: oid, name: name, kind: .range(subtype: element, multirange: other), origin: origin)
    catalog.typeNames[name] = oid
    catalog.types[other] = UserType(oid: other, name: otherName, kind: .multirange(range: oid), origin: origin)
    catalog.typeNames[otherName] = other
    created(ObjectID(.type, name))
    addTypeNeed(Address(.type, oid), element)
    // Functions of the type's name make values of it.
    for (function, result, arguments) in [
      (name, oid, [element, element]), (name, oid, [element, element, OID.text]), (otherName, other, []),
      (otherName, other, [oid]),
    ] {
      addConstructor(function, result, arguments)
    }
    addConstructor(otherName, other, [oid.array], variadic: oid)
  }

  private mutating func addConstructor(
    _ name: ObjectName, _ result: OID, _ arguments: [OID], variadic: OID = .none
  ) {
    let definition = CreateFunction(
      name: name, isProcedure: false, orReplace: false, arguments: [], volatility: "immutable",
      isSecurityDefiner: false,
      settings: [])
    let routine = Routine(
      oid: catalog.newOID(), name: name, kind: .function, arguments: arguments, argumentNames: [], output: [],
      result: result, returnsSet: false, variadic: variadic, defaults: 0, volatility: .immutable,
      isSecurityDefiner: false, definition: definition, origin: origin)
    catalog.routines[routine.oid] = routine
    catalog.routineNames.update(name, default: []) { $0.append(routine.oid) }
  }

  mutating func alterEnum(_ statement: AlterEnum) {
    guard let type = catalog.type(statement.name) else {
      if catalog.typeNumber(statement.name) != nil {
        reject("\(statement.name) is not an enum", "42809")
      } else if let schema = statement.name.schema, !catalog.hasSchema(schema) {
        reject(.undefined(ObjectID(.schema, schema)), isCertain: catalog.isComplete)
      } else {
        reject(.undefined(ObjectID(.type, statement.name)), isCertain: catalog.isComplete)
      }
      return
    }
    guard case .enumeration(var labels) = type.kind else {
      if !type.isAssumed { reject("\(statement.name) is not an enum", "42809") }
      return
    }
    if statement.newValue.utf8.count > GeneratedNames.limit {
      reject("invalid enum label \"\(statement.newValue)\"", "42602")
      return
    }
    if let old = statement.oldValue {
      guard let index = labels.firstIndex(of: old) else {
        reject("\"\(old)\" is not an existing enum label", "22023")
        return
      }
      guard !labels.contains(statement.newValue) else {
        reject("enum label \"\(statement.newValue)\" already exists", "42710")
        return
      }
      labels[index] = statement.newValue
      renameLabel(old, to: statement.newValue, of: type.oid)
    } else if labels.contains(statement.newValue) {
      if !statement.ifNotExists { reject(.duplicate(ObjectID(.type, statement.newValue, of: type.name))) }
      return
    } else {
      var place = labels.count
      if let neighbor = statement.neighbor {
        guard let index = labels.firstIndex(of: neighbor) else {
          reject("\"\(neighbor)\" is not an existing enum label", "22023")
          return
        }
        place = statement.isAfterNeighbor ? index + 1 : index
      }
      labels.insert(statement.newValue, at: place)
    }
    catalog.types[type.oid]?.kind = .enumeration(labels)
    altered(ObjectID(.type, type.name))
  }

  /// Defaults know an enum's value, not its label.
  private mutating func renameLabel(_ old: String, to new: String, of type: OID) {
    for address in catalog.dependencies.dependents(of: type) where address.kind == .column {
      change(address.oid) { relation in
        for index in relation.columns.indices where relation.columns[index].number == address.column {
          relation.columns[index].defaultValue = relation.columns[index].defaultValue?.mapped { expression in
            guard case .literal(.string(old), let offset) = expression else { return nil }
            return .literal(.string(new), offset: offset)
          }
        }
      }
    }
  }

  // MARK: - Sequences

  mutating func createSequence(_ statement: CreateSequence) {
    let offset = statement.sequence.offset
    let name = newName(statement.sequence.name, isTemporary: statement.persistence == .temporary, offset: offset)
    guard !isTaken(name, .sequence, offset: offset, ifNotExists: statement.ifNotExists) else { return }
    let type = statement.dataType.flatMap { dataType($0)?.oid } ?? .bigint
    if catalog.facts(of: type) != nil, ![.smallint, .integer, .bigint].contains(type) {
      reject("sequence type must be smallint, integer, or bigint", "22023", at: statement.dataType?.offset ?? -1)
    }
    checkOptions(statement.options)
    var sequence = Relation(
      oid: catalog.newOID(), kind: .sequence, name: name, persistence: statement.persistence, origin: origin)
    sequence.sequence = SequenceFacts(type: type, options: statement.options)
    store(sequence)
    setOwner(statement.ownedBy, of: sequence)
    created(sequence.id)
    grantDefaults(Address(.relation, sequence.oid), .sequence, in: name.schema)
  }

  private mutating func checkOptions(_ options: CreateSequence.Options) {
    if options.increment == 0 { reject("INCREMENT must not be zero", "22023") }
    if let low = options.minimum, let high = options.maximum, low >= high {
      reject("MINVALUE (\(low)) must be less than MAXVALUE (\(high))", "22023")
    }
    if let start = options.start, let low = options.minimum, start < low {
      reject("START value (\(start)) cannot be less than MINVALUE (\(low))", "22023")
    }
    if let start = options.start, let high = options.maximum, start > high {
      reject("START value (\(start)) cannot be greater than MAXVALUE (\(high))", "22023")
    }
  }

  mutating func alterSequence(_ statement: CreateSequence) {
    if statement.ifNotExists, catalog.relation(statement.sequence.name) == nil { return }
    guard let sequence = table(statement.sequence, as: .sequence) else { return }
    guard sequence.kind == .sequence || sequence.isAssumed else {
      reject("'\(sequence.name.name)' is not a sequence", "42809", at: statement.sequence.offset)
      return
    }
    checkOptions(statement.options)
    if let type = statement.dataType.flatMap({ dataType($0)?.oid }) {
      change(sequence.oid) { $0.sequence?.type = type }
    }
    if statement.ownedBy != nil {
      if sequence.ownedBy?.isIdentity == true {
        reject("cannot change ownership of identity sequence", "0A000", at: statement.sequence.offset)
      }
      setOwner(statement.ownedBy, of: sequence)
    }
    altered(sequence.id)
  }

  private mutating func setOwner(_ path: [String]?, of sequence: Relation) {
    guard let path else { return }
    let address = Address(.relation, sequence.oid)
    catalog.dependencies.removeNeeds(of: address)
    guard path.count >= 2 else {
      if !path.isEmpty { reject("invalid OWNED BY option", "42601") }
      change(sequence.oid) { $0.ownedBy = nil }
      return
    }
    let parts = path.dropLast()
    let name = ObjectName(schema: parts.count > 1 ? parts[parts.count - 2] : nil, parts.last!)
    guard let relation = table(Reference(name, at: -1)) else { return }
    guard let column = relation.column(path.last!) else {
      check([path.last!], of: relation, at: -1)
      return
    }
    if relation.name.schema != sequence.name.schema, !relation.isAssumed {
      reject("sequence must be in same schema as table it is linked to", "55000", at: -1)
    }
    change(sequence.oid) { $0.ownedBy = ColumnReference(table: relation.oid, column: column.number) }
    catalog.dependencies.add(address, needs: relation.oid, column: column.number, kind: .automatic)
  }
}

extension AlterDomain.Change {
  /// Whether every value that is stored already is looked at.
  fileprivate var checksRows: Bool {
    switch self {
    case .addConstraint(let constraint): !constraint.isNotValid
    case .setNotNull, .validateConstraint: true
    default: false
    }
  }
}

extension Catalog {
  /// The columns of tables whose arrays, fields or ranges have values of a domain in them.
  fileprivate func columnsHolding(_ domain: OID) -> [(Relation, Column)] {
    columnsStoring(domain).filter { column in
      guard var type = column.1.type?.oid else { return false }
      while type != domain, let facts = facts(of: type), facts.kind == .domain { type = facts.base }
      return type != domain
    }
  }
}
