import CPgQuery

extension Lowering {
  func createSequence(_ node: PgQuery__CreateSeqStmt) -> CreateSequence {
    sequence(node.sequence, node.n_options, node.options, ifNotExists: node.if_not_exists != 0)
  }

  func alterSequence(_ node: PgQuery__AlterSeqStmt) -> CreateSequence {
    sequence(node.sequence, node.n_options, node.options, ifNotExists: node.missing_ok != 0)
  }

  private func sequence(
    _ relation: UnsafeMutablePointer<PgQuery__RangeVar>, _ count: Int,
    _ nodes: UnsafeMutablePointer<NodePointer?>?, ifNotExists: Bool
  ) -> CreateSequence {
    var sequence = CreateSequence(sequence: reference(relation), ifNotExists: ifNotExists)
    for option in options(each(count, nodes)) {
      switch option.name {
      case "owned_by":
        let path = option.argument.map { names($0.list) } ?? []
        sequence.ownedBy = path == ["none"] ? [] : path
      case "as":
        if let type = option.argument, type.kind == PG_QUERY__NODE__NODE_TYPE_NAME {
          sequence.dataType = typeName(type.pointee.type_name)
        }
      default: break
      }
    }
    return sequence
  }

  func createView(_ node: PgQuery__ViewStmt) -> Action {
    let options = options(each(node.n_options, node.options)).map { ($0.name, $0.value.isEmpty ? "true" : $0.value) }
    return .createView(
      CreateView(
        view: reference(node.view), columns: names(each(node.n_aliases, node.aliases)),
        query: node.query.map { query($0) } ?? Query(), orReplace: node.replace != 0,
        isTemporary: persistence(node.view) == .temporary, options: Dictionary(options) { $1 }))
  }

  func createFunction(_ node: PgQuery__CreateFunctionStmt) -> Action {
    var function = CreateFunction(
      name: objectName(names(each(node.n_funcname, node.funcname))), isProcedure: node.is_procedure != 0,
      orReplace: node.replace != 0,
      arguments: each(node.n_parameters, node.parameters).filter {
        $0.kind == PG_QUERY__NODE__NODE_FUNCTION_PARAMETER
      }.map { argument($0.pointee.function_parameter) },
      returns: node.return_type.map(typeName), volatility: "volatile", isSecurityDefiner: false, settings: [])
    var language = node.sql_body == nil ? "" : "sql"
    for option in options(each(node.n_options, node.options)) {
      switch option.name {
      case "language": language = option.value.lowercased()
      case "volatility": function.volatility = option.value
      case "security": function.isSecurityDefiner = option.value == "true"
      case "as":
        if let source = option.argument.flatMap({ names($0.list).first }) {
          function.body = CodeBody(language: "", text: source)
        }
      case "set":
        if let node = option.argument, node.kind == PG_QUERY__NODE__NODE_VARIABLE_SET_STMT {
          function.settings.append(setVariable(node.pointee.variable_set_stmt.pointee))
        }
      default: break
      }
    }
    function.body?.language = language
    if function.body == nil { function.body = CodeBody(language: language, text: "") }
    return .createFunction(function)
  }

  private func argument(_ pointer: UnsafeMutablePointer<PgQuery__FunctionParameter>) -> CreateFunction.Argument {
    let mode: CreateFunction.Argument.Mode =
      switch pointer.pointee.mode {
      case PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_OUT: .out
      case PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_INOUT: .inOut
      case PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_VARIADIC: .variadic
      case PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_TABLE: .table
      default: .in
      }
    return CreateFunction.Argument(
      name: text(pointer.pointee.name), type: typeName(pointer.pointee.arg_type), mode: mode,
      defaultValue: pointer.pointee.defexpr.map(expression))
  }

  func createTrigger(_ node: PgQuery__CreateTrigStmt) -> Action {
    // Bits of pg_trigger.tgtype, which the grammar uses too (PostgreSQL source, catalog/pg_trigger.h).
    let events: [(bit: Int32, event: CreateTrigger.Event)] = [
      (4, .insert), (8, .delete), (16, .update), (32, .truncate),
    ]
    let timing: CreateTrigger.Timing = node.timing & 2 != 0 ? .before : node.timing & 64 != 0 ? .insteadOf : .after
    return .createTrigger(
      CreateTrigger(
        name: text(node.trigname) ?? "", table: reference(node.relation),
        function: objectName(names(each(node.n_funcname, node.funcname))), timing: timing,
        events: events.filter { node.events & $0.bit != 0 }.map(\.event), isForEachRow: node.row != 0,
        orReplace: node.replace != 0, when: node.when_clause.map(expression)))
  }

  func createDomain(_ node: PgQuery__CreateDomainStmt) -> Action {
    let constraints = each(node.n_constraints, node.constraints).filter { $0.kind == PG_QUERY__NODE__NODE_CONSTRAINT }
    return .createType(
      CreateType(
        name: objectName(names(each(node.n_domainname, node.domainname))),
        kind: .domain(typeName(node.type_name), constraints.map { constraint($0.pointee.constraint) })))
  }

  func createComposite(_ node: PgQuery__CompositeTypeStmt) -> Action {
    let columns = each(node.n_coldeflist, node.coldeflist).filter { $0.kind == PG_QUERY__NODE__NODE_COLUMN_DEF }
    return .createType(
      CreateType(
        name: reference(node.typevar).name, kind: .composite(columns.map { column($0.pointee.column_def) })))
  }

  func createExtension(_ node: PgQuery__CreateExtensionStmt) -> Action {
    let options = options(each(node.n_options, node.options))
    return .createExtension(
      CreateExtension(
        name: text(node.extname) ?? "", schema: options.first { $0.name == "schema" }?.value,
        ifNotExists: node.if_not_exists != 0, isCascade: options.contains { $0.name == "cascade" }))
  }

  func createSchema(_ node: PgQuery__CreateSchemaStmt) -> Action {
    let owner = node.authrole.map { role($0).text }
    return .createSchema(
      CreateSchema(
        name: text(node.schemaname) ?? owner ?? "", ifNotExists: node.if_not_exists != 0,
        elements: each(node.n_schema_elts, node.schema_elts).map(action)))
  }

  func createPolicy(_ node: PgQuery__CreatePolicyStmt) -> CreatePolicy {
    CreatePolicy(
      name: text(node.policy_name) ?? "", table: reference(node.table), command: text(node.cmd_name) ?? "all",
      isPermissive: node.permissive != 0, roles: roles(each(node.n_roles, node.roles)),
      using: node.qual.map(expression), withCheck: node.with_check.map(expression))
  }

  func alterPolicy(_ node: PgQuery__AlterPolicyStmt) -> CreatePolicy {
    CreatePolicy(
      name: text(node.policy_name) ?? "", table: reference(node.table), command: "", isPermissive: true,
      roles: roles(each(node.n_roles, node.roles)), using: node.qual.map(expression),
      withCheck: node.with_check.map(expression))
  }

  func setVariable(_ node: PgQuery__VariableSetStmt) -> SetVariable {
    let values = each(node.n_args, node.args).map { argument -> String in
      guard case .literal(let value, _) = expression(argument) else { return "" }
      return switch value {
      case .string(let text), .number(let text), .bits(let text): text
      case .integer(let number): String(number)
      case .boolean(let flag): flag ? "true" : "false"
      case .null: ""
      }
    }
    return SetVariable(name: text(node.name) ?? "", values: values, isLocal: node.is_local != 0)
  }

  func doBlock(_ node: PgQuery__DoStmt) -> Action {
    let options = options(each(node.n_args, node.args))
    return .doBlock(
      CodeBody(
        language: options.first { $0.name == "language" }?.value.lowercased() ?? "plpgsql",
        text: options.first { $0.name == "as" }?.value ?? ""))
  }
}
