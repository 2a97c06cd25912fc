import CPgQuery

extension Lowering {
  func createSequence(_ node: PgQuery__CreateSeqStmt) -> CreateSequence {
    sequence(node.sequence, options(node.n_options, node.options), ifNotExists: node.if_not_exists != 0)
  }

  func alterSequence(_ node: PgQuery__AlterSeqStmt) -> CreateSequence {
    sequence(node.sequence, options(node.n_options, node.options), ifNotExists: node.missing_ok != 0)
  }

  private func sequence(
    _ relation: UnsafeMutablePointer<PgQuery__RangeVar>, _ options: [Option], ifNotExists: Bool
  ) -> CreateSequence {
    var sequence = CreateSequence(
      sequence: reference(relation), ifNotExists: ifNotExists, options: sequenceOptions(options),
      persistence: persistence(relation))
    for option in options {
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

  func sequenceOptions(_ options: [Option]) -> CreateSequence.Options {
    var result = CreateSequence.Options()
    for option in options {
      switch option.name {
      case "start": result.start = Int(option.value)
      case "increment": result.increment = Int(option.value)
      case "minvalue": result.minimum = Int(option.value)
      case "maxvalue": result.maximum = Int(option.value)
      case "cache": result.cache = Int(option.value)
      case "cycle": result.isCycling = option.isTrue
      case "restart": result.isRestart = true
      case "sequence_name": result.name = option.argument.map { objectName(names($0.list)) }
      default: break
      }
    }
    return result
  }

  func createView(_ node: PgQuery__ViewStmt) -> Action {
    var options = parameters(node.n_options, node.options)
    switch node.with_check_option {
    case PG_QUERY__VIEW_CHECK_OPTION__LOCAL_CHECK_OPTION: options["check_option"] = "local"
    case PG_QUERY__VIEW_CHECK_OPTION__CASCADED_CHECK_OPTION: options["check_option"] = "cascaded"
    default: break
    }
    return .createView(
      CreateView(
        view: reference(node.view), columns: names(each(node.n_aliases, node.aliases)),
        query: node.query.map { query($0) } ?? Query(), orReplace: node.replace != 0,
        isTemporary: persistence(node.view) == .temporary, options: options))
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
    for option in options(node.n_options, node.options) {
      switch option.name {
      case "language": language = option.value.lowercased()
      case "volatility": function.volatility = option.value
      case "security": function.isSecurityDefiner = option.isTrue
      case "strict": function.isStrict = option.isTrue
      case "leakproof": function.isLeakproof = option.isTrue
      case "window": function.isWindow = option.isTrue
      case "parallel": function.parallel = option.value
      case "cost": function.cost = option.value
      case "rows": function.rows = option.value
      case "as":
        if let source = option.argument.flatMap({ names($0.list).first }) {
          function.body = CodeBody(language: "", text: source, offset: option.offset)
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
    function.body?.statements = node.sql_body.map(sqlBody)
    return .createFunction(function)
  }

  /// The statements of an SQL-standard body: a list of lists for `BEGIN ATOMIC`, one node for `RETURN`.
  private func sqlBody(_ node: NodePointer) -> [Action] {
    node.list.flatMap { $0.list }.compactMap { statement in
      if statement.kind == PG_QUERY__NODE__NODE_RETURN_STMT {
        var query = Query()
        if let value = statement.pointee.return_stmt.pointee.returnval {
          query.targets = [Query.Target(name: nil, value: expression(value), offset: -1)]
        }
        return .query(query)
      }
      return statement.kind.rawValue == 0 ? nil : action(statement)
    }
  }

  func argument(_ pointer: UnsafeMutablePointer<PgQuery__FunctionParameter>) -> CreateFunction.Argument {
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
    var transitions: (old: String?, new: String?)
    for item in each(node.n_transition_rels, node.transition_rels)
    where item.kind == PG_QUERY__NODE__NODE_TRIGGER_TRANSITION {
      let transition = item.pointee.trigger_transition!.pointee
      if transition.is_new != 0 {
        transitions.new = text(transition.name)
      } else {
        transitions.old = text(transition.name)
      }
    }
    let timing: CreateTrigger.Timing = node.timing & 2 != 0 ? .before : node.timing & 64 != 0 ? .insteadOf : .after
    return .createTrigger(
      CreateTrigger(
        name: text(node.trigname) ?? "", table: reference(node.relation),
        function: objectName(names(each(node.n_funcname, node.funcname))), timing: timing,
        events: events.filter { node.events & $0.bit != 0 }.map(\.event), isForEachRow: node.row != 0,
        orReplace: node.replace != 0, when: node.when_clause.map(expression),
        columns: names(node.n_columns, node.columns),
        arguments: names(node.n_args, node.args), isConstraint: node.isconstraint != 0,
        isDeferrable: node.deferrable != 0, isInitiallyDeferred: node.initdeferred != 0,
        referenced: node.constrrel.map { reference($0) }, oldTable: transitions.old, newTable: transitions.new))
  }

  func createDomain(_ node: PgQuery__CreateDomainStmt) -> Action {
    let constraints = each(node.n_constraints, node.constraints).filter { $0.kind == PG_QUERY__NODE__NODE_CONSTRAINT }
    return .createType(
      CreateType(
        name: objectName(names(each(node.n_domainname, node.domainname))),
        kind: .domain(typeName(node.type_name), constraints.map { constraint($0.pointee.constraint) })))
  }

  func createComposite(_ node: PgQuery__CompositeTypeStmt) -> Action {
    let name = reference(node.typevar)
    return .createType(
      CreateType(
        name: name.name, kind: .composite(columns(each(node.n_coldeflist, node.coldeflist))), offset: name.offset))
  }

  func createExtension(_ node: PgQuery__CreateExtensionStmt) -> Action {
    let options = options(node.n_options, node.options)
    return .createExtension(
      CreateExtension(
        name: text(node.extname) ?? "", schema: options.first { $0.name == "schema" }?.value,
        ifNotExists: node.if_not_exists != 0, isCascade: options.contains { $0.name == "cascade" }))
  }

  func createSchema(_ node: PgQuery__CreateSchemaStmt) -> Action {
    let owner = node.authrole.map { role($0) }
    return .createSchema(
      CreateSchema(
        name: text(node.schemaname) ?? owner?.text ?? "", ifNotExists: node.if_not_exists != 0,
        elements: each(node.n_schema_elts, node.schema_elts).map(action), owner: owner))
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
    let isReset =
      switch node.kind {
      case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET, PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL,
        PG_QUERY__VARIABLE_SET_KIND__VAR_SET_DEFAULT:
        true
      default: false
      }
    return SetVariable(name: text(node.name) ?? "", values: values, isLocal: node.is_local != 0, isReset: isReset)
  }

  func doBlock(_ node: PgQuery__DoStmt) -> Action {
    let options = options(node.n_args, node.args)
    let source = options.first { $0.name == "as" }
    return .doBlock(
      CodeBody(
        language: options.first { $0.name == "language" }?.value.lowercased() ?? "plpgsql", text: source?.value ?? "",
        offset: source?.offset ?? -1))
  }

  func createRule(_ node: PgQuery__RuleStmt) -> Action {
    let event =
      switch node.event {
      case PG_QUERY__CMD_TYPE__CMD_INSERT: "INSERT"
      case PG_QUERY__CMD_TYPE__CMD_UPDATE: "UPDATE"
      case PG_QUERY__CMD_TYPE__CMD_DELETE: "DELETE"
      default: "SELECT"
      }
    return .createRule(
      CreateRule(
        name: text(node.rulename) ?? "", table: reference(node.relation), event: event, isInstead: node.instead != 0,
        orReplace: node.replace != 0, condition: node.where_clause.map(expression),
        actions: each(node.n_actions, node.actions).filter { $0.kind.rawValue != 0 }.map(action)))
  }
}
