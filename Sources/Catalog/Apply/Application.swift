import PostgresSyntax

/// One statement being applied: the catalog as it becomes, and what there is to say about it.
struct Application {
  var catalog: Catalog
  let origin: Origin
  var outcome = Outcome()

  mutating func apply(_ action: Action) {
    noteReads(action)
    switch action {
    case .createTable(let table): createTable(table)
    case .createTableAs(let table): createTableAs(table)
    case .alterTable(let change): alterTable(change)
    case .createIndex(let index): createIndex(index)
    case .createSequence(let sequence): createSequence(sequence)
    case .alterSequence(let sequence): alterSequence(sequence)
    case .createView(let view): createView(view)
    case .createFunction(let function): createFunction(function)
    case .createTrigger(let trigger): createTrigger(trigger)
    case .createType(let type): createType(type)
    case .alterEnum(let change): alterEnum(change)
    case .createSchema(let schema): createSchema(schema)
    case .createExtension(let item): createExtension(item)
    case .createPolicy(let policy): createPolicy(policy)
    case .alterPolicy(let policy): alterPolicy(policy)
    case .createRole(let name): createRole(name)
    case .drop(let drop): self.drop(drop)
    case .rename(let rename): self.rename(rename)
    case .setSchema(let kind, let name, let schema): setSchema(kind, name, to: schema)
    case .grant(let grant): self.grant(grant)
    case .comment(let comment): self.comment(comment)
    case .insert(let change), .update(let change), .delete(let change), .merge(let change):
      let known = Set(change.with.map(\.name))
      if change.table.name.schema != nil || !known.contains(change.table.name.name) { _ = table(change.table) }
    case .truncate(let tables, _), .lock(let tables): for name in tables { _ = table(name) }
    case .copy(let name, _): if let name { _ = table(name) }
    case .refresh(let name, _): _ = table(name, as: .materializedView)
    case .query(let query):
      noteCalls(action)
      if let into = query.into { createTable(fromQuery: into, persistence: .permanent) }
    case .set(let variable): set(variable)
    case .doBlock(let body): catalog.unseen.note(body)
    case .grantRole, .defaultPrivileges, .transaction, .other: break
    }
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
    guard !Catalog.isSystem(reference.name) else { return nil }
    guard catalog.index(reference.name) == nil else { return nil }
    if let owner = reference.name.schema, !catalog.schemas.contains(owner) {
      reject(.undefined(ObjectID(.schema, owner)), at: reference.offset, isCertain: catalog.isComplete)
      catalog.schemas.insert(owner)
    } else {
      // An extension's own relation, such as pg_stat_statements, is missing-extension's business.
      reject(.undefined(ObjectID(kind, reference.name)), at: reference.offset, isCertain: catalog.isComplete)
    }
    assume(reference.name, kind)
    return nil
  }

  mutating func assume(_ name: ObjectName, _ kind: ObjectKind) {
    let qualified = ObjectName(schema: name.schema ?? catalog.creationSchema, name.name)
    let relationKind: Relation.Kind =
      switch kind {
      case .view: .view
      case .materializedView: .materializedView
      case .sequence: .sequence
      default: .table
      }
    var relation = Relation(kind: relationKind, name: qualified, origin: nil)
    relation.hasKnownColumns = false
    relation.isAssumed = true
    catalog.relations[qualified] = relation
  }

  private mutating func noteReads(_ action: Action) {
    for reference in action.relationsRead() { table(reference) }
  }

  mutating func reject(
    _ reason: Rejection.Reason, at offset: Int? = nil, isCertain: Bool = true, related: Origin? = nil
  ) {
    let place = offset.flatMap { $0 < 0 ? nil : $0 }
    let isKnown = !reason.objects.contains { catalog.unseen.mayConcern($0) }
    outcome.rejections.append(
      Rejection(reason: reason, offset: place, isCertain: isCertain && isKnown, related: related))
  }

  mutating func created(_ object: ObjectID) { outcome.effects.append(.created(object)) }
  /// Comments and privileges go with their object.
  mutating func dropped(_ object: ObjectID) {
    catalog.comments[object] = nil
    catalog.grants[object] = nil
    outcome.effects.append(.dropped(object))
  }
  mutating func altered(_ object: ObjectID) { outcome.effects.append(.altered(object)) }

  /// The full name that a new object gets.
  mutating func newName(_ name: ObjectName, isTemporary: Bool = false) -> ObjectName {
    let schema = isTemporary ? Catalog.temporarySchema : name.schema ?? catalog.creationSchema
    return ObjectName(schema: schema, GeneratedNames.truncated(name.name))
  }

  /// Whether a relation name is taken, reporting it unless the statement allows it.
  mutating func isTaken(_ name: ObjectName, _ kind: ObjectKind, offset: Int, ifNotExists: Bool) -> Bool {
    if let relation = catalog.relations[name] {
      if relation.isAssumed { return false }
      if !ifNotExists { reject(.duplicate(ObjectID(kind, name)), at: offset, related: relation.origin) }
      return true
    }
    if let index = catalog.indexes[name] {
      if !ifNotExists { reject(.duplicate(ObjectID(kind, name)), at: offset, related: index.origin) }
      return true
    }
    return false
  }
}

extension Relation {
  public var id: ObjectID {
    let kind: ObjectKind =
      switch self.kind {
      case .table, .partitionedTable: .table
      case .view: .view
      case .materializedView: .materializedView
      case .sequence: .sequence
      case .foreignTable: .foreignTable
      }
    return ObjectID(kind, name)
  }
}
