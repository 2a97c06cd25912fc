import PostgresSyntax

/// Partitioned tables and their partitions.
extension Application {
  mutating func checkPartitionKey(_ key: PartitionKey, of relation: Relation) {
    if key.strategy == "list", key.columns.count + 0 > 1 {
      reject("cannot use \"list\" partition strategy with more than one column", "42P17", at: key.offset)
    }
    check(key.columns.compactMap { $0 }, of: relation, at: key.offset)
    if let name = key.columns.compactMap({ $0 }).first(where: { relation.column($0) == nil && Column.system[$0] != nil }
    ) {
      reject("cannot use system column '\(name)' in partition key", "42P17", at: key.offset)
    }
    for expression in key.expressions { checkPartitionKey(expression, of: relation, at: key.offset) }
    for name in key.columns.compactMap({ $0 }) {
      checkOperatorClass(
        nil, of: relation.column(name)?.type?.oid, method: key.strategy == "hash" ? "hash" : "btree", at: key.offset)
      guard let column = relation.column(name) else { continue }
      if column.isGenerated {
        reject("cannot use generated column in partition key", "42P17", at: key.offset)
      }
    }
  }

  private mutating func checkPartitionKey(_ expression: Expression, of relation: Relation, at offset: Int) {
    let scope = Analyzer(catalog).scope(of: relation)
    let (type, uses) = analyze { analyzer in
      analyzer.inside(scope) { analyzer in analyzer.at(.partition) { $0.type(of: expression) } }
    }
    for use in uses.list {
      catalog.dependencies.add(Address(.relation, relation.oid), needs: use.oid, column: use.column)
    }
    if let type, catalog.facts(of: type.oid)?.kind == .pseudo || type.oid == .unknown {
      reject("partition key column has pseudo-type \(catalog.format(type))", "42P16", at: offset)
    } else if expression.columnNames.isEmpty, outcome.rejections.isEmpty {
      reject("cannot use constant expression as partition key", "42P17", at: offset)
    }
  }

  /// A key of a partitioned table holds all columns of its partition key.
  mutating func checkPartitionColumns(_ columns: [String], of relation: Relation, _ what: String, at offset: Int) {
    guard let key = relation.partitionKey else { return }
    if key.columns.contains(where: { $0 == nil }) {
      reject("unsupported \(what) constraint with partition key definition", "0A000", at: offset)
      return
    }
    guard let lacking = key.columns.compactMap({ $0 }).first(where: { !columns.contains($0) }) else { return }
    reject(
      "unique constraint on partitioned table must include all partitioning columns: '\(lacking)' is lacking", "0A000",
      at: offset)
  }

  /// Indexes, foreign keys and triggers that a new partition has from its parent.
  mutating func takeOver(from parent: OID, to child: OID) {
    guard let table = catalog.relations[parent] else { return }
    for index in catalog.indexes(on: parent) {
      if let known = catalog.indexes(on: child).first(where: {
        $0.parent == nil && $0.isSame(as: index) && ($0.constraint == nil) == (index.constraint == nil)
      }) {
        attach(known.oid, to: index.oid)
        markInherited(known.constraint, of: child)
        continue
      }
      let isKey = table.primaryKey.map { $0.name == index.constraint } ?? false
      if isKey, let relation = catalog.relations[child], relation.primaryKey != nil {
        reject("multiple primary keys for table '\(relation.name.name)' are not allowed", "42P16")
        continue
      }
      if index.isUnique, let relation = catalog.relations[child] {
        checkPartitionColumns(index.leadingColumns, of: relation, isKey ? "PRIMARY KEY" : "UNIQUE", at: -1)
      }
      copyIndex(index, of: table, to: child, parent: index.oid)
    }
    for constraint in table.constraints where constraint.foreignKey != nil {
      guard let relation = catalog.relations[child] else { return }
      let known = relation.constraints.first {
        $0.foreignKey?.target == constraint.foreignKey?.target && $0.columns == constraint.columns
          && $0.foreignKey != nil
      }
      if let known {
        markInherited(known.name, of: child)
        continue
      }
      var copy = constraint
      copy.isLocal = false
      copy.inheritanceCount = 1
      if relation.constraints.contains(where: { $0.name == copy.name }) {
        copy.name = catalog.freeConstraintName(
          relation.name.name, copy.columns.joined(separator: "_"), "fkey", on: relation)
      }
      insertForeignKey(copy, constraint.definition, into: child)
    }
    for trigger in table.triggers where trigger.definition.isForEachRow { copyTrigger(trigger, to: child) }
  }

  mutating func attachPartition(_ child: Reference, _ bound: PartitionBound, to parent: Relation) {
    guard parent.kind == .partitionedTable || parent.isAssumed else {
      reject("table '\(parent.name.name)' is not partitioned", "42P17", at: child.offset)
      return
    }
    guard let table = self.table(child) else { return }
    guard !catalog.descends(parent.oid, from: table.oid) else {
      reject("circular inheritance not allowed", "42P07", at: child.offset)
      return
    }
    if !table.parents.isEmpty, !table.isPartition {
      reject("cannot attach inheritance child as partition", "42809", at: child.offset)
      return
    }
    if !table.isPartition, !catalog.children(of: table.oid).isEmpty, table.kind == .table {
      reject("cannot attach inheritance parent as partition", "42809", at: child.offset)
      return
    }
    if table.isPartition {
      reject("'\(table.name.name)' is already a partition", "42809", at: child.offset)
      return
    }
    checkPersistence(ofPartition: table.persistence == .temporary, parent, "attach", at: child.offset)
    checkForeignPartition(isForeign: table.kind == .foreignTable, of: parent, "attach", at: child.offset)
    if let trigger = table.triggers.first(where: { $0.definition.hasTransitionRows }) {
      reject(
        "trigger '\(trigger.name)' prevents table '\(table.name.name)' from becoming a partition", "0A000",
        at: child.offset)
    }
    if parent.hasKnownColumns, table.hasKnownColumns,
      let extra = table.columns.first(where: { parent.column($0.name) == nil })
    {
      reject(
        "table '\(table.name.name)' contains column '\(extra.name)' not found in parent '\(parent.name.name)'", "42804",
        at: child.offset)
      return
    }
    guard mayInherit(table, from: parent, at: child.offset) else { return }
    if let key = parent.primaryKey, let own = table.primaryKey, key.columns != own.columns {
      reject("multiple primary keys for table '\(table.name.name)' are not allowed", "42P16", at: child.offset)
      return
    }
    checkBound(bound, of: table.oid, in: parent.oid, at: child.offset)
    change(table.oid) { $0.bound = bound }
    adopt(table.oid, by: parent)
    takeOver(from: parent.oid, to: table.oid)
    altered(table.id)
  }

  mutating func detachPartition(_ child: Reference, from parent: Relation) {
    guard parent.kind == .partitionedTable || parent.isAssumed else {
      reject("table '\(parent.name.name)' is not partitioned", "42P17", at: child.offset)
      return
    }
    guard let table = self.table(child) else { return }
    guard table.parents.contains(parent.oid), table.isPartition else {
      if !table.isAssumed, !parent.isAssumed {
        reject(
          "relation '\(table.name.name)' is not a partition of relation '\(parent.name.name)'", "42P01",
          at: child.offset)
      }
      return
    }
    disown(table.oid, by: parent.oid)
    change(table.oid) { $0.bound = nil }
    for index in catalog.indexes(on: table.oid) {
      if let parent = index.parent { catalog.dependencies.remove(Address(.index, index.oid), needs: parent) }
      catalog.indexes[index.oid]?.parent = nil
    }
    change(table.oid) { relation in
      relation.triggers.removeAll { $0.parent != nil }
    }
    altered(table.id)
  }
}
