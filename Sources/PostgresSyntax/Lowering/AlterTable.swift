import CPgQuery

extension Lowering {
  func alterTable(_ node: PgQuery__AlterTableStmt) -> Action {
    .alterTable(
      AlterTable(
        kind: objectKind(node.objtype), table: reference(node.relation), ifExists: node.missing_ok != 0,
        changes: each(node.n_cmds, node.cmds).filter { $0.kind == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD }.map {
          change($0.pointee.alter_table_cmd.pointee)
        }, isOnly: node.relation.map { $0.pointee.inh == 0 } ?? false,
        isCascade: each(node.n_cmds, node.cmds).contains {
          $0.kind == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD
            && $0.pointee.alter_table_cmd.pointee.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE
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
      return .setType(column: name, type, collation: column.collation, using: using)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
      return .setDefault(column: name, command.def.map(expression))
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull: return .setNotNull(column: name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull: return .dropNotNull(column: name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropExpression:
      return .dropExpression(column: name, ifExists: command.missing_ok != 0)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity:
      guard let def = command.def, def.kind == PG_QUERY__NODE__NODE_CONSTRAINT,
        case .identity(let always, let options) = constraint(def.pointee.constraint).kind
      else { return .other("AddIdentity") }
      return .addIdentity(column: name, always: always, options: options)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetIdentity:
      let options = command.def.map { self.options($0.list) } ?? []
      let generated = options.first { $0.name == "generated" }?.argument.flatMap(integer)
      return .setIdentity(
        column: name, always: generated.map { $0 == Int(UInt8(ascii: "a")) }, options: sequenceOptions(options))
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity:
      return .dropIdentity(column: name, ifExists: command.missing_ok != 0)
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
    default: return tableProperty(command, name)
    }
  }

  /// Changes of the table as a whole, and of properties that are no part of a row's shape.
  private func tableProperty(_ command: PgQuery__AlterTableCmd, _ name: String) -> AlterTable.Change {
    switch command.subtype {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner:
      return command.newowner.map { .setOwner(role($0)) } ?? .other("ChangeOwner")
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition:
      guard let (child, bound) = partition(command) else { return .other("AttachPartition") }
      return .attachPartition(child, bound ?? .default)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition:
      guard let (child, _) = partition(command) else { return .other("DetachPartition") }
      return .detachPartition(child, concurrently: command.def.pointee.partition_cmd.pointee.concurrent != 0)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetLogged: return .setPersistence(.permanent)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetUnLogged: return .setPersistence(.unlogged)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit, PG_QUERY__ALTER_TABLE_TYPE__AT_DropInherit:
      guard let def = command.def, def.kind == PG_QUERY__NODE__NODE_RANGE_VAR else { return .other("Inherit") }
      let parent = reference(def.pointee.range_var)
      return command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit ? .inherit(parent) : .noInherit(parent)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddOf:
      guard let def = command.def, def.kind == PG_QUERY__NODE__NODE_TYPE_NAME else { return .other("AddOf") }
      return .ofType(typeName(def.pointee.type_name))
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropOf: return .notOf
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions, PG_QUERY__ALTER_TABLE_TYPE__AT_ReplaceRelOptions:
      return .setOptions(relationOptions(command).mapValues { .some($0) })
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions:
      return .setOptions(relationOptions(command).mapValues { _ in nil })
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig, PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysTrig,
      PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaTrig:
      return .trigger(name, enables: true)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig: return .trigger(name, enables: false)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll, PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigUser:
      return .trigger("", enables: true)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll, PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser:
      return .trigger("", enables: false)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRule, PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysRule,
      PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaRule, PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRule:
      return .rule(name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ClusterOn: return .cluster(name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropCluster: return .cluster(nil)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ReplicaIdentity:
      guard let def = command.def, def.kind == PG_QUERY__NODE__NODE_REPLICA_IDENTITY_STMT,
        let identity = def.pointee.replica_identity_stmt
      else { return .other("ReplicaIdentity") }
      return .replicaIdentity(text(identity.pointee.identity_type) ?? "", index: text(identity.pointee.name))
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetTableSpace: return .tablespace(name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetAccessMethod: return .accessMethod(name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics:
      return .setColumnProperty(column: name, property: "statistics", value: command.def.map(optionText) ?? "")
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStorage:
      return .setColumnProperty(column: name, property: "storage", value: command.def.map(optionText) ?? "")
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetCompression:
      return .setColumnProperty(column: name, property: "compression", value: command.def.map(optionText) ?? "")
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetOptions, PG_QUERY__ALTER_TABLE_TYPE__AT_ResetOptions:
      return .setColumnProperty(column: name, property: "options", value: "")
    default: return .other(String(command.subtype.rawValue))
    }
  }

  private func relationOptions(_ command: PgQuery__AlterTableCmd) -> [String: String] {
    guard let def = command.def else { return [:] }
    return Dictionary(options(def.list).map { ($0.name, $0.value.isEmpty ? "true" : $0.value) }) { $1 }
  }

  private func columnDefinition(_ command: PgQuery__AlterTableCmd) -> ColumnDefinition? {
    guard let def = command.def, def.kind == PG_QUERY__NODE__NODE_COLUMN_DEF else { return nil }
    return column(def.pointee.column_def)
  }

  private func partition(_ command: PgQuery__AlterTableCmd) -> (child: Reference, bound: PartitionBound?)? {
    guard let def = command.def, def.kind == PG_QUERY__NODE__NODE_PARTITION_CMD,
      let partition = def.pointee.partition_cmd, let name = partition.pointee.name
    else { return nil }
    return (reference(name), partition.pointee.bound.map { partitionBound($0.pointee) })
  }
}
