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
    query.isRecursive = node.with_clause.map { $0.pointee.recursive != 0 } ?? false
    query.targets = targets(node.n_target_list, node.target_list)
    query.from = each(node.n_from_clause, node.from_clause).map(fromItem)
    query.filter = node.where_clause.map(expression)
    query.groupBy = expressions(node.n_group_clause, node.group_clause)
    query.having = node.having_clause.map(expression)
    query.windows = each(node.n_window_clause, node.window_clause).filter {
      $0.kind == PG_QUERY__NODE__NODE_WINDOW_DEF
    }.map { window($0.pointee.window_def) }
    query.orderBy = sortKeys(each(node.n_sort_clause, node.sort_clause))
    query.limit = node.limit_count.map(expression)
    query.skip = node.limit_offset.map(expression)
    query.values = each(node.n_values_lists, node.values_lists).map { expressions($0.list) }
    if node.n_distinct_clause > 0 {
      let keys = each(node.n_distinct_clause, node.distinct_clause).filter { $0.kind.rawValue != 0 }
      query.distinct = keys.isEmpty ? .all : .on(expressions(keys))
    }
    if let left = node.larg, let right = node.rarg {
      // Without operands it is one that goes deeper than anybody writes.
      if depth < Self.depthLimit { query.operands = [deeper.select(left), deeper.select(right)] }
      let kind: Query.SetOperation.Kind =
        switch node.op {
        case PG_QUERY__SET_OPERATION__SETOP_INTERSECT: .intersect
        case PG_QUERY__SET_OPERATION__SETOP_EXCEPT: .except
        default: .union
        }
      query.setOperation = Query.SetOperation(kind: kind, isAll: node.all != 0)
    }
    query.into = node.into_clause.flatMap { $0.pointee.rel }.map { reference($0) }
    query.locking = each(node.n_locking_clause, node.locking_clause).filter {
      $0.kind == PG_QUERY__NODE__NODE_LOCKING_CLAUSE
    }.map { locking($0.pointee.locking_clause.pointee) }
    return query
  }

  func targets(_ count: Int, _ nodes: UnsafeMutablePointer<NodePointer?>?) -> [Query.Target] {
    each(count, nodes).map(target)
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
      guard node.kind == PG_QUERY__NODE__NODE_COMMON_TABLE_EXPR, let item = node.pointee.common_table_expr?.pointee,
        let statement = item.ctequery
      else { return nil }
      let isMaterialized: Bool? =
        switch item.ctematerialized {
        case PG_QUERY__CTEMATERIALIZE__CTEMaterializeAlways: true
        case PG_QUERY__CTEMATERIALIZE__CTEMaterializeNever: false
        default: nil
        }
      return CommonTableExpression(
        name: text(item.ctename) ?? "", columns: names(each(item.n_aliascolnames, item.aliascolnames)),
        statement: action(statement), offset: offset(item.location), isMaterialized: isMaterialized,
        addsColumns: item.search_clause != nil || item.cycle_clause != nil)
    }
  }

  func fromItem(_ node: NodePointer) -> FromItem {
    switch node.kind {
    case PG_QUERY__NODE__NODE_RANGE_VAR:
      let relation = node.pointee.range_var!
      return .relation(reference(relation), alias: alias(relation.pointee.alias))
    case PG_QUERY__NODE__NODE_RANGE_SUBSELECT:
      let item = node.pointee.range_subselect!
      return .subquery(
        item.pointee.subquery.map { query($0) } ?? Query(), alias: alias(item.pointee.alias),
        isLateral: item.pointee.lateral != 0)
    case PG_QUERY__NODE__NODE_RANGE_FUNCTION: return .function(functionItem(node.pointee.range_function.pointee))
    case PG_QUERY__NODE__NODE_JOIN_EXPR:
      return join(node.pointee.join_expr.pointee) ?? .other([], alias: nil, columns: [])
    case PG_QUERY__NODE__NODE_RANGE_TABLE_SAMPLE:
      return node.pointee.range_table_sample.pointee.relation.map { fromItem($0) }
        ?? .other([], alias: nil, columns: [])
    case PG_QUERY__NODE__NODE_RANGE_TABLE_FUNC:
      let item = node.pointee.range_table_func!.pointee
      let columns = each(item.n_columns, item.columns).filter {
        $0.kind == PG_QUERY__NODE__NODE_RANGE_TABLE_FUNC_COL
      }.map { column -> (name: String, type: TypeName?) in
        let column = column.pointee.range_table_func_col.pointee
        return (text(column.colname) ?? "", column.type_name.map(typeName))
      }
      let inside = [item.docexpr, item.rowexpr].compactMap { $0 }.map(expression)
      return .other(inside, alias: alias(item.alias) ?? Alias(name: "xmltable", columns: []), columns: columns)
    default: return .other(expressions(node.childNodes), alias: nil, columns: [])
    }
  }

  private func locking(_ node: PgQuery__LockingClause) -> Query.Locking {
    let strength =
      switch node.strength {
      case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORKEYSHARE: "KEY SHARE"
      case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORSHARE: "SHARE"
      case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORNOKEYUPDATE: "NO KEY UPDATE"
      default: "UPDATE"
      }
    return Query.Locking(strength: strength, tables: references(each(node.n_locked_rels, node.locked_rels)))
  }

  private func functionItem(_ item: PgQuery__RangeFunction) -> FunctionItem {
    let definitions = columns(each(item.n_coldeflist, item.coldeflist))
    let calls = each(item.n_functions, item.functions).compactMap { node -> FunctionItem.Call? in
      let parts = node.list
      guard let call = parts.first, call.kind.rawValue != 0 else { return nil }
      let own = parts.count > 1 && parts[1].kind == PG_QUERY__NODE__NODE_LIST ? columns(parts[1].list) : []
      return FunctionItem.Call(expression: expression(call), columns: own.isEmpty ? definitions : own)
    }
    return FunctionItem(
      calls: calls, alias: alias(item.alias), isLateral: item.lateral != 0, hasOrdinality: item.ordinality != 0,
      isRowsFrom: item.is_rowsfrom != 0)
  }

  private func join(_ join: PgQuery__JoinExpr) -> FromItem? {
    guard let left = join.larg, let right = join.rarg, depth < Self.depthLimit else { return nil }
    let kind: Join.Kind =
      switch join.jointype {
      case PG_QUERY__JOIN_TYPE__JOIN_LEFT: .left
      case PG_QUERY__JOIN_TYPE__JOIN_RIGHT: .right
      case PG_QUERY__JOIN_TYPE__JOIN_FULL: .full
      default: .inner
      }
    return .join(
      Join(
        kind: kind, isNatural: join.is_natural != 0, left: deeper.fromItem(left), right: deeper.fromItem(right),
        using: names(each(join.n_using_clause, join.using_clause)),
        usingAlias: join.join_using_alias.flatMap { text($0.pointee.aliasname) },
        condition: join.quals.map(expression), alias: alias(join.alias)))
  }

  func alias(_ alias: UnsafeMutablePointer<PgQuery__Alias>?) -> Alias? {
    guard let alias, let name = text(alias.pointee.aliasname) else { return nil }
    return Alias(name: name, columns: names(each(alias.pointee.n_colnames, alias.pointee.colnames)))
  }
}
