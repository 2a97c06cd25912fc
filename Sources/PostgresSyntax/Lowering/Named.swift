import CPgQuery

/// Statements that name an object of any kind: DROP, ALTER … RENAME, GRANT, COMMENT.
extension Lowering {
  func objectKind(_ type: PgQuery__ObjectType) -> ObjectKind { Self.kinds[type.rawValue] ?? .other }

  private static let kinds: [UInt32: ObjectKind] = [
    PG_QUERY__OBJECT_TYPE__OBJECT_TABLE.rawValue: .table, PG_QUERY__OBJECT_TYPE__OBJECT_VIEW.rawValue: .view,
    PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW.rawValue: .materializedView,
    PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE.rawValue: .sequence, PG_QUERY__OBJECT_TYPE__OBJECT_INDEX.rawValue: .index,
    PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA.rawValue: .schema, PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN.rawValue: .column,
    PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE.rawValue: .attribute,
    PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT.rawValue: .constraint,
    PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT.rawValue: .domainConstraint,
    PG_QUERY__OBJECT_TYPE__OBJECT_TYPE.rawValue: .type, PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN.rawValue: .domain,
    PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION.rawValue: .function,
    PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE.rawValue: .procedure,
    PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE.rawValue: .aggregate,
    PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE.rawValue: .routine,
    PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER.rawValue: .trigger, PG_QUERY__OBJECT_TYPE__OBJECT_POLICY.rawValue: .policy,
    PG_QUERY__OBJECT_TYPE__OBJECT_RULE.rawValue: .rule, PG_QUERY__OBJECT_TYPE__OBJECT_ROLE.rawValue: .role,
    PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION.rawValue: .extension,
    PG_QUERY__OBJECT_TYPE__OBJECT_STATISTIC_EXT.rawValue: .statistics,
    PG_QUERY__OBJECT_TYPE__OBJECT_COLLATION.rawValue: .collation,
    PG_QUERY__OBJECT_TYPE__OBJECT_CONVERSION.rawValue: .conversion,
    PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR.rawValue: .operator,
    PG_QUERY__OBJECT_TYPE__OBJECT_OPCLASS.rawValue: .operatorClass,
    PG_QUERY__OBJECT_TYPE__OBJECT_OPFAMILY.rawValue: .operatorFamily,
    PG_QUERY__OBJECT_TYPE__OBJECT_CAST.rawValue: .cast, PG_QUERY__OBJECT_TYPE__OBJECT_LANGUAGE.rawValue: .language,
    PG_QUERY__OBJECT_TYPE__OBJECT_DATABASE.rawValue: .database,
    PG_QUERY__OBJECT_TYPE__OBJECT_PUBLICATION.rawValue: .publication,
    PG_QUERY__OBJECT_TYPE__OBJECT_SUBSCRIPTION.rawValue: .subscription,
    PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE.rawValue: .foreignTable,
    PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_SERVER.rawValue: .foreignServer,
    PG_QUERY__OBJECT_TYPE__OBJECT_FDW.rawValue: .foreignDataWrapper,
    PG_QUERY__OBJECT_TYPE__OBJECT_EVENT_TRIGGER.rawValue: .eventTrigger,
    PG_QUERY__OBJECT_TYPE__OBJECT_TABLESPACE.rawValue: .tablespace,
    PG_QUERY__OBJECT_TYPE__OBJECT_TSCONFIGURATION.rawValue: .textSearchConfiguration,
    PG_QUERY__OBJECT_TYPE__OBJECT_TSDICTIONARY.rawValue: .textSearchDictionary,
    PG_QUERY__OBJECT_TYPE__OBJECT_TSPARSER.rawValue: .textSearchParser,
    PG_QUERY__OBJECT_TYPE__OBJECT_TSTEMPLATE.rawValue: .textSearchTemplate,
    PG_QUERY__OBJECT_TYPE__OBJECT_TRANSFORM.rawValue: .transform,
    PG_QUERY__OBJECT_TYPE__OBJECT_ACCESS_METHOD.rawValue: .accessMethod,
    PG_QUERY__OBJECT_TYPE__OBJECT_LARGEOBJECT.rawValue: .largeObject,
    PG_QUERY__OBJECT_TYPE__OBJECT_USER_MAPPING.rawValue: .userMapping,
  ]

  /// The object that a statement gives as a list, a type, a relation or a signature.
  func target(_ kind: ObjectKind, _ node: NodePointer?) -> Target {
    guard let node else { return Target(kind: kind, name: ObjectName("")) }
    switch node.kind {
    case PG_QUERY__NODE__NODE_TYPE_NAME:
      let type = typeName(node.pointee.type_name)
      return Target(kind: kind, name: type.name, signature: [type], offset: type.offset)
    case PG_QUERY__NODE__NODE_RANGE_VAR:
      let reference = reference(node.pointee.range_var)
      return Target(kind: kind, name: reference.name, offset: reference.offset)
    case PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS:
      let object = node.pointee.object_with_args!.pointee
      return Target(
        kind: kind, name: objectName(names(object.n_objname, object.objname)),
        signature: object.args_unspecified != 0 ? nil : signature(object))
    case PG_QUERY__NODE__NODE_STRING: return owned([node.string ?? ""], kind: kind)
    default: return listed(kind, node.list)
    }
  }

  private func listed(_ kind: ObjectKind, _ parts: [NodePointer]) -> Target {
    switch kind {
    case .cast, .transform:
      // A cast is named by its two types, a transform by its type and language.
      let types = parts.filter { $0.kind == PG_QUERY__NODE__NODE_TYPE_NAME }.map { typeName($0.pointee.type_name) }
      return Target(kind: kind, name: ObjectName(names(parts).first ?? ""), signature: types)
    case .operatorClass, .operatorFamily:
      let path = names(parts)
      return Target(
        kind: kind, name: objectName(Array(path.dropFirst())), table: path.first.map { ObjectName($0) })
    case .domainConstraint:
      let type = parts.first { $0.kind == PG_QUERY__NODE__NODE_TYPE_NAME }.map { typeName($0.pointee.type_name).name }
      return Target(kind: kind, name: ObjectName(names(parts).last ?? ""), table: type)
    default: return owned(names(parts), kind: kind)
    }
  }

  private func signature(_ object: PgQuery__ObjectWithArgs) -> [TypeName?] {
    let parameters = each(object.n_objfuncargs, object.objfuncargs)
      .filter { $0.kind == PG_QUERY__NODE__NODE_FUNCTION_PARAMETER }.map { $0.pointee.function_parameter! }
    if !parameters.isEmpty {
      return parameters.filter {
        $0.pointee.mode != PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_OUT
          && $0.pointee.mode != PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_TABLE
      }.map { typeName($0.pointee.arg_type) }
    }
    // The missing operand of a prefix operator is an empty node.
    return (0..<object.n_objargs).map { index in
      guard let node = object.objargs[index], node.kind == PG_QUERY__NODE__NODE_TYPE_NAME else { return nil }
      return typeName(node.pointee.type_name)
    }
  }

  /// Splits `schema.table.part` for kinds that live on a table.
  private func owned(_ parts: [String], kind: ObjectKind) -> Target {
    switch kind {
    case .column, .constraint, .trigger, .policy, .rule:
      guard parts.count > 1 else { return Target(kind: kind, name: objectName(parts)) }
      return Target(
        kind: kind, name: ObjectName(parts[parts.count - 1]), table: objectName(Array(parts.dropLast())))
    default: return Target(kind: kind, name: objectName(parts))
    }
  }

  func drop(_ node: PgQuery__DropStmt) -> Action {
    let kind = objectKind(node.remove_type)
    return .drop(
      Drop(
        kind: kind, objects: each(node.n_objects, node.objects).map { target(kind, $0) },
        ifExists: node.missing_ok != 0, cascade: node.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE,
        isConcurrent: node.concurrent != 0))
  }

  func drop(_ kind: ObjectKind, _ names: [String], ifExists: Bool, cascade: Bool = false) -> Action {
    .drop(
      Drop(
        kind: kind, objects: names.map { Target(kind: kind, name: ObjectName($0)) }, ifExists: ifExists,
        cascade: cascade, isConcurrent: false))
  }

  func rename(_ node: PgQuery__RenameStmt) -> Action {
    let kind = objectKind(node.rename_type)
    var target: Target
    if let relation = node.relation {
      let reference = reference(relation)
      target = Target(kind: kind, name: reference.name, offset: reference.offset)
      if let part = text(node.subname) {
        target.name = ObjectName(part)
        target.table = reference.name
      }
    } else {
      target = self.target(kind, node.object)
      if let part = text(node.subname) {
        target = Target(
          kind: kind, name: ObjectName(part), table: node.object == nil ? nil : target.name, offset: target.offset)
      }
    }
    return .rename(
      Rename(
        target: target, relationKind: objectKind(node.relation_type), newName: text(node.newname) ?? "",
        ifExists: node.missing_ok != 0, cascade: node.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE,
        isOnly: node.relation.map { $0.pointee.inh == 0 } ?? false))
  }

  func setSchema(_ node: PgQuery__AlterObjectSchemaStmt) -> Action {
    .setSchema(
      named(objectKind(node.object_type), relation: node.relation, object: node.object), to: text(node.newschema) ?? "",
      ifExists: node.missing_ok != 0)
  }

  func setOwner(_ node: PgQuery__AlterOwnerStmt) -> Action {
    guard let owner = node.newowner else { return .other("AlterOwnerStmt") }
    return .setOwner(
      named(objectKind(node.object_type), relation: node.relation, object: node.object), to: role(owner))
  }

  private func named(
    _ kind: ObjectKind, relation: UnsafeMutablePointer<PgQuery__RangeVar>?, object: NodePointer?
  ) -> Target {
    guard let relation else { return target(kind, object) }
    let reference = reference(relation)
    return Target(kind: kind, name: reference.name, offset: reference.offset)
  }

  func comment(_ node: PgQuery__CommentStmt) -> Action {
    .comment(Comment(target: target(objectKind(node.objtype), node.object), text: text(node.comment)))
  }

  func grant(_ node: PgQuery__GrantStmt) -> Grant {
    let kind = objectKind(node.objtype)
    let privileges = each(node.n_privileges, node.privileges).filter { $0.kind == PG_QUERY__NODE__NODE_ACCESS_PRIV }
      .map { $0.pointee.access_priv!.pointee }
    return Grant(
      isGrant: node.is_grant != 0, kind: kind, objects: each(node.n_objects, node.objects).map { target(kind, $0) },
      isAllInSchema: node.targtype == PG_QUERY__GRANT_TARGET_TYPE__ACL_TARGET_ALL_IN_SCHEMA,
      privileges: privileges.isEmpty
        ? [.init(name: nil, columns: [])]
        : privileges.map { .init(name: text($0.priv_name)?.uppercased(), columns: names($0.n_cols, $0.cols)) },
      grantees: roles(each(node.n_grantees, node.grantees)), withGrantOption: node.grant_option != 0,
      isGrantOptionOnly: node.is_grant == 0 && node.grant_option != 0,
      cascade: node.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
  }

  func grantRole(_ node: PgQuery__GrantRoleStmt) -> GrantRole {
    let granted = each(node.n_granted_roles, node.granted_roles).filter {
      $0.kind == PG_QUERY__NODE__NODE_ACCESS_PRIV
    }
    return GrantRole(
      isGrant: node.is_grant != 0, roles: granted.compactMap { text($0.pointee.access_priv.pointee.priv_name) },
      members: roles(each(node.n_grantee_roles, node.grantee_roles)))
  }

  func defaultPrivileges(_ node: PgQuery__AlterDefaultPrivilegesStmt) -> Action {
    guard let action = node.action else { return .other("AlterDefaultPrivilegesStmt") }
    var result = DefaultPrivileges(roles: [], schemas: [], grant: grant(action.pointee))
    for option in options(node.n_options, node.options) {
      let items = option.argument?.list ?? []
      if option.name == "schemas" { result.schemas = names(items) } else { result.roles = roles(items) }
    }
    return .defaultPrivileges(result)
  }
}
