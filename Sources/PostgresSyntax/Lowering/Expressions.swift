import CPgQuery

extension Lowering {
  func expressions(_ nodes: [NodePointer]) -> [Expression] { nodes.map(expression) }

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
    case PG_QUERY__NODE__NODE_SUB_LINK:
      let link = node.pointee.sub_link!
      let query = link.pointee.subselect.map { self.query($0) } ?? Query()
      return .subquery(query, test: link.pointee.testexpr.map(expression), offset: offset(link.pointee.location))
    case PG_QUERY__NODE__NODE_SELECT_STMT:
      return .subquery(select(node.pointee.select_stmt), test: nil, offset: -1)
    case PG_QUERY__NODE__NODE_RES_TARGET:
      return node.pointee.res_target.pointee.val.map(expression) ?? .other("ResTarget", [])
    case PG_QUERY__NODE__NODE_LIST where node.list.count == 1: return expression(node.list[0])
    default: return .other(node.typeName, expressions(node.childNodes))
    }
  }

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

  func call(_ call: UnsafeMutablePointer<PgQuery__FuncCall>) -> FunctionCall {
    var modifiers = expressions(each(call.pointee.n_agg_order, call.pointee.agg_order))
    if let filter = call.pointee.agg_filter { modifiers.append(expression(filter)) }
    if let window = call.pointee.over {
      modifiers += expressions(each(window.pointee.n_partition_clause, window.pointee.partition_clause))
      modifiers += expressions(each(window.pointee.n_order_clause, window.pointee.order_clause))
    }
    return FunctionCall(
      name: objectName(names(each(call.pointee.n_funcname, call.pointee.funcname))),
      arguments: expressions(each(call.pointee.n_args, call.pointee.args)), modifiers: modifiers,
      isStar: call.pointee.agg_star != 0, offset: offset(call.pointee.location))
  }

  private func operation(_ operation: UnsafeMutablePointer<PgQuery__AExpr>) -> Expression {
    let name = names(each(operation.pointee.n_name, operation.pointee.name)).last ?? ""
    var operands: [Expression] = []
    for side in [operation.pointee.lexpr, operation.pointee.rexpr] {
      guard let side else { continue }
      operands += side.list.map(expression)
    }
    return .operation(name, operands, offset: offset(operation.pointee.location))
  }

  private func boolean(_ node: UnsafeMutablePointer<PgQuery__BoolExpr>) -> Expression {
    let kind: Expression.BooleanOperator =
      switch node.pointee.boolop {
      case PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR: .and
      case PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR: .or
      default: .not
      }
    return .boolean(
      kind, expressions(each(node.pointee.n_args, node.pointee.args)), offset: offset(node.pointee.location))
  }
}
