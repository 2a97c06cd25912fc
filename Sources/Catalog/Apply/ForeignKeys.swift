import PostgresSyntax

extension Application {
  mutating func addForeignKey(
    _ definition: ConstraintDefinition, _ key: ConstraintDefinition.ForeignKey, to relation: Relation, column: String?
  ) {
    let columns = key.columns.isEmpty ? column.map { [$0] } ?? [] : key.columns
    let target = table(key.target)
    if target == nil, catalog.builtInRelation(key.target.name) != nil {
      reject("permission denied: '\(key.target.name.name)' is a system catalog", "42501", at: key.target.offset)
    }
    let targetOID = target?.oid ?? catalog.relation(key.target.name)?.oid ?? .none
    let isSystem = columns.contains { relation.column($0) == nil && Column.system[$0] != nil }
    if isSystem || key.targetColumns.contains(where: { Column.system[$0] != nil }) {
      reject("system columns cannot be used in foreign keys", "0A000", at: definition.offset)
      return
    }
    check(columns, of: relation, at: definition.offset)
    check(key.setColumns, of: relation, at: definition.offset)
    if let name = key.setColumns.first(where: { !columns.contains($0) }), relation.column(name) != nil {
      reject(
        "column '\(name)' referenced in ON DELETE SET action must be part of foreign key", "42P10",
        at: definition.offset)
    }
    let targetColumns = self.targetColumns(key, columns, target ?? catalog.relation(key.target.name), definition)
    if let target { checkTypes(columns, of: relation, targetColumns, of: target, definition) }
    let name =
      definition.name.map(GeneratedNames.truncated)
      ?? catalog.freeConstraintName(relation.name.name, columns.joined(separator: "_"), "fkey", on: relation)
    let kind = Constraint.Kind.foreignKey(
      Constraint.ForeignKey(
        target: targetOID, targetName: key.target.name, targetColumns: targetColumns, onDelete: key.onDelete,
        onUpdate: key.onUpdate, match: key.match, setColumns: key.setColumns))
    insertForeignKey(Constraint(name: name, kind: kind, columns: columns), definition, into: relation.oid)
  }

  mutating func insertForeignKey(_ constraint: Constraint, _ definition: ConstraintDefinition, into table: OID) {
    guard let oid = insert(definition, constraint, into: table), let key = constraint.foreignKey,
      let relation = catalog.relations[table]
    else { return }
    let address = Address(.constraint, oid)
    for name in constraint.columns {
      guard let column = relation.column(name) else { continue }
      catalog.dependencies.add(address, needs: table, column: column.number, kind: .automatic)
    }
    if let target = catalog.relations[key.target] {
      let kind: Dependencies.Kind = key.target == table ? .automatic : .normal
      if key.targetColumns.isEmpty { catalog.dependencies.add(address, needs: key.target, kind: kind) }
      for name in key.targetColumns {
        catalog.dependencies.add(address, needs: key.target, column: target.column(name)?.number ?? 0, kind: .normal)
      }
      if let used = target.uniqueKeys.first(where: { Set($0.columns) == Set(key.targetColumns) }) {
        catalog.dependencies.add(address, needs: used.oid)
      } else if let index = catalog.indexes(on: target.oid).first(where: { $0.isKey(on: key.targetColumns) }) {
        catalog.dependencies.add(address, needs: index.oid)
      }
    }
    for child in inheritors(of: table) where child.isPartition {
      var copy = constraint
      copy.isLocal = false
      copy.inheritanceCount = 1
      if child.constraints.contains(where: { $0.name == copy.name }) {
        copy.name = catalog.freeConstraintName(
          child.name.name, constraint.columns.joined(separator: "_"), "fkey", on: child)
      }
      insertForeignKey(copy, definition, into: child.oid)
    }
  }

  private mutating func targetColumns(
    _ key: ConstraintDefinition.ForeignKey, _ columns: [String], _ target: Relation?, _ definition: ConstraintDefinition
  ) -> [String] {
    guard let target else { return key.targetColumns }
    guard target.isTable || target.isAssumed else {
      reject("referenced relation '\(target.name.name)' is not a table", "42809", at: key.target.offset)
      return key.targetColumns
    }
    guard target.hasKnownColumns else { return key.targetColumns }
    let found: [String]
    if key.targetColumns.isEmpty {
      guard let primary = target.primaryKey else {
        if !catalog.unseen.mayConcern(target.id) {
          reject("there is no primary key for referenced table '\(target.name.name)'", "42704", at: key.target.offset)
        }
        return []
      }
      found = primary.columns
    } else {
      guard check(key.targetColumns, of: target, at: key.target.offset) else { return key.targetColumns }
      found = key.targetColumns
    }
    guard found.count == columns.count else {
      reject("number of referencing and referenced columns for foreign key disagree", "42830", at: definition.offset)
      return found
    }
    let isKey =
      target.uniqueKeys.contains { Set($0.columns) == Set(found) && !$0.isDeferrable }
      || catalog.indexes(on: target.oid).contains { $0.isKey(on: found) && $0.constraint == nil }
    if !isKey, !catalog.unseen.mayConcern(target.id) {
      reject(
        "there is no unique constraint matching given keys for referenced table '\(target.name.name)'", "42830",
        at: key.target.offset)
    }
    return found
  }

  private mutating func checkTypes(
    _ columns: [String], of relation: Relation, _ targetColumns: [String], of target: Relation,
    _ definition: ConstraintDefinition
  ) {
    guard columns.count == targetColumns.count else { return }
    for (name, targetName) in zip(columns, targetColumns) {
      guard let type = relation.column(name)?.type?.oid, let wanted = target.column(targetName)?.type?.oid,
        catalog.facts(of: type) != nil, catalog.facts(of: wanted) != nil, !areComparable(type, with: wanted)
      else { continue }
      reject(
        "key columns '\(name)' and '\(targetName)' are of incompatible types: \(catalog.format(type)) and \(catalog.format(wanted))",
        "42804", at: definition.offset)
    }
  }

  /// Whether the key's index can be searched for a value of the other type: there is an equality operator of its family
  /// for both, or the value becomes the key's type implicitly (PostgreSQL source, `ATAddForeignKeyConstraint`).
  private func areComparable(_ type: OID, with key: OID) -> Bool {
    let (type, key) = (catalog.base(of: type), catalog.base(of: key))
    if type == key { return true }
    for family in [
      [OID.smallint, .integer, .bigint], [.real, .doublePrecision], [.date, .timestamp, .timestamptz],
      [.text, .name],
    ] where family.contains(type) && family.contains(key) {
      return true
    }
    return catalog.canCoerce(type, to: key, .implicit)
  }
}

extension Index {
  /// Whether no two rows share the values of just these columns, by this index alone.
  func isKey(on columns: [String]) -> Bool {
    isUnique && !isPartial && elements.allSatisfy { $0.column != nil }
      && Set(elements.compactMap(\.column)) == Set(columns)
  }

  /// Whether another index is on the same columns in the same way.
  /// Whether it may be the other one's on another table, as far as that shows without comparing expressions.
  func hasForm(of other: Index) -> Bool {
    method == other.method && isUnique == other.isUnique && elements.map(\.column) == other.elements.map(\.column)
      && isPartial == other.isPartial
  }

  func isSame(as other: Index) -> Bool {
    method == other.method && isUnique == other.isUnique && elements.map(\.column) == other.elements.map(\.column)
      && elements.allSatisfy { $0.column != nil } && isPartial == other.isPartial
  }
}
