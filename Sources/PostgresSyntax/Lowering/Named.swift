import CPgQuery

/// Statements that name an object of any kind: DROP, ALTER … RENAME, GRANT, COMMENT.
extension Lowering {
  func objectKind(_ type: PgQuery__ObjectType) -> ObjectKind {
    switch type {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE: .table
    case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW: .view
    case PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW: .materializedView
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE: .sequence
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX: .index
    case PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA: .schema
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN, PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE: .column
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT, PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT: .constraint
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE: .type
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN: .domain
    case PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION: .function
    case PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE: .procedure
    case PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE: .aggregate
    case PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE: .routine
    case PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER: .trigger
    case PG_QUERY__OBJECT_TYPE__OBJECT_POLICY: .policy
    case PG_QUERY__OBJECT_TYPE__OBJECT_RULE: .rule
    case PG_QUERY__OBJECT_TYPE__OBJECT_ROLE: .role
    case PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION: .extension
    case PG_QUERY__OBJECT_TYPE__OBJECT_STATISTIC_EXT: .statistics
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLLATION: .collation
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR: .operator
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPCLASS: .operatorClass
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPFAMILY: .operatorFamily
    case PG_QUERY__OBJECT_TYPE__OBJECT_CAST: .cast
    case PG_QUERY__OBJECT_TYPE__OBJECT_LANGUAGE: .language
    case PG_QUERY__OBJECT_TYPE__OBJECT_DATABASE: .database
    case PG_QUERY__OBJECT_TYPE__OBJECT_PUBLICATION: .publication
    case PG_QUERY__OBJECT_TYPE__OBJECT_SUBSCRIPTION: .subscription
    case PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE: .foreignTable
    case PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_SERVER: .foreignServer
    case PG_QUERY__OBJECT_TYPE__OBJECT_FDW: .foreignDataWrapper
    case PG_QUERY__OBJECT_TYPE__OBJECT_EVENT_TRIGGER: .eventTrigger
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLESPACE: .tablespace
    default: .other
    }
  }

  /// The parts of a name that a statement gives as a list, a type or a signature.
  private func path(_ node: NodePointer) -> (parts: [String], signature: [TypeName]?) {
    switch node.kind {
    case PG_QUERY__NODE__NODE_STRING: return ([node.string ?? ""], nil)
    case PG_QUERY__NODE__NODE_TYPE_NAME:
      let name = typeName(node.pointee.type_name).name
      return ((name.schema.map { [$0] } ?? []) + [name.name], nil)
    case PG_QUERY__NODE__NODE_RANGE_VAR:
      let name = reference(node.pointee.range_var).name
      return ((name.schema.map { [$0] } ?? []) + [name.name], nil)
    case PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS:
      let object = node.pointee.object_with_args!
      let parts = names(each(object.pointee.n_objname, object.pointee.objname))
      return (parts, object.pointee.args_unspecified != 0 ? nil : signature(object.pointee))
    case PG_QUERY__NODE__NODE_LIST:
      return (node.list.flatMap { $0.kind == PG_QUERY__NODE__NODE_LIST ? [] : path($0).parts }, nil)
    // A large object is named by a number.
    default: return ([], nil)
    }
  }

  private func signature(_ object: PgQuery__ObjectWithArgs) -> [TypeName] {
    let parameters = each(object.n_objfuncargs, object.objfuncargs)
      .filter { $0.kind == PG_QUERY__NODE__NODE_FUNCTION_PARAMETER }.map { $0.pointee.function_parameter! }
    if !parameters.isEmpty {
      return parameters.filter {
        $0.pointee.mode != PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_OUT
          && $0.pointee.mode != PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_TABLE
      }.map { typeName($0.pointee.arg_type) }
    }
    return each(object.n_objargs, object.objargs).filter { $0.kind == PG_QUERY__NODE__NODE_TYPE_NAME }.map {
      typeName($0.pointee.type_name)
    }
  }

  /// Splits `schema.table.part` for kinds that live on a table.
  private func owned(_ parts: [String], kind: ObjectKind) -> (name: ObjectName, table: ObjectName?) {
    switch kind {
    case .column, .constraint, .trigger, .policy, .rule:
      guard parts.count > 1 else { return (objectName(parts), nil) }
      return (ObjectName(parts[parts.count - 1]), objectName(Array(parts.dropLast())))
    default: return (objectName(parts), nil)
    }
  }

  func drop(_ node: PgQuery__DropStmt) -> Action {
    let kind = objectKind(node.remove_type)
    let objects = each(node.n_objects, node.objects).map { object -> Drop.Object in
      let (parts, signature) = path(object)
      let (name, table) = owned(parts, kind: kind)
      return Drop.Object(name: name, table: table, signature: signature)
    }
    return .drop(
      Drop(
        kind: kind, objects: objects, ifExists: node.missing_ok != 0,
        cascade: node.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE, isConcurrent: node.concurrent != 0))
  }

  func dropRole(_ node: PgQuery__DropRoleStmt) -> Action {
    let objects = roles(each(node.n_roles, node.roles)).map {
      Drop.Object(name: ObjectName($0.text), table: nil, signature: nil)
    }
    return .drop(
      Drop(kind: .role, objects: objects, ifExists: node.missing_ok != 0, cascade: false, isConcurrent: false))
  }

  func rename(_ node: PgQuery__RenameStmt) -> Action {
    let kind = objectKind(node.rename_type)
    let relation = node.relation.map { reference($0) }
    var rename = Rename(
      kind: kind, object: relation?.name ?? ObjectName(text(node.subname) ?? ""), newName: text(node.newname) ?? "",
      ifExists: node.missing_ok != 0, offset: relation?.offset ?? -1)
    if let object = node.object {
      let (parts, signature) = path(object)
      rename.object = objectName(parts)
      rename.signature = signature
    } else if let part = text(node.subname), relation != nil {
      rename.object = ObjectName(part)
      rename.table = relation?.name
    }
    return .rename(rename)
  }

  func setSchema(_ node: PgQuery__AlterObjectSchemaStmt) -> Action {
    let name = node.relation.map { reference($0).name } ?? node.object.map { objectName(path($0).parts) }
    return .setSchema(objectKind(node.object_type), name ?? ObjectName(""), to: text(node.newschema) ?? "")
  }

  func comment(_ node: PgQuery__CommentStmt) -> Action {
    let kind = objectKind(node.objtype)
    let (parts, signature) = node.object.map(path) ?? ([], nil)
    let (name, table) = owned(parts, kind: kind)
    return .comment(Comment(kind: kind, object: name, table: table, signature: signature, text: text(node.comment)))
  }

  func grant(_ node: PgQuery__GrantStmt) -> Grant {
    let privileges = each(node.n_privileges, node.privileges).filter { $0.kind == PG_QUERY__NODE__NODE_ACCESS_PRIV }
      .map { $0.pointee.access_priv!.pointee }
    let objects = each(node.n_objects, node.objects).map { object -> Grant.Object in
      let (parts, signature) = path(object)
      let offset =
        object.kind == PG_QUERY__NODE__NODE_RANGE_VAR ? reference(object.pointee.range_var).offset : -1
      return Grant.Object(name: objectName(parts), offset: offset, signature: signature)
    }
    return Grant(
      isGrant: node.is_grant != 0, kind: objectKind(node.objtype), objects: objects,
      isAllInSchema: node.targtype == PG_QUERY__GRANT_TARGET_TYPE__ACL_TARGET_ALL_IN_SCHEMA,
      privileges: privileges.map { (text($0.priv_name) ?? "ALL").uppercased() },
      hasColumns: privileges.contains { $0.n_cols > 0 }, grantees: roles(each(node.n_grantees, node.grantees)))
  }
}
