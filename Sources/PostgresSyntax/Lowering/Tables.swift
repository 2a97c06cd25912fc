import CPgQuery

extension Lowering {
  func createTable(_ node: PgQuery__CreateStmt) -> CreateTable {
    let elements = each(node.n_table_elts, node.table_elts)
    let columns = elements.filter { $0.kind == PG_QUERY__NODE__NODE_COLUMN_DEF }.map { $0.pointee.column_def! }
    let columnNames = Set(columns.compactMap { text($0.pointee.colname) })
    var table = CreateTable(
      table: reference(node.relation), columns: [], constraints: [], inlineIndexes: [], inherits: [], likes: [],
      ifNotExists: node.if_not_exists != 0, persistence: persistence(node.relation))
    for column in columns.map(column) {
      if let index = column.inlineIndex(columns: columnNames) {
        table.inlineIndexes.append(index)
      } else {
        table.columns.append(column)
      }
    }
    let constraints = elements + each(node.n_constraints, node.constraints)
    table.constraints = constraints.filter { $0.kind == PG_QUERY__NODE__NODE_CONSTRAINT }.map {
      constraint($0.pointee.constraint)
    }
    for (index, element) in elements.enumerated() where element.kind == PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE {
      let clause = element.pointee.table_like_clause!.pointee
      let position = elements[..<index].count { $0.kind == PG_QUERY__NODE__NODE_COLUMN_DEF }
      table.likes.append(
        CreateTable.Like(
          table: reference(clause.relation), options: .init(rawValue: clause.options), position: position))
    }
    let parents = references(each(node.n_inh_relations, node.inh_relations))
    if let bound = node.partbound {
      table.partitionOf = parents.first
      table.bound = partitionBound(bound.pointee)
    } else {
      table.inherits = parents
    }
    table.partitionKey = node.partspec.map(partitionKey)
    table.ofType = node.of_typename.map(typeName)
    table.options = parameters(node.n_options, node.options)
    table.accessMethod = text(node.access_method)
    table.onCommit = onCommit(node.oncommit)
    table.tablespace = text(node.tablespacename)
    return table
  }

  private func onCommit(_ action: PgQuery__OnCommitAction) -> CreateTable.OnCommit? {
    switch action {
    case PG_QUERY__ON_COMMIT_ACTION__ONCOMMIT_PRESERVE_ROWS: .preserveRows
    case PG_QUERY__ON_COMMIT_ACTION__ONCOMMIT_DELETE_ROWS: .deleteRows
    case PG_QUERY__ON_COMMIT_ACTION__ONCOMMIT_DROP: .drop
    default: nil
    }
  }

  func partitionBound(_ bound: PgQuery__PartitionBoundSpec) -> PartitionBound {
    if bound.is_default != 0 { return .default }
    switch text(bound.strategy) {
    case "h": return .hash(modulus: Int(bound.modulus), remainder: Int(bound.remainder))
    case "l": return .list(expressions(bound.n_listdatums, bound.listdatums))
    default:
      return .range(
        from: expressions(bound.n_lowerdatums, bound.lowerdatums),
        to: expressions(bound.n_upperdatums, bound.upperdatums))
    }
  }

  private func partitionKey(_ spec: UnsafeMutablePointer<PgQuery__PartitionSpec>) -> PartitionKey {
    let elements = each(spec.pointee.n_part_params, spec.pointee.part_params).filter {
      $0.kind == PG_QUERY__NODE__NODE_PARTITION_ELEM
    }.map { $0.pointee.partition_elem!.pointee }
    return PartitionKey(
      strategy: (text(spec.pointee.strategy) ?? "").lowercased(), columns: elements.map { text($0.name) },
      expressions: elements.compactMap { $0.expr.map(expression) }, offset: offset(spec.pointee.location))
  }

  func column(_ column: UnsafeMutablePointer<PgQuery__ColumnDef>) -> ColumnDefinition {
    var definition = ColumnDefinition(
      name: text(column.pointee.colname) ?? "", type: column.pointee.type_name.map(typeName),
      constraints: each(column.pointee.n_constraints, column.pointee.constraints)
        .filter { $0.kind == PG_QUERY__NODE__NODE_CONSTRAINT }.map { constraint($0.pointee.constraint) },
      collation: nil, offset: offset(column.pointee.location))
    definition.collation = collation(column.pointee)
    definition.storage = text(column.pointee.storage)
    definition.compression = text(column.pointee.compression)
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

  func collation(_ column: PgQuery__ColumnDef) -> ObjectName? {
    guard let clause = column.coll_clause else { return nil }
    return objectName(names(clause.pointee.n_collname, clause.pointee.collname))
  }

  func columns(_ nodes: [NodePointer]) -> [ColumnDefinition] {
    nodes.filter { $0.kind == PG_QUERY__NODE__NODE_COLUMN_DEF }.map { column($0.pointee.column_def) }
  }

  func constraint(_ pointer: UnsafeMutablePointer<PgQuery__Constraint>) -> ConstraintDefinition {
    let node = pointer.pointee
    return ConstraintDefinition(
      name: text(node.conname), kind: constraintKind(node), isDeferrable: node.deferrable != 0,
      isInitiallyDeferred: node.initdeferred != 0, isNotValid: node.skip_validation != 0,
      isNoInherit: node.is_no_inherit != 0, offset: offset(node.location))
  }

  private func constraintKind(_ node: PgQuery__Constraint) -> ConstraintDefinition.Kind {
    let value = node.raw_expr.map(expression)
    switch node.contype {
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL: return .notNull
    case PG_QUERY__CONSTR_TYPE__CONSTR_NULL: return .null
    case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT: return value.map { .default($0) } ?? .other
    case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
      return .identity(
        always: text(node.generated_when) == "a", options: sequenceOptions(options(node.n_options, node.options)))
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
      onUpdate: action(text(node.fk_upd_action)), match: text(node.fk_matchtype) == "f" ? "FULL" : "SIMPLE",
      setColumns: names(each(node.n_fk_del_set_cols, node.fk_del_set_cols)))
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
    var exclusion = ConstraintDefinition.Exclusion(
      method: text(node.access_method) ?? "btree", elements: [], operators: [],
      filter: node.where_clause.map(expression))
    for item in each(node.n_exclusions, node.exclusions) {
      let parts = item.list
      guard let element = parts.first.flatMap(indexElement) else { continue }
      exclusion.elements.append(element)
      exclusion.operators.append(objectName(parts.count > 1 ? names(parts[1].list) : []))
    }
    return .exclusion(exclusion)
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
        ifNotExists: node.if_not_exists != 0, nullsNotDistinct: node.nulls_not_distinct != 0,
        options: parameters(node.n_options, node.options), isOnly: node.relation.map { $0.pointee.inh == 0 } ?? false))
  }

  func indexElement(_ node: NodePointer) -> CreateIndex.Element? {
    guard node.kind == PG_QUERY__NODE__NODE_INDEX_ELEM, let element = node.pointee.index_elem else { return nil }
    let isDescending = element.pointee.ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DESC
    let usual = isDescending ? PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST : PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST
    let nulls = element.pointee.nulls_ordering
    let opclass = names(each(element.pointee.n_opclass, element.pointee.opclass))
    let collation = names(element.pointee.n_collation, element.pointee.collation)
    var result = CreateIndex.Element(
      column: text(element.pointee.name), expression: element.pointee.expr.map(expression),
      collation: collation.isEmpty ? nil : objectName(collation),
      operatorClass: opclass.isEmpty ? nil : objectName(opclass), isDescending: isDescending,
      hasUnusualNulls: nulls != usual && nulls != PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_DEFAULT)
    result.simplify()
    return result
  }

  func createTableAs(_ node: PgQuery__CreateTableAsStmt) -> Action {
    guard let into = node.into, let relation = into.pointee.rel else { return .other("CreateTableAsStmt") }
    return .createTableAs(
      CreateTableAs(
        table: reference(relation), columns: names(each(into.pointee.n_col_names, into.pointee.col_names)),
        query: node.query.flatMap { $0.kind == PG_QUERY__NODE__NODE_SELECT_STMT ? query($0) : nil },
        prepared: node.query.flatMap {
          $0.kind == PG_QUERY__NODE__NODE_EXECUTE_STMT ? text($0.pointee.execute_stmt.pointee.name) : nil
        },
        isMaterializedView: node.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW, ifNotExists: node.if_not_exists != 0,
        persistence: persistence(relation), withData: into.pointee.skip_data == 0))
  }
}

extension CreateIndex.Element {
  /// A column in parentheses, with a collation or without, is a column (PostgreSQL source, `ComputeIndexAttrs`).
  fileprivate mutating func simplify() {
    while case .collate(let operand, let name, _) = expression, operand.isPlainColumn {
      collation = collation ?? name
      expression = operand
    }
    guard case .column(let path, isWhole: false, _) = expression, path.count == 1 else { return }
    column = path[0]
    expression = nil
  }
}

extension Expression {
  fileprivate var isPlainColumn: Bool {
    switch self {
    case .column(let path, let isWhole, _): path.count == 1 && !isWhole
    case .collate(let operand, _, _): operand.isPlainColumn
    default: false
    }
  }
}
