import PostgresSyntax

/// A table that is there becomes the child of another, or stops being one.
///
/// Source: PostgreSQL documentation, section 5.10 "Inheritance".
extension Application {
  mutating func addParent(_ parent: Reference, to relation: Relation) {
    guard let table = self.table(parent) else { return }
    if relation.isPartition || relation.kind == .partitionedTable {
      reject("cannot change inheritance of a partition or a partitioned table", "42809", at: parent.offset)
      return
    }
    if table.kind == .partitionedTable || table.isPartition {
      reject("cannot inherit from partitioned table or partition '\(table.name.name)'", "42809", at: parent.offset)
      return
    }
    if relation.parents.contains(table.oid) {
      reject("relation '\(table.name.name)' would be inherited from more than once", "42P07", at: parent.offset)
      return
    }
    guard !catalog.descends(table.oid, from: relation.oid) else {
      reject("circular inheritance not allowed", "42P07", at: parent.offset)
      return
    }
    if let trigger = relation.triggers.first(where: { $0.definition.hasTransitionRows }) {
      reject(
        "trigger '\(trigger.name)' prevents table '\(relation.name.name)' from becoming an inheritance child", "0A000",
        at: parent.offset)
      return
    }
    guard mayInherit(relation, from: table, at: parent.offset) else { return }
    adopt(relation.oid, by: table)
  }

  mutating func removeParent(_ parent: Reference, of relation: Relation) {
    guard let table = self.table(parent) else { return }
    guard relation.parents.contains(table.oid) else {
      if !relation.isAssumed {
        reject(
          "relation '\(table.name.name)' is not a parent of relation '\(relation.name.name)'", "42P01",
          at: parent.offset)
      }
      return
    }
    disown(relation.oid, by: table.oid)
  }

  /// Whether a table has the columns and checks of the one it is to inherit from; rejects the statement where it has
  /// not (PostgreSQL source, `MergeAttributesIntoExisting` and `MergeConstraintsIntoExisting`).
  mutating func mayInherit(_ child: Relation, from parent: Relation, at offset: Int) -> Bool {
    guard child.hasKnownColumns else { return true }
    for column in parent.columns where parent.hasKnownColumns {
      if let (problem, sqlState) = misfit(of: child, with: column) {
        reject(problem, sqlState, at: offset)
        return false
      }
    }
    for check in parent.constraints where check.isCheck && !check.isNoInherit {
      if let (problem, sqlState) = misfit(of: child, with: check) {
        reject(problem, sqlState, at: offset)
        return false
      }
    }
    return true
  }

  private func misfit(of child: Relation, with column: Column) -> (String, sqlState: String)? {
    guard let own = child.column(column.name) else {
      return ("child table is missing column '\(column.name)'", "42804")
    }
    let name = child.name.name
    if let a = own.type, let b = column.type, a.oid != b.oid {
      return ("child table '\(name)' has different type for column '\(column.name)'", "42804")
    }
    if own.collation != column.collation, let type = column.type, catalog.facts(of: type.oid)?.hasCollation == true {
      return ("child table '\(name)' has different collation for column '\(column.name)'", "42P21")
    }
    if column.isNotNull, !own.isNotNull {
      return ("column '\(column.name)' in child table must be marked NOT NULL", "42804")
    }
    if column.isGenerated, !own.isGenerated {
      return ("column '\(column.name)' in child table must be a generated column", "42804")
    }
    return nil
  }

  private func misfit(of child: Relation, with check: Constraint) -> (String, sqlState: String)? {
    guard let own = child.constraints.first(where: { $0.name == check.name && $0.isCheck }) else {
      return ("child table is missing constraint '\(check.name)'", "42804")
    }
    let name = child.name.name
    // Different words may say the same once the server has read them.
    if let a = own.expression, let b = check.expression, Deparser().text(a) != Deparser().text(b),
      a.columnNames != b.columnNames || a.literalCount != b.literalCount
    {
      return ("child table '\(name)' has different definition for check constraint '\(check.name)'", "42804")
    }
    if own.isNoInherit {
      return ("constraint '\(check.name)' conflicts with non-inherited constraint on child table '\(name)'", "42P17")
    }
    if !own.isValidated {
      return ("constraint '\(check.name)' conflicts with NOT VALID constraint on child table '\(name)'", "42P17")
    }
    return nil
  }

  /// Makes one table the parent of another; a partition's columns and checks are then no longer its own.
  mutating func adopt(_ child: OID, by parent: Relation) {
    let isPartition = parent.kind == .partitionedTable
    let checks = Set(parent.constraints.filter { $0.isCheck && !$0.isNoInherit }.map(\.name))
    change(child) { relation in
      relation.parents.append(parent.oid)
      for index in relation.columns.indices where parent.column(relation.columns[index].name) != nil {
        relation.columns[index].inheritanceCount += 1
        if isPartition { relation.columns[index].isLocal = false }
      }
      for index in relation.constraints.indices where checks.contains(relation.constraints[index].name) {
        relation.constraints[index].inheritanceCount += 1
        if isPartition { relation.constraints[index].isLocal = false }
      }
    }
    catalog.childrenOfTable.update(parent.oid, default: []) { $0.append(child) }
    catalog.dependencies.add(
      Address(.relation, child), needs: parent.oid, kind: isPartition ? .automatic : .normal)
  }

  /// Ends an inheritance: what the child has from no other parent becomes its own.
  mutating func disown(_ child: OID, by parent: OID) {
    guard let table = catalog.relations[parent] else { return }
    let checks = Set(table.constraints.filter { $0.isCheck && !$0.isNoInherit }.map(\.name))
    catalog.childrenOfTable[parent]?.removeAll { $0 == child }
    catalog.dependencies.remove(Address(.relation, child), needs: parent)
    change(child) { relation in
      relation.parents.removeAll { $0 == parent }
      for index in relation.columns.indices where table.column(relation.columns[index].name) != nil {
        let left = max(0, relation.columns[index].inheritanceCount - 1)
        relation.columns[index].inheritanceCount = left
        if left == 0 { relation.columns[index].isLocal = true }
      }
      for index in relation.constraints.indices where relation.constraints[index].inheritanceCount > 0 {
        let constraint = relation.constraints[index]
        guard !constraint.isCheck || checks.contains(constraint.name) else { continue }
        relation.constraints[index].inheritanceCount -= 1
        if constraint.inheritanceCount == 1 { relation.constraints[index].isLocal = true }
      }
    }
  }
}

extension Expression {
  /// How many constants the expression has.
  fileprivate var literalCount: Int {
    var count = 0
    walk { if case .literal = $0 { count += 1 } }
    return count
  }
}
