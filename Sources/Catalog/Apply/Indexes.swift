import PostgresSyntax

extension Application {
  mutating func createIndex(_ statement: CreateIndex) {
    guard let relation = table(statement.table) else { return }
    let schema = relation.name.schema ?? "public"
    let name: ObjectName
    if let given = statement.name {
      name = ObjectName(schema: schema, GeneratedNames.truncated(given))
      // What is unknown of a table includes its indexes.
      let isUncertain = relation.isAssumed && catalog.indexes[name]?.table == relation.name
      if isUncertain { removeIndex(name) }
      guard !isTaken(name, .index, offset: -1, ifNotExists: statement.ifNotExists) else { return }
    } else {
      let columns = statement.elements.map { $0.column ?? $0.expression?.indexColumnName ?? "expr" }
      name = ObjectName(
        schema: schema,
        catalog.freeRelationName(relation.name.name, columns.joined(separator: "_"), "idx", in: schema))
    }
    check(statement.elements.compactMap(\.column) + statement.including, of: relation, at: -1)
    addIndex(
      Index(
        name: name, table: relation.name, method: statement.method,
        elements: statement.elements.map {
          Index.Element(
            column: $0.column, isDescending: $0.isDescending, hasUnusualNulls: $0.hasUnusualNulls,
            operatorClass: $0.operatorClass?.name)
        }, including: statement.including, isUnique: statement.isUnique, isPartial: statement.filter != nil,
        filterColumns: Set(statement.filter?.columnNames ?? []),
        expressionColumns: Set(statement.elements.flatMap { $0.expression?.columnNames ?? [] }), constraint: nil,
        origin: origin))
    created(ObjectID(.index, name))
  }

  mutating func addIndex(_ index: Index) {
    catalog.indexes[index.name] = index
    catalog.indexesByTable[index.table, default: []].append(index.name)
  }

  mutating func removeIndex(_ name: ObjectName) {
    guard let index = catalog.indexes.removeValue(forKey: name) else { return }
    catalog.indexesByTable[index.table]?.removeAll { $0 == name }
    dropped(ObjectID(.index, name))
  }

  mutating func renameIndex(_ name: ObjectName, to newName: String) {
    guard var index = catalog.indexes.removeValue(forKey: name) else { return }
    catalog.indexesByTable[index.table]?.removeAll { $0 == name }
    index.name.name = newName
    // The constraint that an index belongs to has its name, always.
    if let constraint = index.constraint,
      let position = catalog.relations[index.table]?.constraints.firstIndex(where: { $0.name == constraint })
    {
      catalog.relations[index.table]?.constraints[position].name = newName
      index.constraint = newName
    }
    catalog.indexes[index.name] = index
    catalog.indexesByTable[index.table, default: []].append(index.name)
  }
}

extension Expression {
  /// The name that an index column gets from its expression (PostgreSQL source, `FigureIndexColname`).
  var indexColumnName: String? {
    switch self {
    case .column(let path, _, _): path.last
    case .call(let call): call.name.name
    case .cast(let operand, let type, _): operand.indexColumnName ?? type.name.name
    default: nil
    }
  }
}
