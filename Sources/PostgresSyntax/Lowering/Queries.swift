import CPgQuery

extension Lowering {
  /// A query node; anything else that may stand in its place becomes an empty query.
  func query(_ node: NodePointer) -> Query {
    node.kind == PG_QUERY__NODE__NODE_SELECT_STMT ? select(node.pointee.select_stmt) : Query()
  }

  func select(_ select: UnsafeMutablePointer<PgQuery__SelectStmt>) -> Query {
    let node = select.pointee
    var query = Query()
    query.with = with(node.with_clause)
    query.targets = each(node.n_target_list, node.target_list).map(target)
    query.from = each(node.n_from_clause, node.from_clause).map(fromItem)
    query.filter = node.where_clause.map(expression)
    query.otherExpressions =
      expressions(each(node.n_group_clause, node.group_clause)) + (node.having_clause.map { [expression($0)] } ?? [])
      + expressions(each(node.n_sort_clause, node.sort_clause)) + (node.limit_count.map { [expression($0)] } ?? [])
      + (node.limit_offset.map { [expression($0)] } ?? []) + expressions(each(node.n_window_clause, node.window_clause))
      + each(node.n_values_lists, node.values_lists).flatMap { expressions($0.list) }
      + expressions(each(node.n_distinct_clause, node.distinct_clause).filter { $0.kind.rawValue != 0 })
    if depth < Self.depthLimit {
      query.operands = [node.larg, node.rarg].compactMap { $0 }.map { deeper.select($0) }
    }
    query.into = node.into_clause.flatMap { $0.pointee.rel }.map { reference($0) }
    return query
  }

  private func target(_ node: NodePointer) -> Query.Target {
    guard node.kind == PG_QUERY__NODE__NODE_RES_TARGET, let target = node.pointee.res_target else {
      return Query.Target(name: nil, value: expression(node), offset: -1)
    }
    return Query.Target(
      name: text(target.pointee.name), value: target.pointee.val.map(expression) ?? .other("ResTarget", []),
      offset: offset(target.pointee.location))
  }

  func with(_ clause: UnsafeMutablePointer<PgQuery__WithClause>?) -> [CommonTableExpression] {
    guard let clause else { return [] }
    return each(clause.pointee.n_ctes, clause.pointee.ctes).compactMap { node in
      guard node.kind == PG_QUERY__NODE__NODE_COMMON_TABLE_EXPR, let item = node.pointee.common_table_expr,
        let statement = item.pointee.ctequery
      else { return nil }
      return CommonTableExpression(name: text(item.pointee.ctename) ?? "", statement: action(statement))
    }
  }

  func fromItem(_ node: NodePointer) -> FromItem {
    switch node.kind {
    case PG_QUERY__NODE__NODE_RANGE_VAR:
      let relation = node.pointee.range_var!
      return .relation(reference(relation), alias: alias(relation.pointee.alias))
    case PG_QUERY__NODE__NODE_RANGE_SUBSELECT:
      let item = node.pointee.range_subselect!
      return .subquery(item.pointee.subquery.map { query($0) } ?? Query(), alias: alias(item.pointee.alias))
    case PG_QUERY__NODE__NODE_RANGE_FUNCTION:
      let item = node.pointee.range_function!
      let calls = each(item.pointee.n_functions, item.pointee.functions).flatMap(\.list)
      return .function(calls.filter { $0.kind.rawValue != 0 }.map(expression), alias: alias(item.pointee.alias))
    case PG_QUERY__NODE__NODE_JOIN_EXPR:
      let join = node.pointee.join_expr!
      guard let left = join.pointee.larg, let right = join.pointee.rarg, depth < Self.depthLimit else {
        return .other([])
      }
      return .join(deeper.fromItem(left), deeper.fromItem(right), condition: join.pointee.quals.map(expression))
    default: return .other(expressions(node.childNodes))
    }
  }

  private func alias(_ alias: UnsafeMutablePointer<PgQuery__Alias>?) -> String? {
    alias.flatMap { text($0.pointee.aliasname) }
  }

  // MARK: - Statements that change rows

  func insert(_ node: PgQuery__InsertStmt) -> Action {
    var change = Modification(table: reference(node.relation))
    change.columns = each(node.n_cols, node.cols).compactMap(columnTarget)
    change.source = node.select_stmt.map { query($0) }
    change.with = with(node.with_clause)
    if let conflict = node.on_conflict_clause {
      change.otherExpressions = expressions(each(conflict.pointee.n_target_list, conflict.pointee.target_list))
      if let filter = conflict.pointee.where_clause { change.otherExpressions.append(expression(filter)) }
    }
    change.otherExpressions += expressions(each(node.n_returning_list, node.returning_list))
    return .insert(change)
  }

  func update(_ node: PgQuery__UpdateStmt) -> Action {
    var change = Modification(table: reference(node.relation))
    change.columns = each(node.n_target_list, node.target_list).compactMap(columnTarget)
    change.from = each(node.n_from_clause, node.from_clause).map(fromItem)
    change.filter = node.where_clause.map(expression)
    change.with = with(node.with_clause)
    change.otherExpressions = expressions(each(node.n_returning_list, node.returning_list))
    return .update(change)
  }

  func delete(_ node: PgQuery__DeleteStmt) -> Action {
    var change = Modification(table: reference(node.relation))
    change.from = each(node.n_using_clause, node.using_clause).map(fromItem)
    change.filter = node.where_clause.map(expression)
    change.with = with(node.with_clause)
    change.otherExpressions = expressions(each(node.n_returning_list, node.returning_list))
    return .delete(change)
  }

  func merge(_ node: PgQuery__MergeStmt) -> Action {
    var change = Modification(table: reference(node.relation))
    if let source = node.source_relation { change.from = [fromItem(source)] }
    change.filter = node.join_condition.map(expression)
    change.with = with(node.with_clause)
    change.otherExpressions = expressions(each(node.n_merge_when_clauses, node.merge_when_clauses))
    return .merge(change)
  }

  private func columnTarget(_ node: NodePointer) -> Modification.Column? {
    guard node.kind == PG_QUERY__NODE__NODE_RES_TARGET, let target = node.pointee.res_target else { return nil }
    return Modification.Column(
      name: text(target.pointee.name) ?? "", value: target.pointee.val.map(expression),
      offset: offset(target.pointee.location))
  }
}
