import PostgresSyntax

/// Objects of the rarer kinds.
extension Application {
  mutating func applyDefinition(_ action: Action) {
    switch action {
    case .createOperator(let item): createOperator(item)
    case .createOperatorClass(let item): createOperatorClass(item)
    case .createCast(let item): createCast(item)
    case .createStatistics(let item): createStatistics(item)
    case .createPublication(let item): createPublication(item)
    case .alterPublication(let item): alterPublication(item)
    case .define(let item): define(item)
    default: break
    }
  }

  private mutating func createOperator(_ statement: CreateOperator) {
    let name = newName(statement.name)
    let left = statement.left.map { dataType($0)?.oid ?? .none } ?? .none
    let right = statement.right.map { dataType($0)?.oid ?? .none } ?? .none
    guard statement.right != nil else {
      reject(
        statement.left == nil
          ? "operator argument types must be specified" : "operator right argument type must be specified", "42P13")
      return
    }
    var result = OID.none
    guard let function = statement.function else {
      reject("operator function must be specified", "42P13")
      return
    }
    let arguments = left == .none ? [right] : [left, right]
    switch catalog.resolve(
      catalog.functions(function), arguments: arguments, names: arguments.map { _ in nil }, isVariadic: false)
    {
    case .found(let match): result = match.function.result
    case .none:
      guard requireFunction(function) else { return }
      if arguments.allSatisfy({ catalog.facts(of: $0) != nil }) {
        reject(
          .noFunction(function.description, types: arguments.map { catalog.format($0) }, candidates: []),
          isCertain: catalog.isComplete)
      }
    default: break
    }
    let known = (catalog.operatorNames[name] ?? []).compactMap { catalog.operators[$0] }
    if known.contains(where: { $0.left == left && $0.right == right }) {
      reject(.duplicate(ObjectID(.operator, name)))
      return
    }
    let oid = catalog.newOID()
    catalog.operators[oid] = UserOperator(
      oid: oid, name: name, left: left, right: right, result: result, origin: origin)
    catalog.operatorNames.update(name, default: []) { $0.append(oid) }
    let address = Address(.operator, oid)
    for type in [left, right, result] { addTypeNeed(address, type) }
    for routine in catalog.routines(function) where routine.arguments == arguments {
      catalog.dependencies.add(address, needs: routine.oid)
    }
    created(ObjectID(.operator, name))
  }

  private mutating func createOperatorClass(_ statement: CreateOperatorClass) {
    let name = newName(statement.name)
    let type = dataType(statement.type)?.oid
    if !catalog.hasAccessMethod(statement.method) {
      reject(.undefined(ObjectID(.accessMethod, statement.method)), isCertain: catalog.isComplete)
      return
    }
    var object = NamedObject(oid: catalog.newOID(), kind: .operatorClass, name: name, origin: origin)
    object.method = statement.method
    object.type = type
    object.isDefault = statement.isDefault
    object.facts = "using \(statement.method)"
    guard insert(object, orReplace: false, ifNotExists: false) else { return }
    if let type { addTypeNeed(Address(.other, object.oid), type) }
    guard statement.family == nil else { return }
    var family = NamedObject(oid: catalog.newOID(), kind: .operatorFamily, name: name, origin: origin)
    family.method = statement.method
    family.facts = "using \(statement.method)"
    if catalog.otherNames[Catalog.KindedName(kind: .operatorFamily, name: family.nameKey)] == nil {
      insert(family, orReplace: false, ifNotExists: true)
      catalog.dependencies.add(Address(.other, object.oid), needs: family.oid)
    }
  }

  private mutating func createCast(_ statement: CreateCast) {
    guard let source = dataType(statement.source)?.oid, let target = dataType(statement.target)?.oid else { return }
    let name = "\(catalog.format(source)) as \(catalog.format(target))"
    if let function = statement.function { requireFunction(function.name) }
    let exists =
      catalog.casts.values.contains { $0.source == source && $0.target == target }
      || SystemTypes.shared.casts[CastKey(source, target)].map {
        $0.extension.isEmpty || catalog.extensions[$0.extension] != nil
      } == true
    if exists {
      reject("cast from type \(catalog.format(source)) to type \(catalog.format(target)) already exists", "42710")
      return
    }
    let oid = catalog.newOID()
    let context: Cast.Context =
      switch statement.context {
      case .implicit: .implicit
      case .assignment: .assignment
      case .explicit: .explicit
      }
    if !source.isCreated, !target.isCreated { catalog.hasCastBetweenBuiltIns = true }
    catalog.casts[oid] = UserCast(
      oid: oid, source: source, target: target, cast: Cast(context: context, isBinary: statement.function == nil),
      origin: origin)
    let address = Address(.cast, oid)
    addTypeNeed(address, source)
    addTypeNeed(address, target)
    if let function = statement.function, case .found(let routine) = catalog.findRoutine(function, .function) {
      catalog.dependencies.add(address, needs: routine.oid)
    }
    created(ObjectID(.cast, name))
  }

  private mutating func createStatistics(_ statement: CreateStatistics) {
    guard let reference = statement.table, let relation = table(reference) else { return }
    check(statement.columns, of: relation, at: reference.offset)
    for expression in statement.expressions {
      let scope = Analyzer(catalog).scope(of: relation)
      _ = analyze { analyzer in
        analyzer.inside(scope) { analyzer in analyzer.at(.statistics) { $0.type(of: expression) } }
      }
    }
    let name: ObjectName
    if let given = statement.name {
      name = newName(given)
    } else {
      let schema = relation.name.schema ?? "public"
      let columns = statement.columns + statement.expressions.map { $0.indexColumnName ?? "expr" }
      let label = GeneratedNames.first(relation.name.name, columns.joined(separator: "_"), "stat") { candidate in
        catalog.otherNames[.init(kind: .statistics, name: ObjectName(schema: schema, candidate))] != nil
      }
      name = ObjectName(schema: schema, label)
    }
    var object = NamedObject(oid: catalog.newOID(), kind: .statistics, name: name, origin: origin)
    object.tables = [relation.oid]
    guard insert(object, orReplace: false, ifNotExists: statement.ifNotExists) else { return }
    let address = Address(.other, object.oid)
    catalog.dependencies.add(address, needs: relation.oid, kind: .automatic)
    for column in statement.columns.compactMap({ relation.column($0) }) {
      catalog.dependencies.add(address, needs: relation.oid, column: column.number, kind: .automatic)
    }
  }

  /// Statistics of a table that LIKE copies.
  mutating func copyStatistics(of source: Relation, to table: OID) {
    guard let relation = catalog.relations[table] else { return }
    for known in catalog.others.values where known.kind == .statistics && known.tables == [source.oid] {
      let schema = relation.name.schema ?? "public"
      let label = GeneratedNames.first(relation.name.name, "expr", "stat") { candidate in
        catalog.otherNames[.init(kind: .statistics, name: ObjectName(schema: schema, candidate))] != nil
      }
      var copy = known
      copy.oid = catalog.newOID()
      copy.name = ObjectName(schema: schema, label)
      copy.tables = [table]
      insert(copy, orReplace: false, ifNotExists: true)
      catalog.dependencies.add(Address(.other, copy.oid), needs: table, kind: .automatic)
    }
  }

  // MARK: - Anything else

  private mutating func define(_ statement: Definition) {
    let kind = statement.target.kind
    // Databases and tablespaces are outside of the database that is described.
    guard kind != .database, kind != .tablespace, kind != .subscription else { return }
    for reference in statement.references { require(reference) }
    if kind == .eventTrigger, let name = statement.references.first?.name,
      let function = catalog.functions(name).first(where: \.arguments.isEmpty), function.result != .eventTrigger
    {
      reject("function \(name.name) must return type event_trigger", "42P17")
    }
    if statement.isAlter {
      require(statement.target)
      altered(ObjectID(kind, statement.target.name))
      return
    }
    var name = statement.target.name
    if kind.hasSchema { name = newName(name) }
    var object = NamedObject(oid: catalog.newOID(), kind: kind, name: name, origin: origin)
    object.method = statement.target.table?.name
    if let method = object.method { object.facts = "using \(method)" }
    guard insert(object, orReplace: statement.orReplace, ifNotExists: statement.ifNotExists) else { return }
    for reference in statement.references {
      if let found = catalog.other(reference.kind, reference.name) {
        catalog.dependencies.add(Address(.other, object.oid), needs: found.oid)
      }
      if reference.kind == .function, let routine = catalog.routines(reference.name).first {
        catalog.dependencies.add(Address(.other, object.oid), needs: routine.oid)
      }
    }
  }

  private mutating func require(_ target: Target) {
    if target.kind == .function {
      requireFunction(target.name)
      return
    }
    guard catalog.other(target.kind, target.name) == nil, !isBuiltIn(target) else { return }
    if let schema = target.name.schema, !catalog.hasSchema(schema) {
      reject(.undefined(ObjectID(.schema, schema)), isCertain: catalog.isComplete)
    } else {
      reject(
        .undefined(ObjectID(target.kind, target.name)), isCertain: catalog.isComplete && !catalog.hasUnknownExtension)
    }
  }

  private func isBuiltIn(_ target: Target) -> Bool {
    if target.kind == .collation { return catalog.hasCollation(target.name) }
    return BuiltIns.shared.lines("x", "\(target.kind.rawValue) \(target.name.name)").contains { line in
      line[2].isEmpty || catalog.extensions[line[2]] != nil
    }
  }

  /// Puts an object into the catalog; false where its name is taken.
  @discardableResult
  mutating func insert(_ object: NamedObject, orReplace: Bool, ifNotExists: Bool) -> Bool {
    var object = object
    let key = Catalog.KindedName(kind: object.kind, name: object.nameKey)
    let id = ObjectID(object.kind, object.name)
    if let known = catalog.otherNames[key].flatMap({ catalog.others[$0] }) {
      guard orReplace else {
        if !ifNotExists { reject(.duplicate(id), related: known.origin) }
        return false
      }
      object.oid = known.oid
    }
    catalog.others[object.oid] = object
    catalog.otherNames[key] = object.oid
    created(id)
    return true
  }
}

extension ObjectKind {
  /// Whether objects of the kind are in a schema.
  var hasSchema: Bool {
    switch self {
    case .collation, .conversion, .textSearchConfiguration, .textSearchDictionary, .textSearchParser,
      .textSearchTemplate, .operatorFamily, .operatorClass, .statistics:
      true
    default: false
    }
  }
}
