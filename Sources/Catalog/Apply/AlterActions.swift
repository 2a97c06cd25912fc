import PostgresSyntax

/// Which changes ALTER TABLE may make to which relation, and how far they reach.
extension Application {
  /// Whether the server takes a change for a relation of this kind and place in a hierarchy; reports why where it doesn't.
  mutating func allows(_ change: AlterTable.Change, on relation: Relation, at offset: Int) -> Bool {
    guard !relation.isAssumed else { return true }
    guard change.kinds.isEmpty || change.kinds.contains(relation.kind) else {
      reject(
        "ALTER action \(change.actionName) cannot be performed on relation '\(relation.name.name)'", "42809",
        at: offset)
      return false
    }
    if relation.ofType != nil, let obstacle = change.obstacleOnTypedTable {
      reject("cannot \(obstacle) typed table", "42809", at: offset)
      return false
    }
    return allowsOnly(change, on: relation, at: offset) && allowsInHierarchy(change, on: relation, at: offset)
  }

  /// What ONLY must leave to the tables that inherit.
  private mutating func allowsOnly(_ change: AlterTable.Change, on relation: Relation, at offset: Int) -> Bool {
    guard isOnly else { return true }
    let children = catalog.children(of: relation.oid)
    guard !children.isEmpty else { return true }
    let isPartitioned = relation.kind == .partitionedTable
    let message: String?
    switch change {
    case .addColumn: message = "column must be added to child tables too"
    case .dropColumn:
      message = isPartitioned ? "cannot drop column from only the partitioned table when partitions exist" : nil
    case .setNotNull(let name):
      let lacks = children.contains { $0.column(name)?.isNotNull == false }
      message = isPartitioned && lacks ? "constraint must be added to child tables too" : nil
    case .dropNotNull:
      message = isPartitioned ? "cannot remove constraint from only the partitioned table when partitions exist" : nil
    case .dropConstraint(let name, _, _):
      let isInherited = relation.constraints.contains { $0.name == name && $0.isCheck && !$0.isNoInherit }
      message =
        isPartitioned && isInherited
        ? "cannot remove constraint from only the partitioned table when partitions exist" : nil
    case .addConstraint(let constraint):
      let key: [String]? = if case .primaryKey(let key) = constraint.kind { key.columns } else { nil }
      let lacks = key.map { key in key.contains { name in children.contains { $0.column(name)?.isNotNull == false } } }
      message =
        constraint.reachesChildren || isPartitioned && lacks == true
        ? "constraint must be added to child tables too" : nil
    default: message = nil
    }
    if let message { reject(message, "42P16", at: offset) }
    return message == nil
  }

  private mutating func allowsInHierarchy(_ change: AlterTable.Change, on relation: Relation, at offset: Int) -> Bool {
    let isPartitioned = relation.kind == .partitionedTable
    switch change {
    case .addConstraint(let constraint) where isPartitioned:
      return allows(constraint, onPartitioned: relation, at: offset)
    case .addColumn(let column, _) where column.isIdentity && !inheritors(of: relation.oid).isEmpty:
      reject(
        "cannot recursively add identity column to table that has child tables", "42P16", at: offset,
        before: isPartitioned ? 17 : nil)
      return false
    case .dropNotNull(let name):
      guard relation.isPartition, let parent = relation.parents.first.flatMap({ catalog.relations[$0] }),
        parent.column(name)?.isNotNull == true
      else { return true }
      reject("column '\(name)' is marked NOT NULL in parent table", "42P16", at: offset)
      return false
    case .setPersistence(let persistence): return allows(persistence, of: relation, at: offset)
    case .cluster where isPartitioned:
      reject("cannot mark index clustered in partitioned table", "0A000", at: offset)
      return false
    case .accessMethod where isPartitioned:
      reject("cannot change access method of a partitioned table", "42809", at: offset, before: 17)
      return true
    default: return true
    }
  }

  /// What a partitioned table can't have.
  mutating func allows(_ constraint: ConstraintDefinition, onPartitioned relation: Relation, at offset: Int) -> Bool {
    switch constraint.kind {
    case .check where constraint.isNoInherit:
      reject("cannot add NO INHERIT constraint to partitioned table '\(relation.name.name)'", "42P16", at: offset)
      return false
    case .exclusion:
      reject("exclusion constraints are not supported on partitioned tables", "0A000", at: offset, before: 17)
      return true
    case .primaryKey(let key), .unique(let key, _):
      guard key.index != nil else { return true }
      reject("ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables", "0A000", at: offset)
      return false
    case .foreignKey:
      if isOnly, !catalog.children(of: relation.oid).isEmpty {
        reject("cannot use ONLY for foreign key on partitioned table '\(relation.name.name)'", "42809", at: offset)
        return false
      }
      guard constraint.isNotValid else { return true }
      reject(
        "cannot add NOT VALID foreign key on partitioned table '\(relation.name.name)'", "42809", at: offset, before: 18
      )
      return true
    default: return true
    }
  }

  /// A logged table refers to logged ones only.
  private mutating func allows(_ persistence: Persistence, of relation: Relation, at offset: Int) -> Bool {
    let others: [Relation] =
      persistence == .permanent
      ? relation.constraints.compactMap { $0.foreignKey?.target }.compactMap { catalog.relations[$0] }
      : catalog.tables(referencing: relation.oid)
    guard let other = others.first(where: { $0.oid != relation.oid && $0.persistence != persistence }) else {
      return true
    }
    reject(
      "could not change table '\(relation.name.name)' to \(persistence == .permanent ? "logged" : "unlogged") because it references table '\(other.name.name)'",
      "42P16", at: offset)
    return false
  }

  /// How many parents within one hierarchy a table inherits a column from.
  func parents(of table: Relation, under root: OID) -> Int {
    table.parents.count { catalog.descends($0, from: root) }
  }

  /// The first table below another one that inherits a column from elsewhere as well: there the column stays as it is.
  func heirFromElsewhere(of name: String, under root: Relation) -> Relation? {
    var open = inheritors(of: root.oid)
    while let child = open.popLast() {
      if let column = child.column(name), column.inheritanceCount > parents(of: child, under: root.oid) { return child }
      open += inheritors(of: child.oid)
    }
    return nil
  }

  /// The table itself or the first below it whose rows a column places in partitions.
  func partitioned(by name: String, from root: Relation) -> Relation? {
    if root.partitionKey?.names(name) == true { return root }
    for child in inheritors(of: root.oid) {
      if let found = partitioned(by: name, from: child) { return found }
    }
    return nil
  }
}

extension PartitionKey {
  func names(_ column: String) -> Bool {
    columns.contains(column) || expressions.contains { $0.columnNames.contains(column) }
  }
}

extension ColumnDefinition {
  var isIdentity: Bool { constraints.contains { if case .identity = $0.kind { true } else { false } } }
}

extension ConstraintDefinition {
  fileprivate var reachesChildren: Bool { if case .check = kind { !isNoInherit } else { false } }
}

extension AlterTable.Change {
  /// The kinds of relations that take the change; none where the server asks elsewhere (PostgreSQL source, `ATPrepCmd`).
  fileprivate var kinds: Set<Relation.Kind> {
    let tables: Set<Relation.Kind> = [.table, .partitionedTable]
    switch self {
    case .addColumn, .dropColumn, .setType: return tables.union([.foreignTable, .compositeType])
    case .setDefault, .addIdentity, .setIdentity, .dropIdentity: return tables.union([.foreignTable, .view])
    case .setNotNull, .dropNotNull, .dropExpression, .addConstraint, .dropConstraint, .validateConstraint, .inherit,
      .noInherit, .trigger:
      return tables.union([.foreignTable])
    case .alterConstraint, .ofType, .notOf, .rowSecurity, .detachPartition: return tables
    case .cluster, .accessMethod, .replicaIdentity: return tables.union([.materializedView])
    case .setPersistence: return tables.union([.sequence])
    case .rule: return tables.union([.view])
    case .attachPartition, .setOptions, .setColumnProperty, .setOwner, .tablespace, .other: return []
    }
  }

  /// The change as the server names it in messages (PostgreSQL source, `alter_table_type_to_string`).
  fileprivate var actionName: String {
    switch self {
    case .addColumn: "ADD COLUMN"
    case .dropColumn: "DROP COLUMN"
    case .setType: "ALTER COLUMN ... SET DATA TYPE"
    case .setDefault: "ALTER COLUMN ... SET DEFAULT"
    case .setNotNull: "ALTER COLUMN ... SET NOT NULL"
    case .dropNotNull: "ALTER COLUMN ... DROP NOT NULL"
    case .dropExpression: "ALTER COLUMN ... DROP EXPRESSION"
    case .addIdentity: "ALTER COLUMN ... ADD IDENTITY"
    case .setIdentity: "ALTER COLUMN ... SET"
    case .dropIdentity: "ALTER COLUMN ... DROP IDENTITY"
    case .addConstraint: "ADD CONSTRAINT"
    case .dropConstraint: "DROP CONSTRAINT"
    case .validateConstraint: "VALIDATE CONSTRAINT"
    case .alterConstraint: "ALTER CONSTRAINT"
    case .rowSecurity: "ROW SECURITY"
    case .attachPartition: "ATTACH PARTITION"
    case .detachPartition: "DETACH PARTITION"
    case .setPersistence(let persistence): persistence == .permanent ? "SET LOGGED" : "SET UNLOGGED"
    case .inherit: "INHERIT"
    case .noInherit: "NO INHERIT"
    case .ofType: "OF"
    case .notOf: "NOT OF"
    case .trigger(_, let enables): enables ? "ENABLE TRIGGER" : "DISABLE TRIGGER"
    case .rule: "ENABLE RULE"
    case .cluster(let name): name == nil ? "SET WITHOUT CLUSTER" : "CLUSTER ON"
    case .replicaIdentity: "REPLICA IDENTITY"
    case .accessMethod: "SET ACCESS METHOD"
    case .setOptions, .setColumnProperty, .setOwner, .tablespace, .other: "SET"
    }
  }

  /// What a table that is of a composite type can't do by itself.
  fileprivate var obstacleOnTypedTable: String? {
    switch self {
    case .addColumn: "add column to"
    case .dropColumn: "drop column from"
    case .setType: "alter column type of"
    case .inherit: "change inheritance of"
    default: nil
    }
  }
}
