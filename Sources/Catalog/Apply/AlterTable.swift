import PostgresSyntax

extension Application {
  mutating func alterTable(_ statement: AlterTable) {
    if statement.kind == .index || catalog.index(statement.table.name) != nil,
      catalog.relation(statement.table.name) == nil
    {
      return
    }
    if statement.kind == .type { return }
    if statement.ifExists, catalog.relation(statement.table.name) == nil { return }
    guard let relation = table(statement.table, as: statement.kind) else { return }
    for change in statement.changes { apply(change, to: relation.name, at: statement.table.offset) }
  }

  private mutating func apply(_ change: AlterTable.Change, to table: ObjectName, at offset: Int) {
    guard let relation = catalog.relations[table] else { return }
    switch change {
    case .addColumn(let column, let ifNotExists):
      let id = ObjectID(.column, column.name, of: table)
      if relation.column(column.name) != nil {
        if !ifNotExists, relation.hasKnownColumns {
          reject(.duplicate(id), at: column.offset, related: relation.origin)
        }
        return
      }
      add(column, to: table)
      created(id)
    case .dropColumn(let name, let ifExists, let cascade):
      dropColumn(name, of: relation, ifExists: ifExists, cascade: cascade, at: offset)
    case .setType(let name, let type, _):
      let text = catalog.formatted(type)
      alterColumn(name, of: relation, at: offset) { $0.type = text }
    case .setDefault(let name, let value):
      alterColumn(name, of: relation, at: offset) {
        $0.defaultValue = value
        $0.hasDefault = value.map { !$0.isNull } ?? false
      }
    case .setNotNull(let name): alterColumn(name, of: relation, at: offset) { $0.isNotNull = true }
    case .dropNotNull(let name): alterColumn(name, of: relation, at: offset) { $0.isNotNull = false }
    case .addIdentity(let name, let always):
      alterColumn(name, of: relation, at: offset) { $0.identity = always ? "a" : "d" }
      addOwnedSequence(table, name)
    case .dropIdentity(let name): alterColumn(name, of: relation, at: offset) { $0.identity = nil }
    case .addConstraint(let constraint):
      add(constraint, to: table, column: nil)
    case .dropConstraint(let name, let ifExists, let cascade):
      dropConstraint(name, of: relation, ifExists: ifExists, cascade: cascade, at: offset)
    case .validateConstraint(let name):
      changeConstraint(name, of: relation, at: offset) { $0.isValidated = true }
    case .alterConstraint(let name, let isDeferrable, let isInitiallyDeferred):
      changeConstraint(name, of: relation, at: offset) {
        $0.isDeferrable = isDeferrable || isInitiallyDeferred
        $0.isInitiallyDeferred = isInitiallyDeferred
      }
    case .rowSecurity(let change): setRowSecurity(change, of: table)
    case .attachPartition(let child):
      if let child = self.table(child) { catalog.relations[child.name]?.parent = table }
    case .detachPartition(let child):
      if let child = self.table(child) { catalog.relations[child.name]?.parent = nil }
    case .setPersistence(let persistence):
      catalog.relations[table]?.persistence = persistence
      altered(relation.id)
    case .setOwner, .other: altered(relation.id)
    }
  }

  private mutating func alterColumn(
    _ name: String, of relation: Relation, at offset: Int, _ change: (inout Column) -> Void
  ) {
    check([name], of: relation, at: offset)
    changeColumn(relation.name, name, change)
    altered(ObjectID(.column, name, of: relation.name))
  }

  private mutating func dropColumn(
    _ name: String, of relation: Relation, ifExists: Bool, cascade: Bool, at offset: Int
  ) {
    guard relation.column(name) != nil else {
      if relation.hasKnownColumns, !ifExists {
        reject(.undefined(ObjectID(.column, name, of: relation.name)), at: offset, related: relation.origin)
      }
      return
    }
    catalog.relations[relation.name]?.columns.removeAll { $0.name == name }
    dropped(ObjectID(.column, name, of: relation.name))
    for constraint in relation.constraints where constraint.columns.contains(name) {
      // A check on several columns only goes with CASCADE; PostgreSQL drops the others with the column.
      remove(constraint, of: relation.name)
    }
    for index in catalog.indexes(on: relation.name) where index.uses(name) { removeIndex(index.name) }
    for sequence in catalog.relations.values where sequence.kind == .sequence {
      if let owner = sequence.ownedBy, owner.table == relation.name, owner.column == name {
        catalog.relations[sequence.name] = nil
        dropped(sequence.id)
      }
    }
  }

  private mutating func dropConstraint(
    _ name: String, of relation: Relation, ifExists: Bool, cascade: Bool, at offset: Int
  ) {
    let id = ObjectID(.constraint, name, of: relation.name)
    guard let constraint = relation.constraints.first(where: { $0.name == name }) else {
      if relation.hasKnownColumns, !relation.isAssumed, !ifExists {
        reject(.undefined(id), at: offset, related: relation.origin)
      }
      return
    }
    let users = constraint.isUnique ? foreignKeys(to: relation.name, on: constraint.columns) : []
    if !users.isEmpty, !cascade {
      reject(.dependents(id, users.map { $0.id }), at: offset, related: constraint.origin)
      return
    }
    for user in users { remove(user.constraint, of: user.table) }
    remove(constraint, of: relation.name)
  }

  private func foreignKeys(
    to table: ObjectName, on columns: [String]
  ) -> [(table: ObjectName, constraint: Constraint, id: ObjectID)] {
    catalog.tables(referencing: table).flatMap { source in
      source.constraints.compactMap { constraint in
        guard case .foreignKey(let target, let targetColumns, _, _) = constraint.kind, target == table,
          Set(targetColumns) == Set(columns)
        else { return nil }
        return (
          source.name, constraint,
          ObjectID(.constraint, constraint.name, of: source.name)
        )
      }
    }
  }

  mutating func remove(_ constraint: Constraint, of table: ObjectName) {
    catalog.relations[table]?.constraints.removeAll { $0.name == constraint.name }
    dropped(ObjectID(.constraint, constraint.name, of: table))
    if constraint.isUnique { removeIndex(ObjectName(schema: table.schema, constraint.name)) }
    if case .foreignKey(let target, _, _, _) = constraint.kind {
      let stillRefers =
        catalog.relations[table]?.constraints.contains {
          if case .foreignKey(target, _, _, _) = $0.kind { true } else { false }
        } ?? false
      if !stillRefers { catalog.referencing[target]?.removeAll { $0 == table } }
    }
  }

  private mutating func changeConstraint(
    _ name: String, of relation: Relation, at offset: Int, _ change: (inout Constraint) -> Void
  ) {
    guard let index = relation.constraints.firstIndex(where: { $0.name == name }) else {
      if relation.hasKnownColumns, !relation.isAssumed {
        let id = ObjectID(.constraint, name, of: relation.name)
        reject(.undefined(id), at: offset, related: relation.origin)
      }
      return
    }
    change(&catalog.relations[relation.name]!.constraints[index])
    altered(ObjectID(.constraint, name, of: relation.name))
  }

  private mutating func setRowSecurity(_ change: AlterTable.RowSecurityChange, of table: ObjectName) {
    switch change {
    case .enable: catalog.relations[table]?.hasRowSecurity = true
    case .disable: catalog.relations[table]?.hasRowSecurity = false
    case .force: catalog.relations[table]?.forcesRowSecurity = true
    case .noForce: catalog.relations[table]?.forcesRowSecurity = false
    }
    altered(ObjectID(.table, table))
  }
}
