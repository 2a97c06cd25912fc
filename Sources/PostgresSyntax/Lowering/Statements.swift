import CPgQuery

extension Lowering {
  /// What a statement node does.
  func action(_ node: NodePointer) -> Action {
    switch node.kind {
    case PG_QUERY__NODE__NODE_CREATE_STMT: return createTable(node.pointee.create_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT:
      return createTable(node.pointee.create_foreign_table_stmt.pointee.base_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT: return createTableAs(node.pointee.create_table_as_stmt.pointee)
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT: return alterTable(node.pointee.alter_table_stmt.pointee)
    case PG_QUERY__NODE__NODE_INDEX_STMT: return createIndex(node.pointee.index_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
      return .createSequence(createSequence(node.pointee.create_seq_stmt.pointee))
    case PG_QUERY__NODE__NODE_ALTER_SEQ_STMT: return .alterSequence(alterSequence(node.pointee.alter_seq_stmt.pointee))
    case PG_QUERY__NODE__NODE_VIEW_STMT: return createView(node.pointee.view_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT: return createFunction(node.pointee.create_function_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT: return createTrigger(node.pointee.create_trig_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
      let type = node.pointee.create_enum_stmt.pointee
      return .createType(
        CreateType(
          name: objectName(names(each(type.n_type_name, type.type_name))),
          kind: .enumeration(names(each(type.n_vals, type.vals)))))
    case PG_QUERY__NODE__NODE_CREATE_RANGE_STMT:
      let type = node.pointee.create_range_stmt.pointee
      return .createType(CreateType(name: objectName(names(each(type.n_type_name, type.type_name))), kind: .range))
    case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT: return createComposite(node.pointee.composite_type_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT: return createDomain(node.pointee.create_domain_stmt.pointee)
    case PG_QUERY__NODE__NODE_DEFINE_STMT: return define(node.pointee.define_stmt.pointee)
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT: return alterEnum(node.pointee.alter_enum_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT: return createSchema(node.pointee.create_schema_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT: return createExtension(node.pointee.create_extension_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
      return .createPolicy(createPolicy(node.pointee.create_policy_stmt.pointee))
    case PG_QUERY__NODE__NODE_ALTER_POLICY_STMT:
      return .alterPolicy(alterPolicy(node.pointee.alter_policy_stmt.pointee))
    case PG_QUERY__NODE__NODE_CREATE_ROLE_STMT:
      return .createRole(text(node.pointee.create_role_stmt.pointee.role) ?? "")
    case PG_QUERY__NODE__NODE_DROP_STMT: return drop(node.pointee.drop_stmt.pointee)
    case PG_QUERY__NODE__NODE_DROP_ROLE_STMT: return dropRole(node.pointee.drop_role_stmt.pointee)
    case PG_QUERY__NODE__NODE_RENAME_STMT: return rename(node.pointee.rename_stmt.pointee)
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
      return setSchema(node.pointee.alter_object_schema_stmt.pointee)
    case PG_QUERY__NODE__NODE_GRANT_STMT: return .grant(grant(node.pointee.grant_stmt.pointee))
    case PG_QUERY__NODE__NODE_GRANT_ROLE_STMT: return .grantRole
    case PG_QUERY__NODE__NODE_ALTER_DEFAULT_PRIVILEGES_STMT:
      return node.pointee.alter_default_privileges_stmt.pointee.action.map { .defaultPrivileges(grant($0.pointee)) }
        ?? .other(node.typeName)
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
        cascade: truncate.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
    case PG_QUERY__NODE__NODE_COPY_STMT:
      let copy = node.pointee.copy_stmt.pointee
      return .copy(copy.relation.map { reference($0) }, isFrom: copy.is_from != 0)
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
      let refresh = node.pointee.refresh_mat_view_stmt.pointee
      return .refresh(reference(refresh.relation), concurrently: refresh.concurrent != 0)
    case PG_QUERY__NODE__NODE_LOCK_STMT:
      let lock = node.pointee.lock_stmt.pointee
      return .lock(references(each(lock.n_relations, lock.relations)))
    case PG_QUERY__NODE__NODE_TRANSACTION_STMT: return .transaction(transaction(node.pointee.transaction_stmt.pointee))
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT: return .set(setVariable(node.pointee.variable_set_stmt.pointee))
    case PG_QUERY__NODE__NODE_DO_STMT: return doBlock(node.pointee.do_stmt.pointee)
    default: return .other(node.typeName)
    }
  }

  private func define(_ node: PgQuery__DefineStmt) -> Action {
    guard node.kind == PG_QUERY__OBJECT_TYPE__OBJECT_TYPE else { return .other("DefineStmt") }
    return .createType(CreateType(name: objectName(names(each(node.n_defnames, node.defnames))), kind: .shell))
  }

  private func alterEnum(_ node: PgQuery__AlterEnumStmt) -> Action {
    .alterEnum(
      AlterEnum(
        name: objectName(names(each(node.n_type_name, node.type_name))), newValue: text(node.new_val) ?? "",
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
    default: .other
    }
  }
}
