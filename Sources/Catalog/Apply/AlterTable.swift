import PostgresSyntax

/// ALTER TABLE and its relatives.
extension Application {
  mutating func alterTable(_ statement: AlterTable) {
    if statement.kind == .type { return alterComposite(statement) }
    if catalog.relation(statement.table.name) == nil {
      if let index = catalog.index(statement.table.name) { return alterIndex(index, statement) }
      if statement.ifExists { return }
      if statement.kind == .index {
        reject(
          .undefined(ObjectID(.table, statement.table.name)), at: statement.table.offset, isCertain: catalog.isComplete)
        return
      }
      if catalog.builtInRelation(statement.table.name) != nil {
        reject(
          "permission denied: '\(statement.table.name.name)' is a system catalog", "42501", at: statement.table.offset)
        return
      }
    }
    guard let relation = table(statement.table, as: statement.kind) else { return assumed(statement) }
    guard isOfKind(relation, statement) else { return }
    isOnly = statement.isOnly
    relationBefore = relation
    // Of one statement, PostgreSQL drops before it adds.
    for change in statement.changes.sorted(by: { $0.pass < $1.pass }) {
      apply(change, to: relation.oid, at: statement.table.offset)
    }
  }

  /// A table that nothing creates still has what is added to it.
  private mutating func assumed(_ statement: AlterTable) {
    guard let relation = catalog.relation(statement.table.name) else { return }
    for change in statement.changes { apply(change, to: relation.oid, at: statement.table.offset) }
  }

  private mutating func isOfKind(_ relation: Relation, _ statement: AlterTable) -> Bool {
    guard !relation.isAssumed else { return true }
    let fits: Bool =
      switch statement.kind {
      case .table: relation.kind != .compositeType
      case .view: relation.kind == .view
      case .materializedView: relation.kind == .materializedView
      case .sequence: relation.kind == .sequence
      case .foreignTable: relation.kind == .foreignTable
      case .index: false
      default: true
      }
    if !fits {
      let article = statement.kind == .index ? "an" : "a"
      reject(
        "'\(relation.name.name)' is not \(article) \(statement.kind.rawValue)", "42809", at: statement.table.offset)
    }
    return fits
  }

  private mutating func alterIndex(_ index: Index, _ statement: AlterTable) {
    for change in statement.changes {
      switch change {
      case .attachPartition(let child, _): attachIndex(child, to: index)
      case .detachPartition:
        reject(
          "ALTER action DETACH PARTITION cannot be performed on relation '\(index.name.name)'", "42809",
          at: statement.table.offset)
      default: break
      }
    }
    altered(ObjectID(.index, index.name))
  }

  /// `ALTER INDEX … ATTACH PARTITION`: the index of a partition becomes part of the partitioned table's.
  private mutating func attachIndex(_ child: Reference, to index: Index) {
    guard let part = catalog.index(child.name) else {
      if let relation = catalog.relation(child.name), !relation.isAssumed {
        reject("'\(relation.name.name)' is not an index", "42P17", at: child.offset)
      } else if catalog.relation(child.name) == nil {
        reject(.undefined(ObjectID(.table, child.name)), at: child.offset, isCertain: catalog.isComplete)
      }
      return
    }
    guard let table = catalog.relations[index.table], table.kind == .partitionedTable else {
      if catalog.relations[index.table]?.isAssumed == false {
        reject(
          "ALTER action ATTACH PARTITION cannot be performed on relation '\(index.name.name)'", "42809",
          at: child.offset)
      }
      return
    }
    guard part.parent != index.oid else { return }
    let isForPartition = catalog.relations[part.table]?.parents.contains(index.table) == true
    if part.oid == index.oid || !isForPartition {
      let isElsewhere = part.oid == index.oid || catalog.relations[part.table]?.isPartition == true
      reject(
        "cannot attach index '\(part.name.name)' as a partition of index '\(index.name.name)'",
        isElsewhere ? "55000" : "42P17", at: child.offset)
      return
    }
    let isTaken = catalog.indexes(on: part.table).contains { $0.parent == index.oid }
    if isTaken || !part.hasForm(of: index) || index.constraint != nil && part.constraint == nil {
      reject(
        "cannot attach index '\(part.name.name)' as a partition of index '\(index.name.name)'",
        isTaken ? "55000" : "42P17", at: child.offset)
      return
    }
    attach(part.oid, to: index.oid)
    markInherited(part.constraint, of: part.table)
  }

  /// A key that became part of a partitioned table's goes with that one only.
  mutating func markInherited(_ constraint: String?, of table: OID) {
    guard let constraint else { return }
    change(table) { relation in
      guard let place = relation.constraints.firstIndex(where: { $0.name == constraint }) else { return }
      relation.constraints[place].inheritanceCount = 1
    }
  }

  private mutating func alterComposite(_ statement: AlterTable) {
    guard let relation = catalog.relation(statement.table.name), relation.kind == .compositeType else {
      guard catalog.type(statement.table.name) == nil else {
        reject("'\(statement.table.name)' is not a composite type", "42809", at: statement.table.offset)
        return
      }
      reject(
        .undefined(ObjectID(.table, statement.table.name)), at: statement.table.offset, isCertain: catalog.isComplete)
      return
    }
    if !statement.isCascade, !catalog.tables(of: relation.oid).isEmpty {
      reject(
        "cannot alter type '\(relation.name.name)' because it is the type of a typed table", "2BP01",
        at: statement.table.offset)
      return
    }
    for change in statement.changes { apply(change, to: relation.oid, at: statement.table.offset) }
  }

  private mutating func apply(_ change: AlterTable.Change, to oid: OID, at offset: Int) {
    guard let relation = catalog.relations[oid], allows(change, on: relation, at: offset) else { return }
    switch change {
    case .addColumn(let column, let ifNotExists): addColumn(column, to: relation, ifNotExists: ifNotExists)
    case .dropColumn(let name, let ifExists, let cascade):
      dropColumn(name, of: relation, ifExists: ifExists, cascade: cascade, at: offset)
    case .setType(let name, let type, let collation, let using):
      setType(name, type, collation, using: using, of: relation, at: offset)
    case .setDefault(let name, let value): setDefault(name, value, of: relation, at: offset)
    case .setNotNull(let name): alterColumn(name, of: relation, at: offset, inherits: true) { $0.isNotNull = true }
    case .dropNotNull(let name):
      if relation.primaryKey?.columns.contains(name) == true {
        reject("column '\(name)' is in a primary key", "42P16", at: offset)
      } else if catalog.replicaIdentity(of: relation)?.leadingColumns.contains(name) == true {
        reject("column '\(name)' is in index used as replica identity", "42P16", at: offset)
      } else if relation.column(name)?.identity != nil {
        reject("column '\(name)' of relation '\(relation.name.name)' is an identity column", "42601", at: offset)
      }
      alterColumn(name, of: relation, at: offset, inherits: true) { $0.isNotNull = false }
    case .dropExpression(let name, let ifExists): dropExpression(name, of: relation, ifExists: ifExists, at: offset)
    case .addIdentity(let name, let always, let options):
      addIdentity(name, always: always, options, to: relation, at: offset)
    case .setIdentity(let name, let always, _): setIdentity(name, always: always, of: relation, at: offset)
    case .dropIdentity(let name, let ifExists): dropIdentity(name, of: relation, ifExists: ifExists, at: offset)
    case .setColumnProperty(let name, _, _): alterColumn(name, of: relation, at: offset) { _ in }
    case .addConstraint(let constraint): add(constraint, to: oid, column: nil)
    case .dropConstraint(let name, let ifExists, let cascade):
      dropConstraint(name, of: relation, ifExists: ifExists, cascade: cascade, at: offset)
    case .validateConstraint(let name):
      changeConstraint(name, of: relation, at: offset) { $0.isValidated = true }
    case .alterConstraint(let name, let isDeferrable, let isInitiallyDeferred):
      changeConstraint(name, of: relation, at: offset) {
        $0.isDeferrable = isDeferrable || isInitiallyDeferred
        $0.isInitiallyDeferred = isInitiallyDeferred
      }
    default: applyProperty(change, to: relation, at: offset)
    }
  }

  /// Changes of the table as a whole.
  private mutating func applyProperty(_ change: AlterTable.Change, to relation: Relation, at offset: Int) {
    let oid = relation.oid
    switch change {
    case .rowSecurity(let security): setRowSecurity(security, of: oid)
    case .attachPartition(let child, let bound): attachPartition(child, bound, to: relation)
    case .detachPartition(let child, _): detachPartition(child, from: relation)
    case .setPersistence(let persistence): self.change(oid) { $0.persistence = persistence }
    case .inherit(let parent): addParent(parent, to: relation)
    case .noInherit(let parent): removeParent(parent, of: relation)
    case .setOptions(let options):
      if relation.kind == .partitionedTable {
        return rejectParameters(options.filter { $0.value != nil }.keys.sorted())
      }
      self.change(oid) { relation in
        for (name, value) in options { relation.options[name] = value }
      }
    case .trigger(let name, let enables):
      if !name.isEmpty, !relation.isAssumed, !relation.triggers.contains(where: { $0.name == name }) {
        reject(.undefined(ObjectID(.trigger, name, of: relation.name)), at: offset)
      }
      self.change(oid) { relation in
        for index in relation.triggers.indices where name.isEmpty || relation.triggers[index].name == name {
          relation.triggers[index].isEnabled = enables
        }
      }
    case .rule(let name):
      if !relation.rules.contains(where: { $0.name == name }), !relation.isAssumed {
        reject(.undefined(ObjectID(.rule, name, of: relation.name)), at: offset)
      }
    case .cluster(let name?): requireIndex(name, of: relation, at: offset)
    case .replicaIdentity(let identity, let index): setReplicaIdentity(identity, index, of: relation, at: offset)
    case .setOwner(let role):
      use(role)
      setOwner(of: Address(.relation, oid), to: role)
    case .notOf: self.change(oid) { $0.ofType = nil }
    case .ofType(let type): attachType(type, to: relation, at: offset)
    case .accessMethod(let method):
      requireAccessMethod(method, at: offset)
      self.change(oid) { $0.accessMethod = method }
    default: break
    }
    altered(relation.id)
  }

  mutating func requireIndex(_ name: String, of relation: Relation, at offset: Int) {
    guard !relation.isAssumed else { return }
    let index = catalog.index(ObjectName(schema: relation.name.schema, name))
    guard index?.table != relation.oid else { return }
    if index == nil {
      reject(.undefined(ObjectID(.index, name)), at: offset)
    } else {
      reject("'\(name)' is not an index for table '\(relation.name.name)'", "42809", at: offset)
    }
  }

  private mutating func setRowSecurity(_ change: AlterTable.RowSecurityChange, of oid: OID) {
    self.change(oid) { relation in
      switch change {
      case .enable: relation.hasRowSecurity = true
      case .disable: relation.hasRowSecurity = false
      case .force: relation.forcesRowSecurity = true
      case .noForce: relation.forcesRowSecurity = false
      }
    }
  }

  // MARK: - Constraints

  private mutating func dropConstraint(
    _ name: String, of relation: Relation, ifExists: Bool, cascade: Bool, at offset: Int
  ) {
    let id = ObjectID(.constraint, name, of: relation.name)
    guard let constraint = relation.constraints.first(where: { $0.name == name }) else {
      if !relation.isAssumed, !ifExists { reject(.undefined(id), at: offset, related: relation.origin) }
      return
    }
    if constraint.inheritanceCount > 0 {
      reject("cannot drop inherited constraint '\(name)' of relation '\(relation.name.name)'", "42P16", at: offset)
      return
    }
    drop([Address(.constraint, constraint.oid)], cascade: cascade, id: id, related: constraint.origin)
  }

  private mutating func changeConstraint(
    _ name: String, of relation: Relation, at offset: Int, _ body: (inout Constraint) -> Void
  ) {
    guard let index = relation.constraints.firstIndex(where: { $0.name == name }) else {
      if !relation.isAssumed {
        reject(.undefined(ObjectID(.constraint, name, of: relation.name)), at: offset, related: relation.origin)
      }
      return
    }
    change(relation.oid) { body(&$0.constraints[index]) }
    altered(ObjectID(.constraint, name, of: relation.name))
  }
}

extension Catalog {
  /// The tables that are of a composite type.
  func tables(of type: OID) -> [Relation] {
    dependencies.entries(of: type).compactMap { relations[$0.dependent.oid] }.filter { $0.ofType == type }
  }

  /// A table and all that inherit from it.
  func hierarchy(of relation: Relation) -> [Relation] {
    [relation] + children(of: relation.oid).flatMap { hierarchy(of: $0) }
  }

  /// Whether a table is another one, or inherits from it.
  func descends(_ table: OID, from ancestor: OID) -> Bool {
    table == ancestor || relations[table]?.parents.contains { descends($0, from: ancestor) } ?? false
  }
}

extension AlterTable.Change {
  /// The order in which the server works through one statement (PostgreSQL source, `AlterTablePass`).
  fileprivate var pass: Int {
    switch self {
    case .dropColumn, .dropConstraint, .dropNotNull, .dropIdentity, .dropExpression, .setDefault(_, nil): 0
    case .setType: 1
    case .addColumn: 3
    case .setDefault, .setNotNull, .setIdentity, .addIdentity: 4
    case .addConstraint(let constraint): constraint.foreignKey != nil ? 7 : constraint.isCheck ? 6 : 5
    default: 8
    }
  }
}

extension ConstraintDefinition {
  fileprivate var isCheck: Bool { if case .check = kind { true } else { false } }
}
