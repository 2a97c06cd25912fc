import PostgresSyntax

/// `LIKE` in CREATE TABLE.
extension Application {
  mutating func copyColumns(_ like: CreateTable.Like, to relation: inout Relation) {
    guard let source = table(like.table) else {
      relation.hasKnownColumns = catalog.builtInRelation(like.table.name) != nil && relation.hasKnownColumns
      for column in catalog.builtInRelation(like.table.name)?.columns ?? [] {
        relation.append(Column(name: column.name, type: DataType(column.type)))
      }
      return
    }
    if source.kind == .sequence {
      reject("relation '\(source.name.name)' is invalid in LIKE clause", "42809", at: like.table.offset)
      return
    }
    if !source.hasKnownColumns { relation.hasKnownColumns = false }
    for column in source.columns {
      if let known = relation.columns.firstIndex(where: { $0.name == column.name }) {
        if relation.columns[known].inheritanceCount > 0, !relation.columns[known].isLocal {
          relation.columns[known].isLocal = true
          relation.columns[known].isNotNull = relation.columns[known].isNotNull || column.isNotNull
          continue
        }
        reject(.duplicate(ObjectID(.column, column.name, of: relation.name)), at: like.table.offset)
        continue
      }
      var copy = Column(name: column.name, type: column.type, collation: column.collation, isNotNull: column.isNotNull)
      if like.options.contains(.defaults), column.generated == nil {
        copy.hasDefault = column.hasDefault
        copy.defaultValue = column.defaultValue
      }
      if like.options.contains(.generated) {
        copy.generated = column.generated
        if column.generated != nil { copy.hasDefault = true }
      }
      if like.options.contains(.identity) { copy.identity = column.identity }
      relation.append(copy)
      if copy.hasDefault, copy.defaultValue == nil, let sequence = catalog.sequence(of: source, column) {
        let address = Address(.defaultValue, relation.oid, column: relation.columns[relation.columns.count - 1].number)
        catalog.dependencies.add(address, needs: sequence.oid)
      }
      if copy.identity != nil { pendingIdentities.append(column.name) }
    }
    guard like.options.contains(.constraints) else { return }
    for constraint in source.constraints where constraint.isCheck {
      if let known = relation.constraints.firstIndex(where: { $0.name == constraint.name && $0.inheritanceCount > 0 }) {
        relation.constraints[known].isLocal = true
        continue
      }
      var copy = constraint
      copy.oid = catalog.newOID()
      copy.origin = origin
      catalog.dependencies.setOwner(of: copy.oid, relation.oid)
      catalog.count(1, constraint: copy.name, of: relation)
      relation.constraints.append(copy)
    }
  }

  /// Indexes and keys of `LIKE … INCLUDING INDEXES`, identities, comments.
  mutating func copyIndexes(_ statement: CreateTable, to oid: OID) {
    for name in pendingIdentities {
      if let column = catalog.relations[oid]?.column(name) { addOwnedSequence(oid, column, isIdentity: true) }
    }
    pendingIdentities = []
    for like in statement.likes {
      guard let source = catalog.relation(like.table.name) else { continue }
      if like.options.contains(.indexes) {
        for index in catalog.indexes(on: source.oid) { copyIndex(index, of: source, to: oid) }
      }
      if like.options.contains(.comments) { copyComments(of: source, to: oid) }
      if like.options.contains(.statistics) { copyStatistics(of: source, to: oid) }
    }
  }

  private mutating func copyComments(of source: Relation, to oid: OID) {
    for column in source.columns {
      guard let copy = catalog.relations[oid]?.column(column.name),
        let text = catalog.comments[Address(.column, source.oid, column: column.number)]
      else { continue }
      catalog.comments[Address(.column, oid, column: copy.number)] = text
    }
  }
}
