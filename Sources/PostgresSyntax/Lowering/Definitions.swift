import CPgQuery

/// Statements that define or change the rarer kinds of object.
extension Lowering {
  func define(_ node: PgQuery__DefineStmt) -> Action {
    let name = objectName(names(node.n_defnames, node.defnames))
    let options = options(node.n_definition, node.definition)
    switch node.kind {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE:
      if options.isEmpty { return .createType(CreateType(name: name, kind: .shell)) }
      return .createType(CreateType(name: name, kind: .base(values(options))))
    case PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE: return .createAggregate(aggregate(node, name, options))
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR:
      return .createOperator(
        CreateOperator(
          name: name, left: type(options, "leftarg"), right: type(options, "rightarg"),
          function: functionName(options, "function") ?? functionName(options, "procedure")))
    default:
      let kind = objectKind(node.kind)
      var references: [Target] = []
      for (option, kind) in [
        ("template", ObjectKind.textSearchTemplate), ("parser", .textSearchParser), ("copy", .textSearchConfiguration),
        ("from", .collation),
      ] {
        if let name = functionName(options, option) { references.append(Target(kind: kind, name: name)) }
      }
      return .define(
        Definition(
          target: Target(kind: kind, name: name), orReplace: node.replace != 0, ifNotExists: node.if_not_exists != 0,
          isAlter: false, references: references, options: values(options)))
    }
  }

  private func aggregate(_ node: PgQuery__DefineStmt, _ name: ObjectName, _ options: [Option]) -> CreateAggregate {
    var aggregate = CreateAggregate(
      name: name, arguments: [], orReplace: node.replace != 0, transitionFunction: functionName(options, "sfunc"),
      transitionType: type(options, "stype"), finalFunction: functionName(options, "finalfunc"))
    // The arguments are a list of parameters and the number of direct ones, -1 for an ordinary aggregate.
    let parts = each(node.n_args, node.args)
    if let list = parts.first {
      aggregate.arguments = (list.kind == PG_QUERY__NODE__NODE_LIST ? list.list : []).filter {
        $0.kind == PG_QUERY__NODE__NODE_FUNCTION_PARAMETER
      }.map { argument($0.pointee.function_parameter) }
    }
    if parts.count > 1, let direct = integer(parts[1]), direct >= 0 { aggregate.directArguments = direct }
    aggregate.hasExtraFinalArguments = options.contains { $0.name == "finalfunc_extra" && $0.value != "false" }
    if node.oldstyle != 0, let base = type(options, "basetype"), base.name.name != "ANY", base.name.name != "any" {
      aggregate.arguments = [CreateFunction.Argument(name: nil, type: base, mode: .in, defaultValue: nil)]
      aggregate.transitionFunction = functionName(options, "sfunc1") ?? aggregate.transitionFunction
      aggregate.transitionType = type(options, "stype1") ?? aggregate.transitionType
    }
    return aggregate
  }

  private func type(_ options: [Option], _ name: String) -> TypeName? {
    guard let argument = options.first(where: { $0.name == name })?.argument else { return nil }
    if argument.kind == PG_QUERY__NODE__NODE_TYPE_NAME { return typeName(argument.pointee.type_name) }
    return argument.string.map { TypeName(name: ObjectName($0)) }
  }

  /// A name that the grammar reads as a type or as a string.
  private func functionName(_ options: [Option], _ name: String) -> ObjectName? {
    guard let argument = options.first(where: { $0.name == name })?.argument else { return nil }
    switch argument.kind {
    case PG_QUERY__NODE__NODE_TYPE_NAME: return typeName(argument.pointee.type_name).name
    case PG_QUERY__NODE__NODE_LIST: return objectName(names(argument.list))
    default: return argument.string.map { ObjectName($0) }
    }
  }

  private func values(_ options: [Option]) -> [String: String] {
    Dictionary(options.map { ($0.name, $0.value) }) { $1 }
  }

  func createRange(_ node: PgQuery__CreateRangeStmt) -> Action {
    let options = options(node.n_params, node.params)
    return .createType(
      CreateType(
        name: objectName(names(node.n_type_name, node.type_name)),
        kind: .range(subtype: type(options, "subtype"), multirange: functionName(options, "multirange_type_name"))))
  }

  func createOperatorClass(_ node: PgQuery__CreateOpClassStmt) -> Action {
    let family = names(node.n_opfamilyname, node.opfamilyname)
    return .createOperatorClass(
      CreateOperatorClass(
        name: objectName(names(node.n_opclassname, node.opclassname)),
        family: family.isEmpty ? nil : objectName(family),
        method: text(node.amname) ?? "", type: typeName(node.datatype), isDefault: node.is_default != 0))
  }

  func createCast(_ node: PgQuery__CreateCastStmt) -> Action {
    let context: CreateCast.Context =
      switch node.context {
      case PG_QUERY__COERCION_CONTEXT__COERCION_IMPLICIT: .implicit
      case PG_QUERY__COERCION_CONTEXT__COERCION_ASSIGNMENT: .assignment
      default: .explicit
      }
    let function = node.func.map { function in
      Target(
        kind: .function, name: objectName(names(function.pointee.n_objname, function.pointee.objname)),
        signature: function.pointee.args_unspecified != 0
          ? nil : types(each(function.pointee.n_objargs, function.pointee.objargs)))
    }
    return .createCast(
      CreateCast(
        source: typeName(node.sourcetype), target: typeName(node.targettype), function: function, context: context))
  }

  func types(_ nodes: [NodePointer]) -> [TypeName] {
    nodes.filter { $0.kind == PG_QUERY__NODE__NODE_TYPE_NAME }.map { typeName($0.pointee.type_name) }
  }

  func createStatistics(_ node: PgQuery__CreateStatsStmt) -> Action {
    let name = names(node.n_defnames, node.defnames)
    let elements = each(node.n_exprs, node.exprs).filter { $0.kind == PG_QUERY__NODE__NODE_STATS_ELEM }
      .map { $0.pointee.stats_elem!.pointee }
    return .createStatistics(
      CreateStatistics(
        name: name.isEmpty ? nil : objectName(name), table: references(each(node.n_relations, node.relations)).first,
        kinds: names(node.n_stat_types, node.stat_types), columns: elements.compactMap { text($0.name) },
        expressions: elements.compactMap { $0.expr.map(expression) }, ifNotExists: node.if_not_exists != 0))
  }

  func publication(
    _ name: UnsafeMutablePointer<CChar>?, isForAllTables: Bool, _ objects: [NodePointer], _ options: [Option],
    change: CreatePublication.Change
  ) -> CreatePublication {
    var result = CreatePublication(
      name: text(name) ?? "", isForAllTables: isForAllTables, tables: [], schemas: [], change: change)
    if let published = options.last(where: { $0.name == "publish" }) {
      result.publishes = Set(
        published.value.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() })
    }
    for node in objects where node.kind == PG_QUERY__NODE__NODE_PUBLICATION_OBJ_SPEC {
      let object = node.pointee.publication_obj_spec!.pointee
      if let table = object.pubtable {
        result.tables.append(reference(table.pointee.relation))
        result.columns.append(names(table.pointee.n_columns, table.pointee.columns))
        result.filters.append(table.pointee.where_clause.map(expression))
      } else if let schema = text(object.name) {
        result.schemas.append(schema)
      }
    }
    return result
  }

  func alterPublication(_ node: PgQuery__AlterPublicationStmt) -> Action {
    let objects = each(node.n_pubobjects, node.pubobjects)
    let change: CreatePublication.Change =
      switch node.action {
      case PG_QUERY__ALTER_PUBLICATION_ACTION__AP_AddObjects: objects.isEmpty ? .options : .add
      case PG_QUERY__ALTER_PUBLICATION_ACTION__AP_DropObjects: .drop
      default: .set
      }
    return .alterPublication(
      publication(
        node.pubname, isForAllTables: false, objects, options(node.n_options, node.options),
        change: node.n_options > 0 ? .options : change))
  }

  func alterFunction(_ node: PgQuery__AlterFunctionStmt) -> Action {
    guard let function = node.func?.pointee else { return .other("AlterFunctionStmt") }
    var change = AlterFunction(
      target: Target(
        kind: objectKind(node.objtype), name: objectName(names(function.n_objname, function.objname)),
        signature: function.args_unspecified != 0 ? nil : types(each(function.n_objargs, function.objargs))),
      settings: [])
    for option in options(node.n_actions, node.actions) {
      switch option.name {
      case "volatility": change.volatility = option.value
      case "strict": change.isStrict = option.isTrue
      case "security": change.isSecurityDefiner = option.isTrue
      case "set":
        if let node = option.argument, node.kind == PG_QUERY__NODE__NODE_VARIABLE_SET_STMT {
          change.settings.append(setVariable(node.pointee.variable_set_stmt.pointee))
        }
      default: break
      }
    }
    return .alterFunction(change)
  }

  func alterDomain(_ node: PgQuery__AlterDomainStmt) -> Action {
    let name = text(node.name) ?? ""
    let change: AlterDomain.Change
    switch text(node.subtype) {
    case "T": change = .setDefault(node.def.map(expression))
    case "N": change = .dropNotNull
    case "O": change = .setNotNull
    case "C":
      guard let def = node.def, def.kind == PG_QUERY__NODE__NODE_CONSTRAINT else { return .other("AlterDomainStmt") }
      change = .addConstraint(constraint(def.pointee.constraint))
    case "X":
      change = .dropConstraint(
        name, ifExists: node.missing_ok != 0, cascade: node.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
    default: change = .validateConstraint(name)
    }
    return .alterDomain(AlterDomain(name: objectName(names(node.n_type_name, node.type_name)), change: change))
  }

  /// An object known by kind and name only.
  func definition(
    _ kind: ObjectKind, _ name: ObjectName, isAlter: Bool = false, orReplace: Bool = false, ifNotExists: Bool = false,
    references: [Target] = []
  ) -> Action {
    .define(
      Definition(
        target: Target(kind: kind, name: name), orReplace: orReplace, ifNotExists: ifNotExists, isAlter: isAlter,
        references: references, options: [:]))
  }

  func userMapping(_ role: UnsafeMutablePointer<PgQuery__RoleSpec>?, _ server: UnsafeMutablePointer<CChar>?)
    -> ObjectName
  {
    ObjectName("\(role.map { self.role($0).text } ?? "") on \(text(server) ?? "")")
  }
}
