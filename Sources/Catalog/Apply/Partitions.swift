import PostgresSyntax

/// Partitioned tables and their partitions.
extension Application {
  mutating func checkPartitionKey(_ key: PartitionKey, of relation: Relation) {
    if key.strategy == "list", key.columns.count + 0 > 1 {
      reject("cannot use \"list\" partition strategy with more than one column", "42P17", at: key.offset)
    }
    check(key.columns.compactMap { $0 }, of: relation, at: key.offset)
    for expression in key.expressions {
      let scope = Analyzer(catalog).scope(of: relation)
      _ = analyze { analyzer in
        analyzer.inside(scope) { analyzer in analyzer.at(.partition) { $0.type(of: expression) } }
      }
    }
    for name in key.columns.compactMap({ $0 }) {
      checkOperatorClass(
        nil, of: relation.column(name)?.type?.oid, method: key.strategy == "hash" ? "hash" : "btree", at: key.offset)
      guard let column = relation.column(name) else { continue }
      if column.isGenerated {
        reject("cannot use generated column in partition key", "42P17", at: key.offset)
      }
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

  mutating func checkBound(_ bound: PartitionBound, of child: OID, in parent: OID, at offset: Int) {
    guard let table = catalog.relations[parent], let strategy = table.partitionKey?.strategy else { return }
    switch (bound, strategy) {
    case (.list, "list"), (.range, "range"), (.hash, "hash"), (.default, "list"), (.default, "range"): break
    case (.default, _): reject("a hash-partitioned table may not have a default partition", "42P16", at: offset)
    default: reject("invalid bound specification for a \(strategy) partition", "42P16", at: offset)
    }
    if case .range(let from, let to) = bound {
      let width = table.partitionKey?.columns.count ?? 0
      if from.count != width || to.count != width {
        reject(
          "\(from.count != width ? "FROM" : "TO") must specify exactly one value per partitioning column", "42P16",
          at: offset)
        return
      }
      if let low = from.first?.boundValue, let high = to.first?.boundValue, width == 1, let order = low.compare(high),
        order >= 0
      {
        reject("empty range bound specified for partition", "42P17", at: offset)
        return
      }
    }
    for sibling in catalog.children(of: parent) where sibling.oid != child {
      guard let other = sibling.bound, bound.overlaps(other) else { continue }
      reject(
        "partition '\(catalog.relations[child]?.name.name ?? "")' would overlap partition '\(sibling.name.name)'",
        "42P17",
        at: offset)
      return
    }
  }

  /// Indexes, foreign keys and triggers that a new partition has from its parent.
  mutating func takeOver(from parent: OID, to child: OID) {
    guard let table = catalog.relations[parent] else { return }
    for index in catalog.indexes(on: parent) {
      if let known = catalog.indexes(on: child).first(where: {
        $0.parent == nil && $0.isSame(as: index) && ($0.constraint == nil) == (index.constraint == nil)
      }) {
        catalog.indexes[known.oid]?.parent = index.oid
        if let name = known.constraint {
          change(child) { relation in
            guard let position = relation.constraints.firstIndex(where: { $0.name == name }) else { return }
            relation.constraints[position].inheritanceCount = 1
          }
        }
        continue
      }
      copyIndex(index, of: table, to: child, parent: index.oid)
    }
    for constraint in table.constraints where constraint.foreignKey != nil {
      guard let relation = catalog.relations[child] else { return }
      let isThere = relation.constraints.contains {
        $0.foreignKey?.target == constraint.foreignKey?.target && $0.columns == constraint.columns
          && $0.foreignKey != nil
      }
      guard !isThere else { continue }
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
    for column in parent.columns where parent.hasKnownColumns && table.hasKnownColumns {
      guard let own = table.column(column.name) else {
        reject("child table is missing column '\(column.name)'", "42804", at: child.offset)
        return
      }
      if let a = own.type, let b = column.type, a.oid != b.oid {
        reject(
          "child table '\(table.name.name)' has different type for column '\(column.name)'", "42804", at: child.offset)
        return
      }
      if column.isNotNull, !own.isNotNull {
        reject("column '\(column.name)' in child table must be marked NOT NULL", "42804", at: child.offset)
        return
      }
    }
    checkBound(bound, of: table.oid, in: parent.oid, at: child.offset)
    change(table.oid) { relation in
      relation.bound = bound
      relation.parents = [parent.oid]
      for index in relation.columns.indices where parent.column(relation.columns[index].name) != nil {
        relation.columns[index].inheritanceCount = 1
        relation.columns[index].isLocal = false
      }
    }
    catalog.childrenOfTable.update(parent.oid, default: []) { $0.append(table.oid) }
    catalog.dependencies.add(Address(.relation, table.oid), needs: parent.oid, kind: .automatic)
    takeOver(from: parent.oid, to: table.oid)
    altered(table.id)
  }

  mutating func detachPartition(_ child: Reference, from parent: Relation) {
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

  /// Ends an inheritance: columns and constraints become the child's own.
  mutating func disown(_ child: OID, by parent: OID) {
    let columns = Set(catalog.relations[parent]?.columns.map(\.name) ?? [])
    catalog.childrenOfTable[parent]?.removeAll { $0 == child }
    catalog.dependencies.removeNeeds(of: Address(.relation, child))
    change(child) { relation in
      relation.parents.removeAll { $0 == parent }
      for index in relation.columns.indices where columns.contains(relation.columns[index].name) {
        relation.columns[index].inheritanceCount = max(0, relation.columns[index].inheritanceCount - 1)
        relation.columns[index].isLocal = true
      }
      for index in relation.constraints.indices where relation.constraints[index].inheritanceCount > 0 {
        relation.constraints[index].inheritanceCount = max(0, relation.constraints[index].inheritanceCount - 1)
        relation.constraints[index].isLocal = true
      }
    }
  }
}

extension PartitionBound {
  /// Whether some row would belong to both, as far as constants tell.
  fileprivate func overlaps(_ other: PartitionBound) -> Bool {
    switch (self, other) {
    case (.default, .default): return true
    case (.list(let a), .list(let b)):
      let values = Set(a.compactMap(\.boundValue))
      return b.compactMap(\.boundValue).contains { values.contains($0) }
    case (.hash(let m, let r), .hash(let n, let s)): return m == n && r == s
    case (.range(let a, let b), .range(let c, let d)):
      guard a.count == 1, c.count == 1, let low = a[0].boundValue, let high = b.first?.boundValue,
        let otherLow = c[0].boundValue, let otherHigh = d.first?.boundValue,
        let first = low.compare(otherHigh), let second = otherLow.compare(high)
      else { return false }
      return first < 0 && second < 0
    default: return false
    }
  }
}

/// A constant in a partition's bound.
enum BoundValue: Hashable {
  case minimum, maximum, null
  case number(Int)
  case text(String)

  /// Below 0, 0 or above 0; nil where the two can't be compared without knowing more.
  func compare(_ other: BoundValue) -> Int? {
    switch (self, other) {
    case (.minimum, .minimum), (.maximum, .maximum): return 0
    case (.minimum, _), (_, .maximum): return -1
    case (.maximum, _), (_, .minimum): return 1
    case (.number(let a), .number(let b)): return a < b ? -1 : a == b ? 0 : 1
    case (.text(let a), .text(let b)):
      // Dates and times of one form compare as text does.
      guard a.utf8.count == b.utf8.count, a.isDateLike, b.isDateLike else { return a == b ? 0 : nil }
      return a < b ? -1 : a == b ? 0 : 1
    default: return nil
    }
  }
}

extension String {
  fileprivate var isDateLike: Bool {
    utf8.count >= 10 && utf8.first.map { $0 >= 48 && $0 <= 57 } == true && dropFirst(4).first == "-"
  }
}

extension Expression {
  fileprivate var boundValue: BoundValue? {
    switch self {
    case .literal(.integer(let number), _): .number(number)
    case .literal(.string(let text), _): Int(text).map { .number($0) } ?? .text(text)
    case .literal(.null, _): .null
    case .literal(.boolean(let value), _): .text(value ? "true" : "false")
    case .column(let path, _, _) where path.last?.lowercased() == "minvalue": .minimum
    case .column(let path, _, _) where path.last?.lowercased() == "maxvalue": .maximum
    case .cast(let operand, _, _): operand.boundValue
    case .operation(let operation) where operation.name.name == "-" && operation.operands.count == 1:
      if case .number(let number)? = operation.operands[0].boundValue { .number(-number) } else { nil }
    default: nil
    }
  }
}
