import PostgresSyntax

/// One statement being applied: the catalog as it becomes, and what there is to say about it.
struct Application {
  var catalog: Catalog
  let origin: Origin
  var outcome = Outcome()
  /// Whether the statement says ONLY: tables that inherit stay as they are.
  var isOnly = false
  /// The table that ALTER TABLE changes, as it was before the statement.
  var relationBefore: Relation?
  /// How many calls of functions are being followed.
  var depth = 0
  /// Identity columns that LIKE copied, whose sequences are still to be made.
  var pendingIdentities: [String] = []

  mutating func apply(_ action: Action) {
    switch action {
    case .createTable(let table): createTable(table)
    case .createTableAs(let table): createTableAs(table)
    case .alterTable(let change): alterTable(change)
    case .createIndex(let index): createIndex(index)
    case .createSequence(let sequence): createSequence(sequence)
    case .alterSequence(let sequence): alterSequence(sequence)
    case .createView(let view): createView(view)
    case .createRule(let rule): createRule(rule)
    case .createFunction(let function): createFunction(function)
    case .alterFunction(let change): alterFunction(change)
    case .createAggregate(let aggregate): createAggregate(aggregate)
    case .createTrigger(let trigger): createTrigger(trigger)
    case .createType(let type): createType(type)
    case .alterEnum(let change): alterEnum(change)
    case .alterDomain(let change): alterDomain(change)
    case .createSchema(let schema): createSchema(schema)
    case .createExtension(let item): createExtension(item)
    case .alterExtension(let change): alterExtension(change)
    case .createPolicy(let policy): createPolicy(policy)
    case .alterPolicy(let policy): alterPolicy(policy)
    case .createRole(let name, _): createRole(name)
    case .alterRole(let role): use(role)
    case .drop(let drop): self.drop(drop)
    case .rename(let rename): self.rename(rename)
    case .setSchema(let target, let schema, let ifExists): setSchema(target, to: schema, ifExists: ifExists)
    case .setOwner(let target, let role): setOwner(target, to: role)
    case .grant(let grant): self.grant(grant)
    case .grantRole(let grant): grantRole(grant)
    case .defaultPrivileges(let change): changeDefaultPrivileges(change)
    case .owned(let roles, let isReassign, let role): owned(roles, isReassign: isReassign, to: role)
    case .comment(let comment): self.comment(comment)
    case .createOperator, .createOperatorClass, .createCast, .createStatistics, .createPublication, .alterPublication,
      .define:
      applyDefinition(action)
    default: applyData(action)
    }
  }

  // MARK: - Analysis

  /// Takes over what an analysis found. A relation that doesn't exist counts as existing from then on: one missing
  /// table is one finding.
  mutating func absorb(_ analyzer: Analyzer) {
    for finding in analyzer.findings { add(finding) }
    outcome.references += analyzer.relations
    for name in analyzer.missing { assume(name, .table) }
  }

  mutating func analyze<Result>(_ body: (inout Analyzer) -> Result) -> (result: Result, uses: Uses) {
    var analyzer = Analyzer(catalog)
    let result = body(&analyzer)
    absorb(analyzer)
    return (result, analyzer.uses)
  }

  /// The type that a statement names. One that nothing creates counts as existing from then on.
  mutating func dataType(_ name: TypeName) -> DataType? {
    switch catalog.lookUp(name) {
    case .found(let type): return type
    case .unknown:
      return name.isColumnType ? nil : DataType(assumeType(name))
    case .undefined:
      var analyzer = Analyzer(catalog)
      _ = analyzer.dataType(name)
      absorb(analyzer)
      return name.isColumnType ? nil : DataType(assumeType(name))
    }
  }

  private mutating func assumeType(_ name: TypeName) -> OID {
    let qualified = ObjectName(schema: name.name.schema ?? catalog.creationSchema ?? "public", name.name.name)
    let oid: OID
    if let known = catalog.typeNames[qualified] {
      oid = known
    } else {
      oid = catalog.newOID()
      catalog.types[oid] = UserType(oid: oid, name: qualified, kind: .assumed, origin: nil)
      catalog.typeNames[qualified] = oid
    }
    return name.arrayDimensions > 0 ? oid.array : oid
  }

  // MARK: - Looking things up

  /// The table or view of a name. Where none is known, that is a rejection, and the name counts as existing from then
  /// on: one missing table is one finding.
  @discardableResult
  mutating func table(_ reference: Reference, as kind: ObjectKind = .table) -> Relation? {
    if let relation = catalog.relation(reference.name) {
      outcome.references.append(relation.id)
      return relation
    }
    if catalog.builtInRelation(reference.name) != nil || catalog.index(reference.name) != nil { return nil }
    let isSystem = reference.name.schema == "pg_catalog" || reference.name.schema == "information_schema"
    if let schema = reference.name.schema, !catalog.hasSchema(schema) {
      reject(.undefined(ObjectID(.schema, schema)), at: reference.offset, isCertain: catalog.isComplete)
      assumeSchema(schema)
    } else {
      reject(
        .undefined(ObjectID(kind, reference.name)), at: reference.offset,
        isCertain: catalog.isComplete && !isSystem && !catalog.hasUnknownExtension)
    }
    if !isSystem { assume(reference.name, kind) }
    return catalog.relation(reference.name).flatMap { $0.isAssumed ? nil : $0 }
  }

  mutating func assumeSchema(_ name: String) {
    guard catalog.schemas[name] == nil else { return }
    catalog.schemas[name] = Catalog.Schema(oid: catalog.newOID(), origin: nil)
  }

  mutating func assume(_ name: ObjectName, _ kind: ObjectKind) {
    guard catalog.relation(name) == nil else { return }
    if let schema = name.schema { assumeSchema(schema) }
    let qualified = ObjectName(schema: name.schema ?? catalog.creationSchema ?? "public", name.name)
    let relationKind: Relation.Kind =
      switch kind {
      case .view: .view
      case .materializedView: .materializedView
      case .sequence: .sequence
      default: .table
      }
    var relation = Relation(oid: catalog.newOID(), kind: relationKind, name: qualified, origin: nil)
    relation.hasKnownColumns = false
    relation.isAssumed = true
    store(relation)
  }

  // MARK: - Saying what happened

  mutating func reject(
    _ reason: Rejection.Reason, at offset: Int? = nil, isCertain: Bool = true, related: Origin? = nil
  ) {
    add(Rejection(reason, offset: offset, isCertain: isCertain, related: related))
  }

  /// - Parameter version: the first version that accepts it, where one does.
  mutating func reject(
    _ message: String, _ sqlState: String, at offset: Int = -1, isCertain: Bool = true, before version: Int? = nil
  ) {
    add(
      Rejection(
        .other(message, sqlState: sqlState), offset: offset, isCertain: isCertain, acceptedSince: version))
  }

  private mutating func add(_ rejection: Rejection) {
    var rejection = rejection
    if rejection.isCertain, rejection.reason.objects.contains(where: { catalog.unseen.mayConcern($0) }) {
      rejection.isCertain = false
    }
    if rejection.isCertain, rejection.reason.objects.isEmpty, catalog.unseen.isDynamic { rejection.isCertain = false }
    guard !outcome.rejections.contains(where: { $0.reason == rejection.reason }) else { return }
    outcome.rejections.append(rejection)
  }

  mutating func created(_ object: ObjectID) { outcome.effects.append(.created(object)) }
  mutating func dropped(_ object: ObjectID) { outcome.effects.append(.dropped(object)) }
  mutating func altered(_ object: ObjectID) { outcome.effects.append(.altered(object)) }

  // MARK: - Names of new objects

  /// The full name that a new object gets, reporting a schema that doesn't exist.
  mutating func newName(_ name: ObjectName, isTemporary: Bool = false, offset: Int = -1) -> ObjectName {
    let truncated = GeneratedNames.truncated(name.name)
    if isTemporary || name.schema == Catalog.temporarySchema {
      catalog.session.hasTemporaryObjects = true
      return ObjectName(schema: Catalog.temporarySchema, truncated)
    }
    if let schema = name.schema {
      if !catalog.hasSchema(schema) {
        reject(.undefined(ObjectID(.schema, schema)), at: offset, isCertain: catalog.isComplete)
        assumeSchema(schema)
      }
      return ObjectName(schema: schema, truncated)
    }
    guard let schema = catalog.creationSchema else {
      reject("no schema has been selected to create in", "3F000", at: offset)
      return ObjectName(schema: "public", truncated)
    }
    return ObjectName(schema: schema, truncated)
  }

  /// Whether a relation name is taken, reporting it unless the statement allows it.
  mutating func isTaken(_ name: ObjectName, _ kind: ObjectKind, offset: Int, ifNotExists: Bool) -> Bool {
    guard let oid = catalog.relationNames[name] else { return false }
    if let relation = catalog.relations[oid] {
      if relation.isAssumed {
        remove(relation)
        return false
      }
      if !ifNotExists { reject(.duplicate(ObjectID(kind, name)), at: offset, related: relation.origin) }
      return true
    }
    if let index = catalog.indexes[oid] {
      if !ifNotExists { reject(.duplicate(ObjectID(kind, name)), at: offset, related: index.origin) }
      return true
    }
    return false
  }

  /// The tables that a change of a table reaches.
  func inheritors(of table: OID) -> [Relation] { isOnly ? [] : catalog.children(of: table) }

  // MARK: - Storing relations

  mutating func store(_ relation: Relation) {
    catalog.relations[relation.oid] = relation
    catalog.relationNames[relation.name] = relation.oid
  }

  /// Changes a relation that is in the catalog.
  mutating func change(_ oid: OID, _ body: (inout Relation) -> Void) {
    catalog.relations.update(oid, body)
  }

  /// Takes an assumed relation out, to make room for the real one.
  private mutating func remove(_ relation: Relation) {
    catalog.relations[relation.oid] = nil
    catalog.relationNames[relation.name] = nil
  }
}

extension Relation {
  public var id: ObjectID { ObjectID(objectKind, name) }

  var objectKind: ObjectKind {
    switch kind {
    case .table, .partitionedTable: .table
    case .view: .view
    case .materializedView: .materializedView
    case .sequence: .sequence
    case .foreignTable: .foreignTable
    case .compositeType: .type
    }
  }
}
