import CPgQuery

extension Lowering {
  func expressions(_ nodes: [NodePointer]) -> [Expression] { nodes.map(expression) }

  func expressions(_ count: Int, _ nodes: UnsafeMutablePointer<NodePointer?>?) -> [Expression] {
    count == 0 ? [] : each(count, nodes).map(expression)
  }

  func expression(_ node: NodePointer) -> Expression {
    depth < Self.depthLimit ? deeper.nested(node) : .other(node.typeName, [])
  }

  private func nested(_ node: NodePointer) -> Expression {
    switch node.kind {
    case PG_QUERY__NODE__NODE_COLUMN_REF: return column(node.pointee.column_ref)
    case PG_QUERY__NODE__NODE_A_CONST: return literal(node.pointee.a_const)
    case PG_QUERY__NODE__NODE_FUNC_CALL: return .call(call(node.pointee.func_call))
    case PG_QUERY__NODE__NODE_A_EXPR: return operation(node.pointee.a_expr)
    case PG_QUERY__NODE__NODE_BOOL_EXPR: return boolean(node.pointee.bool_expr)
    case PG_QUERY__NODE__NODE_TYPE_CAST:
      let cast = node.pointee.type_cast!
      return .cast(
        expression(cast.pointee.arg), typeName(cast.pointee.type_name), offset: offset(cast.pointee.location))
    case PG_QUERY__NODE__NODE_SUB_LINK: return .subquery(subquery(node.pointee.sub_link))
    case PG_QUERY__NODE__NODE_SELECT_STMT:
      return .subquery(Subquery(kind: .other, query: select(node.pointee.select_stmt), test: nil, offset: -1))
    case PG_QUERY__NODE__NODE_RES_TARGET:
      return node.pointee.res_target.pointee.val.map(expression) ?? .other("ResTarget", [])
    case PG_QUERY__NODE__NODE_NULL_TEST:
      let test = node.pointee.null_test!
      let kind: Expression.Test =
        test.pointee.nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NULL ? .null : .notNull
      return .test(kind, expression(test.pointee.arg), offset: offset(test.pointee.location))
    case PG_QUERY__NODE__NODE_BOOLEAN_TEST: return booleanTest(node.pointee.boolean_test)
    case PG_QUERY__NODE__NODE_CASE_EXPR: return .conditional(conditional(node.pointee.case_expr))
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
      let choice = node.pointee.coalesce_expr!
      return .choice(
        .coalesce, expressions(choice.pointee.n_args, choice.pointee.args), offset: offset(choice.pointee.location))
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
      let choice = node.pointee.min_max_expr!
      return .choice(
        choice.pointee.op == PG_QUERY__MIN_MAX_OP__IS_GREATEST ? .greatest : .least,
        expressions(choice.pointee.n_args, choice.pointee.args), offset: offset(choice.pointee.location))
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
      let array = node.pointee.a_array_expr!
      return .array(
        expressions(array.pointee.n_elements, array.pointee.elements), offset: offset(array.pointee.location))
    case PG_QUERY__NODE__NODE_ROW_EXPR:
      let row = node.pointee.row_expr!
      return .row(expressions(row.pointee.n_args, row.pointee.args), offset: offset(row.pointee.location))
    case PG_QUERY__NODE__NODE_PARAM_REF:
      return .parameter(
        Int(node.pointee.param_ref.pointee.number), offset: offset(node.pointee.param_ref.pointee.location))
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
      let clause = node.pointee.collate_clause!
      return .collate(
        expression(clause.pointee.arg), objectName(names(each(clause.pointee.n_collname, clause.pointee.collname))),
        offset: offset(clause.pointee.location))
    default: return rare(node)
    }
  }

  private func rare(_ node: NodePointer) -> Expression {
    switch node.kind {
    case PG_QUERY__NODE__NODE_A_INDIRECTION:
      let selection = node.pointee.a_indirection!
      return .selection(
        expression(selection.pointee.arg),
        selectors(each(selection.pointee.n_indirection, selection.pointee.indirection)))
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
      let value = node.pointee.sqlvalue_function!
      let name = Self.valueNames[value.pointee.op.rawValue] ?? "current_user"
      let precision = value.pointee.typmod < 0 ? nil : Int(value.pointee.typmod)
      return .value(name, precision: precision, offset: offset(value.pointee.location))
    case PG_QUERY__NODE__NODE_NAMED_ARG_EXPR:
      let argument = node.pointee.named_arg_expr!
      return .argument(
        text(argument.pointee.name) ?? "", expression(argument.pointee.arg), offset: offset(argument.pointee.location))
    case PG_QUERY__NODE__NODE_GROUPING_FUNC:
      let grouping = node.pointee.grouping_func!
      return .grouping(
        expressions(grouping.pointee.n_args, grouping.pointee.args), offset: offset(grouping.pointee.location))
    case PG_QUERY__NODE__NODE_SET_TO_DEFAULT:
      return .defaultValue(offset: offset(node.pointee.set_to_default.pointee.location))
    case PG_QUERY__NODE__NODE_MULTI_ASSIGN_REF: return expression(node.pointee.multi_assign_ref.pointee.source)
    case PG_QUERY__NODE__NODE_LIST:
      return node.list.count == 1 ? expression(node.list[0]) : .row(expressions(node.list), offset: -1)
    case PG_QUERY__NODE__NODE_XML_EXPR where node.pointee.xml_expr.pointee.op == PG_QUERY__XML_EXPR_OP__IS_DOCUMENT:
      return .other("IS DOCUMENT", expressions(node.childNodes))
    default: return .other(node.typeName, expressions(node.childNodes))
    }
  }

  /// `SQLValueFunctionOp` of the PostgreSQL source, one higher, as protobuf counts it.
  private static let valueNames: [UInt32: String] = [
    1: "current_date", 2: "current_time", 3: "current_time", 4: "current_timestamp", 5: "current_timestamp",
    6: "localtime", 7: "localtime", 8: "localtimestamp", 9: "localtimestamp", 10: "current_role", 11: "current_user",
    12: "user", 13: "session_user", 14: "current_catalog", 15: "current_schema",
  ]

  private func column(_ column: UnsafeMutablePointer<PgQuery__ColumnRef>) -> Expression {
    let fields = each(column.pointee.n_fields, column.pointee.fields)
    return .column(
      names(fields), isWhole: fields.last?.kind == PG_QUERY__NODE__NODE_A_STAR, offset: offset(column.pointee.location))
  }

  private func literal(_ constant: UnsafeMutablePointer<PgQuery__AConst>) -> Expression {
    let place = offset(constant.pointee.location)
    if constant.pointee.isnull != 0 { return .literal(.null, offset: place) }
    let value: Expression.Literal =
      switch constant.pointee.val_case {
      case PG_QUERY__A__CONST__VAL_IVAL: .integer(Int(constant.pointee.ival.pointee.ival))
      case PG_QUERY__A__CONST__VAL_FVAL: .number(text(constant.pointee.fval.pointee.fval) ?? "")
      case PG_QUERY__A__CONST__VAL_BOOLVAL: .boolean(constant.pointee.boolval.pointee.boolval != 0)
      case PG_QUERY__A__CONST__VAL_BSVAL: .bits(text(constant.pointee.bsval.pointee.bsval) ?? "")
      case PG_QUERY__A__CONST__VAL_SVAL: .string(String(cString: constant.pointee.sval.pointee.sval))
      default: .null
      }
    return .literal(value, offset: place)
  }

  func call(_ pointer: UnsafeMutablePointer<PgQuery__FuncCall>) -> FunctionCall {
    let node = pointer.pointee
    return FunctionCall(
      name: objectName(names(each(node.n_funcname, node.funcname))),
      arguments: expressions(node.n_args, node.args), orderBy: sortKeys(each(node.n_agg_order, node.agg_order)),
      filter: node.agg_filter.map(expression), window: node.over.map(window), isStar: node.agg_star != 0,
      isDistinct: node.agg_distinct != 0, isVariadic: node.func_variadic != 0,
      isWithinGroup: node.agg_within_group != 0, offset: offset(node.location))
  }

  func sortKeys(_ nodes: [NodePointer]) -> [SortKey] {
    nodes.filter { $0.kind == PG_QUERY__NODE__NODE_SORT_BY }.map { node in
      let key = node.pointee.sort_by!.pointee
      let using = names(each(key.n_use_op, key.use_op))
      return SortKey(
        value: expression(key.node), isDescending: key.sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC,
        nullsFirst: nullsFirst(key.sortby_nulls), using: using.isEmpty ? nil : objectName(using))
    }
  }

  private func nullsFirst(_ nulls: PgQuery__SortByNulls) -> Bool? {
    switch nulls {
    case PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST: true
    case PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST: false
    default: nil
    }
  }

  func window(_ pointer: UnsafeMutablePointer<PgQuery__WindowDef>) -> Window {
    let node = pointer.pointee
    return Window(
      name: text(node.name), base: text(node.refname),
      partitionBy: expressions(node.n_partition_clause, node.partition_clause),
      orderBy: sortKeys(each(node.n_order_clause, node.order_clause)), frame: Int(node.frame_options),
      frameStart: node.start_offset.map(expression), frameEnd: node.end_offset.map(expression))
  }

  private func operation(_ pointer: UnsafeMutablePointer<PgQuery__AExpr>) -> Expression {
    let node = pointer.pointee
    var operands: [Expression] = []
    if let left = node.lexpr { operands.append(expression(left)) }
    if let right = node.rexpr {
      if Self.takesList.contains(node.kind.rawValue), right.kind == PG_QUERY__NODE__NODE_LIST {
        operands += right.list.map(expression)
      } else {
        operands.append(expression(right))
      }
    }
    let kind: Operation.Kind =
      switch node.kind {
      case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY: .any
      case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL: .all
      case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT: .distinct
      case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT: .notDistinct
      case PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF: .nullIf
      case PG_QUERY__A__EXPR__KIND__AEXPR_IN: .inList
      case PG_QUERY__A__EXPR__KIND__AEXPR_LIKE: .like
      case PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE: .caseInsensitiveLike
      case PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR: .similar
      case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN: .between
      case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN: .notBetween
      case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM: .betweenSymmetric
      case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM: .notBetweenSymmetric
      default: .plain
      }
    return .operation(
      Operation(
        kind: kind, name: objectName(names(each(node.n_name, node.name))), operands: operands,
        offset: offset(node.location)))
  }

  private static let takesList: Set<UInt32> = [
    PG_QUERY__A__EXPR__KIND__AEXPR_IN.rawValue, PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN.rawValue,
    PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN.rawValue, PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM.rawValue,
    PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM.rawValue,
  ]

  private func boolean(_ node: UnsafeMutablePointer<PgQuery__BoolExpr>) -> Expression {
    let kind: Expression.BooleanOperator =
      switch node.pointee.boolop {
      case PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR: .and
      case PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR: .or
      default: .not
      }
    return .boolean(
      kind, expressions(node.pointee.n_args, node.pointee.args), offset: offset(node.pointee.location))
  }

  private func booleanTest(_ test: UnsafeMutablePointer<PgQuery__BooleanTest>) -> Expression {
    let kind: Expression.Test =
      switch test.pointee.booltesttype {
      case PG_QUERY__BOOL_TEST_TYPE__IS_TRUE: .isTrue
      case PG_QUERY__BOOL_TEST_TYPE__IS_NOT_TRUE: .notTrue
      case PG_QUERY__BOOL_TEST_TYPE__IS_FALSE: .isFalse
      case PG_QUERY__BOOL_TEST_TYPE__IS_NOT_FALSE: .notFalse
      case PG_QUERY__BOOL_TEST_TYPE__IS_UNKNOWN: .unknown
      default: .notUnknown
      }
    return .test(kind, expression(test.pointee.arg), offset: offset(test.pointee.location))
  }

  private func subquery(_ link: UnsafeMutablePointer<PgQuery__SubLink>) -> Subquery {
    let name = names(each(link.pointee.n_oper_name, link.pointee.oper_name))
    let comparison = name.isEmpty ? nil : objectName(name)
    let kind: Subquery.Kind =
      switch link.pointee.sub_link_type {
      case PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK: .exists
      case PG_QUERY__SUB_LINK_TYPE__ALL_SUBLINK: .all(comparison)
      case PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK: .any(comparison)
      case PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK: .scalar
      case PG_QUERY__SUB_LINK_TYPE__ARRAY_SUBLINK: .array
      default: .other
      }
    return Subquery(
      kind: kind, query: link.pointee.subselect.map { self.query($0) } ?? Query(),
      test: link.pointee.testexpr.map(expression), offset: offset(link.pointee.location))
  }

  private func conditional(_ node: UnsafeMutablePointer<PgQuery__CaseExpr>) -> Conditional {
    let branches = each(node.pointee.n_args, node.pointee.args).filter { $0.kind == PG_QUERY__NODE__NODE_CASE_WHEN }
    return Conditional(
      operand: node.pointee.arg.map(expression),
      branches: branches.map {
        Conditional.Branch(
          condition: expression($0.pointee.case_when.pointee.expr),
          result: expression($0.pointee.case_when.pointee.result)
        )
      }, otherwise: node.pointee.defresult.map(expression), offset: offset(node.pointee.location))
  }

  func selectors(_ nodes: [NodePointer]) -> [Expression.Selector] {
    nodes.compactMap { node in
      switch node.kind {
      case PG_QUERY__NODE__NODE_STRING: return .field(node.string ?? "")
      case PG_QUERY__NODE__NODE_A_STAR: return .all
      case PG_QUERY__NODE__NODE_A_INDICES:
        let indices = node.pointee.a_indices!
        if indices.pointee.is_slice != 0 {
          return .slice(indices.pointee.lidx.map(expression), indices.pointee.uidx.map(expression))
        }
        return indices.pointee.uidx.map { .element(expression($0)) }
      default: return nil
      }
    }
  }
}
