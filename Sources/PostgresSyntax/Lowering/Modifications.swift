import CPgQuery

/// Statements that change rows.
extension Lowering {
  func insert(_ node: PgQuery__InsertStmt) -> Action {
    var change = modification(node.relation)
    change.columns = each(node.n_cols, node.cols).compactMap(columnTarget)
    change.source = node.select_stmt.map { query($0) }
    change.with = with(node.with_clause)
    change.conflict = node.on_conflict_clause.map { conflict($0.pointee) }
    change.returning = targets(node.n_returning_list, node.returning_list)
    change.overridesSystemValues = node.override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_SYSTEM_VALUE
    change.overridesUserValues = node.override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_USER_VALUE
    return .insert(change)
  }

  func update(_ node: PgQuery__UpdateStmt) -> Action {
    var change = modification(node.relation)
    change.columns = each(node.n_target_list, node.target_list).compactMap(columnTarget)
    change.from = each(node.n_from_clause, node.from_clause).map(fromItem)
    change.filter = node.where_clause.map(expression)
    change.with = with(node.with_clause)
    change.returning = targets(node.n_returning_list, node.returning_list)
    return .update(change)
  }

  func delete(_ node: PgQuery__DeleteStmt) -> Action {
    var change = modification(node.relation)
    change.from = each(node.n_using_clause, node.using_clause).map(fromItem)
    change.filter = node.where_clause.map(expression)
    change.with = with(node.with_clause)
    change.returning = targets(node.n_returning_list, node.returning_list)
    return .delete(change)
  }

  func merge(_ node: PgQuery__MergeStmt) -> Action {
    var change = modification(node.relation)
    if let source = node.source_relation { change.from = [fromItem(source)] }
    change.filter = node.join_condition.map(expression)
    change.with = with(node.with_clause)
    change.cases = each(node.n_merge_when_clauses, node.merge_when_clauses).filter {
      $0.kind == PG_QUERY__NODE__NODE_MERGE_WHEN_CLAUSE
    }.map { mergeCase($0.pointee.merge_when_clause.pointee) }
    return .merge(change)
  }

  private func modification(_ relation: UnsafeMutablePointer<PgQuery__RangeVar>?) -> Modification {
    Modification(table: reference(relation), alias: alias(relation?.pointee.alias))
  }

  private func mergeCase(_ node: PgQuery__MergeWhenClause) -> Modification.Case {
    let kind: Modification.Case.Kind =
      switch node.command_type {
      case PG_QUERY__CMD_TYPE__CMD_INSERT: .insert
      case PG_QUERY__CMD_TYPE__CMD_UPDATE: .update
      case PG_QUERY__CMD_TYPE__CMD_DELETE: .delete
      default: .nothing
      }
    return Modification.Case(
      kind: kind, isMatched: node.matched != 0, condition: node.condition.map(expression),
      columns: each(node.n_target_list, node.target_list).compactMap(columnTarget),
      values: expressions(node.n_values, node.values),
      overridesSystemValues: node.override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_SYSTEM_VALUE,
      overridesUserValues: node.override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_USER_VALUE)
  }

  private func conflict(_ node: PgQuery__OnConflictClause) -> Modification.Conflict {
    let infer = node.infer?.pointee
    return Modification.Conflict(
      elements: infer.map { each($0.n_index_elems, $0.index_elems).compactMap(indexElement) } ?? [],
      filter: infer?.where_clause.map(expression), constraint: infer.flatMap { text($0.conname) },
      doesUpdate: node.action == PG_QUERY__ON_CONFLICT_ACTION__ONCONFLICT_UPDATE,
      assignments: each(node.n_target_list, node.target_list).compactMap(columnTarget),
      condition: node.where_clause.map(expression), offset: offset(infer?.location ?? node.location))
  }

  private func columnTarget(_ node: NodePointer) -> Modification.Column? {
    guard node.kind == PG_QUERY__NODE__NODE_RES_TARGET, let target = node.pointee.res_target?.pointee else {
      return nil
    }
    var position: Int?
    if let value = target.val, value.kind == PG_QUERY__NODE__NODE_MULTI_ASSIGN_REF {
      position = Int(value.pointee.multi_assign_ref.pointee.colno) - 1
    }
    return Modification.Column(
      name: text(target.name) ?? "", selectors: selectors(each(target.n_indirection, target.indirection)),
      value: target.val.map(expression), position: position, offset: offset(target.location))
  }
}
