import CPgQuery

extension Lowering {
  func createTable(_ node: PgQuery__CreateStmt) -> Action {
    let elements = each(node.n_table_elts, node.table_elts)
    let columns = elements.filter { $0.kind == PG_QUERY__NODE__NODE_COLUMN_DEF }.map { $0.pointee.column_def! }
    let columnNames = Set(columns.compactMap { text($0.pointee.colname) })
    var table = CreateTable(
      table: reference(node.relation), columns: [], constraints: [], inlineIndexes: [], inherits: [], likes: [],
      ifNotExists: node.if_not_exists != 0, persistence: persistence(node.relation))
    for column in columns {
      if let index = inlineIndex(column, columns: columnNames) {
        table.inlineIndexes.append(index)
      } else {
        table.columns.append(self.column(column))
      }
    }
    let constraints = elements + each(node.n_constraints, node.constraints)
    table.constraints = constraints.filter { $0.kind == PG_QUERY__NODE__NODE_CONSTRAINT }.map {
      constraint($0.pointee.constraint)
    }
    table.likes = elements.filter { $0.kind == PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE }.map {
      reference($0.pointee.table_like_clause.pointee.relation)
    }
    let parents = references(each(node.n_inh_relations, node.inh_relations))
    if node.partbound != nil { table.partitionOf = parents.first } else { table.inherits = parents }
    table.partitionKey = node.partspec.map(partitionKey)
    table.ofType = node.of_typename.map(typeName)
    return .createTable(table)
  }

  private func partitionKey(_ spec: UnsafeMutablePointer<PgQuery__PartitionSpec>) -> PartitionKey {
    let columns = each(spec.pointee.n_part_params, spec.pointee.part_params).map { node in
      node.kind == PG_QUERY__NODE__NODE_PARTITION_ELEM ? text(node.pointee.partition_elem.pointee.name) : nil
    }
    return PartitionKey(strategy: (text(spec.pointee.strategy) ?? "").lowercased(), columns: columns)
  }

  /// `INDEX name (a, b)` parses as a column "index" of the type `name(a, b)`: told apart from a real column by type
  /// modifiers that are columns of the table.
  private func inlineIndex(_ column: UnsafeMutablePointer<PgQuery__ColumnDef>, columns: Set<String>)
    -> InlineIndexClause?
  {
    guard let keyword = text(column.pointee.colname)?.lowercased(), keyword == "index" || keyword == "key",
      let type = column.pointee.type_name, type.pointee.n_names == 1, type.pointee.n_typmods > 0,
      let name = names(each(type.pointee.n_names, type.pointee.names)).first
    else { return nil }
    var indexed: [String] = []
    for modifier in each(type.pointee.n_typmods, type.pointee.typmods) {
      guard case .column(let path, isWhole: false, _) = expression(modifier), path.count == 1,
        columns.contains(path[0])
      else { return nil }
      indexed.append(path[0])
    }
    return InlineIndexClause(name: name, columns: indexed, offset: offset(column.pointee.location))
  }

  func column(_ column: UnsafeMutablePointer<PgQuery__ColumnDef>) -> ColumnDefinition {
    var definition = ColumnDefinition(
      name: text(column.pointee.colname) ?? "", type: column.pointee.type_name.map(typeName),
      constraints: each(column.pointee.n_constraints, column.pointee.constraints)
        .filter { $0.kind == PG_QUERY__NODE__NODE_CONSTRAINT }.map { constraint($0.pointee.constraint) },
      collation: nil, offset: offset(column.pointee.location))
    if let clause = column.pointee.coll_clause {
      definition.collation = objectName(names(each(clause.pointee.n_collname, clause.pointee.collname)))
    }
    // DEFERRABLE and the like come as constraints of their own, after the one they belong to.
    for (index, node) in each(column.pointee.n_constraints, column.pointee.constraints).enumerated() where index > 0 {
      guard node.kind == PG_QUERY__NODE__NODE_CONSTRAINT else { continue }
      switch node.pointee.constraint.pointee.contype {
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRABLE: definition.constraints[index - 1].isDeferrable = true
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRED:
        let owner = definition.constraints[..<index].lastIndex { $0.kind != .other } ?? index - 1
        definition.constraints[owner].isDeferrable = true
        definition.constraints[owner].isInitiallyDeferred = true
      default: break
      }
    }
    return definition
  }

  func constraint(_ pointer: UnsafeMutablePointer<PgQuery__Constraint>) -> ConstraintDefinition {
    let node = pointer.pointee
    return ConstraintDefinition(
      name: text(node.conname), kind: constraintKind(node), isDeferrable: node.deferrable != 0,
      isInitiallyDeferred: node.initdeferred != 0, isNotValid: node.skip_validation != 0,
      offset: offset(node.location))
  }

  private func constraintKind(_ node: PgQuery__Constraint) -> ConstraintDefinition.Kind {
    let value = node.raw_expr.map(expression)
    switch node.contype {
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL: return .notNull
    case PG_QUERY__CONSTR_TYPE__CONSTR_NULL: return .null
    case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT: return value.map { .default($0) } ?? .other
    case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY: return .identity(always: text(node.generated_when) == "a")
    case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED: return value.map { .generated($0) } ?? .other
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK: return value.map { .check($0) } ?? .other
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY: return .primaryKey(keyColumns(node))
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
      return .unique(keyColumns(node), nullsNotDistinct: node.nulls_not_distinct != 0)
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
      // ALTER CONSTRAINT names a foreign key without its definition.
      return node.pktable == nil ? .other : .foreignKey(foreignKey(node))
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION: return exclusion(node)
    default: return .other
    }
  }

  private func keyColumns(_ node: PgQuery__Constraint) -> ConstraintDefinition.KeyColumns {
    .init(
      columns: names(each(node.n_keys, node.keys)), including: names(each(node.n_including, node.including)),
      index: text(node.indexname))
  }

  private func foreignKey(_ node: PgQuery__Constraint) -> ConstraintDefinition.ForeignKey {
    .init(
      columns: names(each(node.n_fk_attrs, node.fk_attrs)), target: reference(node.pktable),
      targetColumns: names(each(node.n_pk_attrs, node.pk_attrs)), onDelete: action(text(node.fk_del_action)),
      onUpdate: action(text(node.fk_upd_action)))
  }

  private func action(_ code: String?) -> ConstraintDefinition.ForeignKey.Action {
    switch code {
    case "r": .restrict
    case "c": .cascade
    case "n": .setNull
    case "d": .setDefault
    default: .noAction
    }
  }

  private func exclusion(_ node: PgQuery__Constraint) -> ConstraintDefinition.Kind {
    var columns: [String?] = []
    var values: [Expression] = node.where_clause.map { [expression($0)] } ?? []
    for item in each(node.n_exclusions, node.exclusions) {
      guard let element = item.list.first, element.kind == PG_QUERY__NODE__NODE_INDEX_ELEM else { continue }
      columns.append(text(element.pointee.index_elem.pointee.name))
      if let value = element.pointee.index_elem.pointee.expr { values.append(expression(value)) }
    }
    return .exclusion(columns: columns, method: text(node.access_method) ?? "gist", expressions: values)
  }

  func createIndex(_ node: PgQuery__IndexStmt) -> Action {
    .createIndex(
      CreateIndex(
        name: text(node.idxname), table: reference(node.relation), method: text(node.access_method) ?? "btree",
        elements: each(node.n_index_params, node.index_params).compactMap(indexElement),
        including: each(node.n_index_including_params, node.index_including_params).compactMap {
          indexElement($0)?.column
        },
        filter: node.where_clause.map(expression), isUnique: node.unique != 0, isConcurrent: node.concurrent != 0,
        ifNotExists: node.if_not_exists != 0))
  }

  private func indexElement(_ node: NodePointer) -> CreateIndex.Element? {
    guard node.kind == PG_QUERY__NODE__NODE_INDEX_ELEM, let element = node.pointee.index_elem else { return nil }
    let isDescending = element.pointee.ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DESC
    let usual = isDescending ? PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST : PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST
    let nulls = element.pointee.nulls_ordering
    let opclass = names(each(element.pointee.n_opclass, element.pointee.opclass))
    return CreateIndex.Element(
      column: text(element.pointee.name), expression: element.pointee.expr.map(expression),
      operatorClass: opclass.isEmpty ? nil : objectName(opclass), isDescending: isDescending,
      hasUnusualNulls: nulls != usual && nulls != PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_DEFAULT)
  }

  func createTableAs(_ node: PgQuery__CreateTableAsStmt) -> Action {
    guard let into = node.into, let relation = into.pointee.rel else { return .other("CreateTableAsStmt") }
    return .createTableAs(
      CreateTableAs(
        table: reference(relation), columns: names(each(into.pointee.n_col_names, into.pointee.col_names)),
        query: node.query.flatMap { $0.kind == PG_QUERY__NODE__NODE_SELECT_STMT ? query($0) : nil },
        isMaterializedView: node.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW, ifNotExists: node.if_not_exists != 0,
        persistence: persistence(relation)))
  }
}
