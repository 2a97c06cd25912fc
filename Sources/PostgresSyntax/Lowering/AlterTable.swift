import CPgQuery

extension Lowering {
  func alterTable(_ node: PgQuery__AlterTableStmt) -> Action {
    .alterTable(
      AlterTable(
        kind: objectKind(node.objtype), table: reference(node.relation), ifExists: node.missing_ok != 0,
        changes: each(node.n_cmds, node.cmds).filter { $0.kind == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD }.map {
          change($0.pointee.alter_table_cmd.pointee)
        }))
  }

  private func change(_ command: PgQuery__AlterTableCmd) -> AlterTable.Change {
    let name = text(command.name) ?? ""
    let isCascade = command.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE
    switch command.subtype {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
      guard let column = columnDefinition(command) else { return .other("AddColumn") }
      return .addColumn(column, ifNotExists: command.missing_ok != 0)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
      return .dropColumn(name, ifExists: command.missing_ok != 0, cascade: isCascade)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
      guard let column = columnDefinition(command), let type = column.type else { return .other("AlterColumnType") }
      let using = command.def.pointee.column_def.pointee.raw_default.map(expression)
      return .setType(column: name, type, using: using)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
      return .setDefault(column: name, command.def.map(expression))
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull: return .setNotNull(column: name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull: return .dropNotNull(column: name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity: return .addIdentity(column: name, always: isAlways(command))
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity: return .dropIdentity(column: name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
      guard let def = command.def, def.kind == PG_QUERY__NODE__NODE_CONSTRAINT else { return .other("AddConstraint") }
      return .addConstraint(constraint(def.pointee.constraint))
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
      return .dropConstraint(name, ifExists: command.missing_ok != 0, cascade: isCascade)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterConstraint:
      guard let def = command.def, def.kind == PG_QUERY__NODE__NODE_CONSTRAINT else { return .other("AlterConstraint") }
      let constraint = constraint(def.pointee.constraint)
      return .alterConstraint(
        constraint.name ?? "", isDeferrable: constraint.isDeferrable,
        isInitiallyDeferred: constraint.isInitiallyDeferred)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint: return .validateConstraint(name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity: return .rowSecurity(.enable)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity: return .rowSecurity(.disable)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity: return .rowSecurity(.force)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_NoForceRowSecurity: return .rowSecurity(.noForce)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner:
      return command.newowner.map { .setOwner(role($0).text) } ?? .other("ChangeOwner")
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition:
      return partition(command).map { .attachPartition($0) } ?? .other("AttachPartition")
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition:
      return partition(command).map { .detachPartition($0) } ?? .other("DetachPartition")
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetLogged: return .setPersistence(.permanent)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetUnLogged: return .setPersistence(.unlogged)
    default: return .other(String(command.subtype.rawValue))
    }
  }

  private func columnDefinition(_ command: PgQuery__AlterTableCmd) -> ColumnDefinition? {
    guard let def = command.def, def.kind == PG_QUERY__NODE__NODE_COLUMN_DEF else { return nil }
    return column(def.pointee.column_def)
  }

  private func isAlways(_ command: PgQuery__AlterTableCmd) -> Bool {
    guard let def = command.def, def.kind == PG_QUERY__NODE__NODE_CONSTRAINT else { return false }
    return text(def.pointee.constraint.pointee.generated_when) == "a"
  }

  private func partition(_ command: PgQuery__AlterTableCmd) -> Reference? {
    guard let def = command.def, def.kind == PG_QUERY__NODE__NODE_PARTITION_CMD,
      let name = def.pointee.partition_cmd.pointee.name
    else { return nil }
    return reference(name)
  }
}
