import CPgQuery

extension Lowering {
  /// What a statement node does.
  func action(_ node: NodePointer) -> Action {
    depth < Self.depthLimit ? deeper.schemaAction(node) : .other(node.typeName)
  }

  /// Statements on tables and what is commonly made with them.
  private func schemaAction(_ node: NodePointer) -> Action {
    switch node.kind {
    case PG_QUERY__NODE__NODE_CREATE_STMT: return .createTable(createTable(node.pointee.create_stmt.pointee))
    case PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT:
      let statement = node.pointee.create_foreign_table_stmt.pointee
      var table = createTable(statement.base_stmt.pointee)
      table.server = text(statement.servername) ?? ""
      return .createTable(table)
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT: return createTableAs(node.pointee.create_table_as_stmt.pointee)
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT: return alterTable(node.pointee.alter_table_stmt.pointee)
    case PG_QUERY__NODE__NODE_INDEX_STMT: return createIndex(node.pointee.index_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
      return .createSequence(createSequence(node.pointee.create_seq_stmt.pointee))
    case PG_QUERY__NODE__NODE_ALTER_SEQ_STMT: return .alterSequence(alterSequence(node.pointee.alter_seq_stmt.pointee))
    case PG_QUERY__NODE__NODE_VIEW_STMT: return createView(node.pointee.view_stmt.pointee)
    case PG_QUERY__NODE__NODE_RULE_STMT: return createRule(node.pointee.rule_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT: return createFunction(node.pointee.create_function_stmt.pointee)
    case PG_QUERY__NODE__NODE_ALTER_FUNCTION_STMT: return alterFunction(node.pointee.alter_function_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT: return createTrigger(node.pointee.create_trig_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
      let type = node.pointee.create_enum_stmt.pointee
      return .createType(
        CreateType(
          name: objectName(names(type.n_type_name, type.type_name)), kind: .enumeration(names(type.n_vals, type.vals))))
    case PG_QUERY__NODE__NODE_CREATE_RANGE_STMT: return createRange(node.pointee.create_range_stmt.pointee)
    case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT: return createComposite(node.pointee.composite_type_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT: return createDomain(node.pointee.create_domain_stmt.pointee)
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT: return alterEnum(node.pointee.alter_enum_stmt.pointee)
    case PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT: return alterDomain(node.pointee.alter_domain_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT: return createSchema(node.pointee.create_schema_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT: return createExtension(node.pointee.create_extension_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
      return .createPolicy(createPolicy(node.pointee.create_policy_stmt.pointee))
    case PG_QUERY__NODE__NODE_ALTER_POLICY_STMT:
      return .alterPolicy(alterPolicy(node.pointee.alter_policy_stmt.pointee))
    case PG_QUERY__NODE__NODE_DROP_STMT: return drop(node.pointee.drop_stmt.pointee)
    case PG_QUERY__NODE__NODE_RENAME_STMT: return rename(node.pointee.rename_stmt.pointee)
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
      return setSchema(node.pointee.alter_object_schema_stmt.pointee)
    case PG_QUERY__NODE__NODE_ALTER_OWNER_STMT: return setOwner(node.pointee.alter_owner_stmt.pointee)
    case PG_QUERY__NODE__NODE_GRANT_STMT: return .grant(grant(node.pointee.grant_stmt.pointee))
    case PG_QUERY__NODE__NODE_COMMENT_STMT: return comment(node.pointee.comment_stmt.pointee)
    default: return dataAction(node)
    }
  }

  /// Statements on rows, transactions and sessions.
  private func dataAction(_ node: NodePointer) -> Action {
    switch node.kind {
    case PG_QUERY__NODE__NODE_SELECT_STMT: return .query(select(node.pointee.select_stmt))
    case PG_QUERY__NODE__NODE_INSERT_STMT: return insert(node.pointee.insert_stmt.pointee)
    case PG_QUERY__NODE__NODE_UPDATE_STMT: return update(node.pointee.update_stmt.pointee)
    case PG_QUERY__NODE__NODE_DELETE_STMT: return delete(node.pointee.delete_stmt.pointee)
    case PG_QUERY__NODE__NODE_MERGE_STMT: return merge(node.pointee.merge_stmt.pointee)
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
      let truncate = node.pointee.truncate_stmt.pointee
      return .truncate(
        references(each(truncate.n_relations, truncate.relations)),
        cascade: truncate.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE,
        only: each(truncate.n_relations, truncate.relations).map {
          $0.kind == PG_QUERY__NODE__NODE_RANGE_VAR && $0.pointee.range_var.pointee.inh == 0
        })
    case PG_QUERY__NODE__NODE_COPY_STMT: return copy(node.pointee.copy_stmt.pointee)
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
      let refresh = node.pointee.refresh_mat_view_stmt.pointee
      return .refresh(
        reference(refresh.relation), concurrently: refresh.concurrent != 0, withData: refresh.skip_data == 0)
    case PG_QUERY__NODE__NODE_LOCK_STMT:
      let lock = node.pointee.lock_stmt.pointee
      return .lock(references(each(lock.n_relations, lock.relations)))
    case PG_QUERY__NODE__NODE_TRANSACTION_STMT: return .transaction(transaction(node.pointee.transaction_stmt.pointee))
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT: return .set(setVariable(node.pointee.variable_set_stmt.pointee))
    case PG_QUERY__NODE__NODE_DO_STMT: return doBlock(node.pointee.do_stmt.pointee)
    case PG_QUERY__NODE__NODE_CALL_STMT:
      return node.pointee.call_stmt.pointee.funccall.map { .call(call($0)) } ?? .other("CallStmt")
    case PG_QUERY__NODE__NODE_EXPLAIN_STMT:
      let explain = node.pointee.explain_stmt.pointee
      let isRun = options(explain.n_options, explain.options).contains { $0.name == "analyze" && $0.value != "false" }
      return explain.query.map { .explain(action($0), isRun: isRun) } ?? .other("ExplainStmt")
    case PG_QUERY__NODE__NODE_PREPARE_STMT:
      let prepare = node.pointee.prepare_stmt.pointee
      return .prepare(
        Prepare(
          name: text(prepare.name) ?? "", types: types(each(prepare.n_argtypes, prepare.argtypes)),
          statement: prepare.query.map(action) ?? .other("PrepareStmt")))
    case PG_QUERY__NODE__NODE_EXECUTE_STMT:
      let execute = node.pointee.execute_stmt.pointee
      return .execute(text(execute.name) ?? "", expressions(execute.n_params, execute.params))
    case PG_QUERY__NODE__NODE_DEALLOCATE_STMT: return .deallocate(text(node.pointee.deallocate_stmt.pointee.name))
    case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
      let cursor = node.pointee.declare_cursor_stmt.pointee
      return .cursor(text(cursor.portalname) ?? "", cursor.query.map { query($0) } ?? Query())
    case PG_QUERY__NODE__NODE_REINDEX_STMT: return reindex(node.pointee.reindex_stmt.pointee)
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
      let vacuum = node.pointee.vacuum_stmt.pointee
      let tables = each(vacuum.n_rels, vacuum.rels).filter { $0.kind == PG_QUERY__NODE__NODE_VACUUM_RELATION }
        .map { $0.pointee.vacuum_relation!.pointee }.filter { $0.relation != nil }
      return .vacuum(
        Vacuum(
          isVacuum: vacuum.is_vacuumcmd != 0, tables: tables.map { reference($0.relation) },
          columns: tables.map { names($0.n_va_cols, $0.va_cols) },
          options: options(vacuum.n_options, vacuum.options).map(\.name)))
    default: return rareAction(node)
    }
  }

  /// Statements on objects that few schemas have.
  private func rareAction(_ node: NodePointer) -> Action {
    switch node.kind {
    case PG_QUERY__NODE__NODE_DEFINE_STMT: return define(node.pointee.define_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_OP_CLASS_STMT:
      return createOperatorClass(node.pointee.create_op_class_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_OP_FAMILY_STMT:
      let family = node.pointee.create_op_family_stmt.pointee
      var target = Target(kind: .operatorFamily, name: objectName(names(family.n_opfamilyname, family.opfamilyname)))
      target.table = text(family.amname).map { ObjectName($0) }
      return .define(
        Definition(
          target: target, orReplace: false, ifNotExists: false, isAlter: false, references: [], options: [:]))
    case PG_QUERY__NODE__NODE_CREATE_CAST_STMT: return createCast(node.pointee.create_cast_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_STATS_STMT: return createStatistics(node.pointee.create_stats_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_PUBLICATION_STMT:
      let statement = node.pointee.create_publication_stmt.pointee
      return .createPublication(
        publication(
          statement.pubname, isForAllTables: statement.for_all_tables != 0,
          each(statement.n_pubobjects, statement.pubobjects), options(statement.n_options, statement.options),
          change: .create))
    case PG_QUERY__NODE__NODE_ALTER_PUBLICATION_STMT:
      return alterPublication(node.pointee.alter_publication_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_ROLE_STMT:
      let statement = node.pointee.create_role_stmt.pointee
      return .createRole(
        text(statement.role) ?? "",
        options: Set(options(statement.n_options, statement.options).filter { $0.value != "false" }.map(\.name)))
    case PG_QUERY__NODE__NODE_ALTER_ROLE_STMT:
      return node.pointee.alter_role_stmt.pointee.role.map { .alterRole(role($0)) } ?? .other(node.typeName)
    case PG_QUERY__NODE__NODE_ALTER_ROLE_SET_STMT:
      return node.pointee.alter_role_set_stmt.pointee.role.map { .alterRole(role($0)) } ?? .other(node.typeName)
    case PG_QUERY__NODE__NODE_DROP_ROLE_STMT:
      let statement = node.pointee.drop_role_stmt.pointee
      return drop(
        .role, roles(each(statement.n_roles, statement.roles)).map(\.text), ifExists: statement.missing_ok != 0)
    case PG_QUERY__NODE__NODE_GRANT_ROLE_STMT: return .grantRole(grantRole(node.pointee.grant_role_stmt.pointee))
    case PG_QUERY__NODE__NODE_ALTER_DEFAULT_PRIVILEGES_STMT:
      return defaultPrivileges(node.pointee.alter_default_privileges_stmt.pointee)
    case PG_QUERY__NODE__NODE_DROP_OWNED_STMT:
      let statement = node.pointee.drop_owned_stmt.pointee
      return .owned(roles(each(statement.n_roles, statement.roles)), isReassign: false, to: nil)
    case PG_QUERY__NODE__NODE_REASSIGN_OWNED_STMT:
      let statement = node.pointee.reassign_owned_stmt.pointee
      return .owned(
        roles(each(statement.n_roles, statement.roles)), isReassign: true, to: statement.newrole.map { role($0) })
    case PG_QUERY__NODE__NODE_ALTER_EXTENSION_CONTENTS_STMT:
      let statement = node.pointee.alter_extension_contents_stmt.pointee
      return .alterExtension(
        AlterExtension(
          name: text(statement.extname) ?? "", member: target(objectKind(statement.objtype), statement.object),
          adds: statement.action > 0))
    case PG_QUERY__NODE__NODE_ALTER_EXTENSION_STMT:
      return .alterExtension(
        AlterExtension(
          name: text(node.pointee.alter_extension_stmt.pointee.extname) ?? "", member: nil, adds: false))
    default: return foreignAction(node)
    }
  }

  /// Foreign data, languages, events: objects known by name only.
  private func foreignAction(_ node: NodePointer) -> Action {
    switch node.kind {
    case PG_QUERY__NODE__NODE_CREATE_FDW_STMT:
      return definition(.foreignDataWrapper, ObjectName(text(node.pointee.create_fdw_stmt.pointee.fdwname) ?? ""))
    case PG_QUERY__NODE__NODE_ALTER_FDW_STMT:
      return definition(
        .foreignDataWrapper, ObjectName(text(node.pointee.alter_fdw_stmt.pointee.fdwname) ?? ""), isAlter: true)
    case PG_QUERY__NODE__NODE_CREATE_FOREIGN_SERVER_STMT:
      let server = node.pointee.create_foreign_server_stmt.pointee
      return definition(
        .foreignServer, ObjectName(text(server.servername) ?? ""), ifNotExists: server.if_not_exists != 0,
        references: [Target(kind: .foreignDataWrapper, name: ObjectName(text(server.fdwname) ?? ""))])
    case PG_QUERY__NODE__NODE_ALTER_FOREIGN_SERVER_STMT:
      return definition(
        .foreignServer, ObjectName(text(node.pointee.alter_foreign_server_stmt.pointee.servername) ?? ""), isAlter: true
      )
    case PG_QUERY__NODE__NODE_CREATE_USER_MAPPING_STMT:
      let mapping = node.pointee.create_user_mapping_stmt.pointee
      return definition(
        .userMapping, userMapping(mapping.user, mapping.servername), ifNotExists: mapping.if_not_exists != 0,
        references: [Target(kind: .foreignServer, name: ObjectName(text(mapping.servername) ?? ""))])
    case PG_QUERY__NODE__NODE_DROP_USER_MAPPING_STMT:
      let mapping = node.pointee.drop_user_mapping_stmt.pointee
      return drop(
        .userMapping, [userMapping(mapping.user, mapping.servername).name], ifExists: mapping.missing_ok != 0)
    case PG_QUERY__NODE__NODE_CREATE_PLANG_STMT:
      let language = node.pointee.create_plang_stmt.pointee
      return definition(.language, ObjectName(text(language.plname) ?? ""), orReplace: language.replace != 0)
    case PG_QUERY__NODE__NODE_CREATE_EVENT_TRIG_STMT:
      let trigger = node.pointee.create_event_trig_stmt.pointee
      return definition(
        .eventTrigger, ObjectName(text(trigger.trigname) ?? ""),
        references: [
          Target(kind: .function, name: objectName(names(trigger.n_funcname, trigger.funcname)), signature: [])
        ])
    case PG_QUERY__NODE__NODE_ALTER_EVENT_TRIG_STMT:
      return definition(
        .eventTrigger, ObjectName(text(node.pointee.alter_event_trig_stmt.pointee.trigname) ?? ""), isAlter: true)
    case PG_QUERY__NODE__NODE_CREATE_CONVERSION_STMT:
      let conversion = node.pointee.create_conversion_stmt.pointee
      return definition(.conversion, objectName(names(conversion.n_conversion_name, conversion.conversion_name)))
    case PG_QUERY__NODE__NODE_CREATE_AM_STMT:
      return definition(.accessMethod, ObjectName(text(node.pointee.create_am_stmt.pointee.amname) ?? ""))
    case PG_QUERY__NODE__NODE_CREATE_SUBSCRIPTION_STMT:
      return definition(.subscription, ObjectName(text(node.pointee.create_subscription_stmt.pointee.subname) ?? ""))
    case PG_QUERY__NODE__NODE_DROP_SUBSCRIPTION_STMT:
      let statement = node.pointee.drop_subscription_stmt.pointee
      return drop(.subscription, [text(statement.subname) ?? ""], ifExists: statement.missing_ok != 0)
    case PG_QUERY__NODE__NODE_CREATE_TABLE_SPACE_STMT:
      return definition(
        .tablespace, ObjectName(text(node.pointee.create_table_space_stmt.pointee.tablespacename) ?? ""))
    case PG_QUERY__NODE__NODE_DROP_TABLE_SPACE_STMT:
      let statement = node.pointee.drop_table_space_stmt.pointee
      return drop(.tablespace, [text(statement.tablespacename) ?? ""], ifExists: statement.missing_ok != 0)
    case PG_QUERY__NODE__NODE_CREATEDB_STMT:
      return definition(.database, ObjectName(text(node.pointee.createdb_stmt.pointee.dbname) ?? ""))
    case PG_QUERY__NODE__NODE_DROPDB_STMT:
      let statement = node.pointee.dropdb_stmt.pointee
      return drop(.database, [text(statement.dbname) ?? ""], ifExists: statement.missing_ok != 0)
    case PG_QUERY__NODE__NODE_ALTER_TSDICTIONARY_STMT:
      let statement = node.pointee.alter_tsdictionary_stmt.pointee
      return definition(
        .textSearchDictionary, objectName(names(statement.n_dictname, statement.dictname)), isAlter: true)
    case PG_QUERY__NODE__NODE_ALTER_TSCONFIGURATION_STMT:
      let statement = node.pointee.alter_tsconfiguration_stmt.pointee
      let dictionaries = each(statement.n_dicts, statement.dicts).map {
        Target(kind: .textSearchDictionary, name: objectName(names($0.list)))
      }
      return definition(
        .textSearchConfiguration, objectName(names(statement.n_cfgname, statement.cfgname)), isAlter: true,
        references: dictionaries)
    case PG_QUERY__NODE__NODE_ALTER_COLLATION_STMT:
      let statement = node.pointee.alter_collation_stmt.pointee
      return definition(.collation, objectName(names(statement.n_collname, statement.collname)), isAlter: true)
    case PG_QUERY__NODE__NODE_ALTER_STATS_STMT:
      let statement = node.pointee.alter_stats_stmt.pointee
      guard statement.missing_ok == 0 else { return .other(node.typeName) }
      return definition(.statistics, objectName(names(statement.n_defnames, statement.defnames)), isAlter: true)
    default: return .other(node.typeName)
    }
  }

  private func copy(_ node: PgQuery__CopyStmt) -> Action {
    .copy(
      Copy(
        table: node.relation.map { reference($0) }, columns: names(node.n_attlist, node.attlist),
        query: node.query.map(action), isFrom: node.is_from != 0, isClient: text(node.filename) == nil,
        filter: node.where_clause.map(expression)))
  }

  private func reindex(_ node: PgQuery__ReindexStmt) -> Action {
    let kind: ObjectKind =
      switch node.kind {
      case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX: .index
      case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_TABLE: .table
      case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA: .schema
      default: .database
      }
    let concurrently = options(node.n_params, node.params).contains { $0.name == "concurrently" && $0.value != "false" }
    let name = node.relation.map { reference($0) } ?? Reference(ObjectName(text(node.name) ?? ""), at: -1)
    return .reindex(kind: kind, name, concurrently: concurrently)
  }

  private func alterEnum(_ node: PgQuery__AlterEnumStmt) -> Action {
    .alterEnum(
      AlterEnum(
        name: objectName(names(node.n_type_name, node.type_name)), newValue: text(node.new_val) ?? "",
        oldValue: text(node.old_val), ifNotExists: node.skip_if_new_val_exists != 0,
        neighbor: text(node.new_val_neighbor), isAfterNeighbor: node.new_val_is_after != 0))
  }

  private func transaction(_ node: PgQuery__TransactionStmt) -> TransactionCommand {
    let savepoint = text(node.savepoint_name) ?? ""
    return switch node.kind {
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN, PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START: .begin
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT: .commit
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK: .rollback
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_SAVEPOINT: .savepoint(savepoint)
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_RELEASE: .release(savepoint)
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO: .rollbackTo(savepoint)
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_PREPARE: .prepare
    default: .other
    }
  }
}
