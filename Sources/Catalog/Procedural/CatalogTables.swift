import PostgresSyntax

/// Rows of the system catalogs and of the information schema, as far as the simulated catalog has them. Columns that
/// aren't listed are not known.
struct CatalogTables {
  private let catalog: Catalog

  init(_ catalog: Catalog) {
    self.catalog = catalog
  }

  /// Nil where the table isn't modelled, or what exists isn't known.
  func rows(of table: String) -> [CatalogQuery.Row]? {
    guard catalog.isComplete, !catalog.unseen.isDynamic else { return nil }
    switch table {
    case "pg_type": return types
    case "pg_class": return classes
    case "pg_namespace": return schemas.map { ["nspname": .text($0), "oid": .object(ObjectName($0))] }
    case "schemata": return schemas.map { ["schema_name": .text($0)] }
    case "pg_tables": return relations { $0.isTable }.map { ["schemaname": $0.schema, "tablename": $0.name] }
    case "pg_views": return relations { $0.kind == .view }.map { ["schemaname": $0.schema, "viewname": $0.name] }
    case "pg_matviews":
      return relations { $0.kind == .materializedView }.map { ["schemaname": $0.schema, "matviewname": $0.name] }
    case "pg_sequences":
      return relations { $0.kind == .sequence }.map { ["schemaname": $0.schema, "sequencename": $0.name] }
    case "sequences":
      return relations { $0.kind == .sequence }.map { ["sequence_schema": $0.schema, "sequence_name": $0.name] }
    case "views": return relations { $0.kind == .view }.map { ["table_schema": $0.schema, "table_name": $0.name] }
    case "tables":
      return listed.filter { $0.isTable || $0.kind == .view || $0.kind == .foreignTable }.map {
        [
          "table_schema": .text($0.name.schema ?? ""), "table_name": .text($0.name.name),
          "table_type": .text($0.kind == .view ? "VIEW" : $0.kind == .foreignTable ? "FOREIGN" : "BASE TABLE"),
        ]
      }
    case "columns": return columns
    case "pg_attribute": return attributes
    case "pg_indexes": return indexes
    case "pg_constraint", "table_constraints", "referential_constraints": return constraints
    case "key_column_usage", "constraint_column_usage": return keyColumns
    case "pg_policies", "pg_policy": return policies
    case "pg_trigger", "triggers": return triggers
    case "pg_roles", "pg_authid", "pg_user", "pg_shadow": return roles
    case "pg_extension":
      return (Array(catalog.extensions.keys) + ["plpgsql"]).map { ["extname": .text($0)] }
    case "pg_proc", "routines": return functions
    case "pg_enum": return labels
    case "pg_publication":
      return catalog.others.values.filter { $0.kind == .publication }.map { ["pubname": .text($0.name.name)] }
    case "pg_publication_tables":
      return catalog.others.values.filter { $0.kind == .publication }.flatMap { publication in
        publication.tables.compactMap { catalog.relation($0) }.map { table in
          [
            "pubname": .text(publication.name.name), "schemaname": .text(table.name.schema ?? ""),
            "tablename": .text(table.name.name),
          ]
        }
      }
    case "pg_event_trigger":
      return catalog.others.values.filter { $0.kind == .eventTrigger }.map { ["evtname": .text($0.name.name)] }
    default: return nil
    }
  }

  private var listed: [Relation] { catalog.relations.values.filter { !$0.isAssumed } }

  private func relations(_ filter: (Relation) -> Bool) -> [(schema: Value, name: Value)] {
    listed.filter(filter).map { (.text($0.name.schema ?? ""), .text($0.name.name)) }
  }

  private var schemas: [String] { Array(catalog.schemas.keys) + ["pg_catalog", "information_schema"] }

  private var types: [CatalogQuery.Row] {
    let created = catalog.types.values.filter { !$0.isAssumed }.map { type -> CatalogQuery.Row in
      let code =
        switch type.kind {
        case .enumeration: "e"
        case .domain: "d"
        case .range: "r"
        case .multirange: "m"
        case .base, .assumed: "b"
        case .shell: "p"
        }
      return row(type.name, ["typname": .text(type.name.name), "typtype": .text(code)], "typnamespace")
    }
    let rowTypes = listed.filter { $0.kind != .sequence }.map {
      row($0.name, ["typname": .text($0.name.name), "typtype": .text("c")], "typnamespace")
    }
    let builtIn = ["citext", "hstore", "vector", "geometry", "uuid", "jsonb"].compactMap { name -> CatalogQuery.Row? in
      guard catalog.typeNumber(ObjectName(name)) != nil else { return nil }
      return row(ObjectName(schema: "public", name), ["typname": .text(name), "typtype": .text("b")], "typnamespace")
    }
    return created + rowTypes + builtIn
  }

  private func row(_ name: ObjectName, _ row: CatalogQuery.Row, _ namespace: String) -> CatalogQuery.Row {
    var row = row
    row["oid"] = .object(name)
    row[namespace] = .object(ObjectName(name.schema ?? ""))
    return row
  }

  private var classes: [CatalogQuery.Row] {
    let codes: [Relation.Kind: String] = [
      .table: "r", .partitionedTable: "p", .view: "v", .materializedView: "m", .sequence: "S", .foreignTable: "f",
      .compositeType: "c",
    ]
    return listed.map {
      row(
        $0.name,
        [
          "relname": .text($0.name.name), "relkind": .text(codes[$0.kind] ?? "r"),
          "relrowsecurity": .boolean($0.hasRowSecurity), "relispartition": .boolean($0.isPartition),
        ], "relnamespace")
    }
      + catalog.indexes.values.map {
        row($0.name, ["relname": .text($0.name.name), "relkind": .text("i")], "relnamespace")
      }
  }

  private var columns: [CatalogQuery.Row]? {
    guard listed.allSatisfy({ $0.hasKnownColumns }) else { return nil }
    return listed.filter { $0.kind != .sequence && $0.kind != .compositeType }.flatMap { relation in
      relation.columns.map { column -> CatalogQuery.Row in
        var row: CatalogQuery.Row = [
          "table_schema": .text(relation.name.schema ?? ""), "table_name": .text(relation.name.name),
          "column_name": .text(column.name), "is_nullable": .text(column.isNotNull ? "NO" : "YES"),
        ]
        if let type = column.type {
          let facts = catalog.facts(of: type.oid)
          row["udt_name"] = facts.map { .text($0.name) }
          let isArray = facts?.isArray == true
          let isUser = type.oid.isCreated
          row["data_type"] = .text(isArray ? "ARRAY" : isUser ? "USER-DEFINED" : catalog.format(DataType(type.oid)))
          if let length = type.modifier.flatMap({ Int($0) }), type.oid == .varchar {
            row["character_maximum_length"] = .number(length)
          }
        }
        row["column_default"] = column.hasDefault ? nil : .null
        row["is_identity"] = .text(column.identity == nil ? "NO" : "YES")
        return row
      }
    }
  }

  private var attributes: [CatalogQuery.Row]? {
    guard listed.allSatisfy({ $0.hasKnownColumns }) else { return nil }
    return listed.flatMap { relation in
      relation.columns.map { column in
        [
          "attname": .text(column.name), "attrelid": .object(relation.name), "attnum": .number(Int(column.number)),
          "attisdropped": .boolean(false), "attnotnull": .boolean(column.isNotNull),
          "attidentity": .text(column.identity ?? ""),
        ]
      }
    }
  }

  private var indexes: [CatalogQuery.Row] {
    catalog.indexes.values.map { index in
      [
        "schemaname": .text(index.name.schema ?? ""), "indexname": .text(index.name.name),
        "tablename": .text(catalog.relation(index.table)?.name.name ?? ""),
      ]
    }
  }

  private var constraints: [CatalogQuery.Row] {
    listed.flatMap { relation in
      relation.constraints.map { constraint -> CatalogQuery.Row in
        let (code, label) =
          switch constraint.kind {
          case .primaryKey: ("p", "PRIMARY KEY")
          case .unique: ("u", "UNIQUE")
          case .check: ("c", "CHECK")
          case .exclusion: ("x", "EXCLUDE")
          case .foreignKey: ("f", "FOREIGN KEY")
          }
        var row: CatalogQuery.Row = [
          "conname": .text(constraint.name), "constraint_name": .text(constraint.name),
          "conrelid": .object(relation.name), "contype": .text(code), "constraint_type": .text(label),
          "table_name": .text(relation.name.name), "table_schema": .text(relation.name.schema ?? ""),
          "constraint_schema": .text(relation.name.schema ?? ""), "convalidated": .boolean(constraint.isValidated),
          "connamespace": .object(ObjectName(relation.name.schema ?? "")),
        ]
        if let key = constraint.foreignKey, let target = catalog.relation(key.target) {
          row["confrelid"] = .object(target.name)
          let names = ["r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT", "a": "NO ACTION"]
          row["delete_rule"] = .text(key.onDelete.rawValue)
          row["confdeltype"] = names.first { $0.value == key.onDelete.rawValue }.map { .text($0.key) }
        }
        return row
      }
    }
  }

  private var keyColumns: [CatalogQuery.Row] {
    listed.flatMap { relation in
      relation.constraints.filter { !$0.isCheck }.flatMap { constraint in
        constraint.columns.map { column in
          [
            "constraint_name": .text(constraint.name), "table_name": .text(relation.name.name),
            "column_name": .text(column), "table_schema": .text(relation.name.schema ?? ""),
            "constraint_schema": .text(relation.name.schema ?? ""),
          ]
        }
      }
    }
  }

  private var policies: [CatalogQuery.Row] {
    listed.flatMap { relation in
      relation.policies.map { policy in
        [
          "policyname": .text(policy.name), "polname": .text(policy.name), "tablename": .text(relation.name.name),
          "schemaname": .text(relation.name.schema ?? ""), "polrelid": .object(relation.name),
        ]
      }
    }
  }

  private var triggers: [CatalogQuery.Row] {
    listed.flatMap { relation in
      relation.triggers.map { trigger in
        [
          "tgname": .text(trigger.name), "trigger_name": .text(trigger.name), "tgrelid": .object(relation.name),
          "event_object_table": .text(relation.name.name), "event_object_schema": .text(relation.name.schema ?? ""),
          "trigger_schema": .text(relation.name.schema ?? ""), "tgisinternal": .boolean(false),
        ]
      }
    }
  }

  private var roles: [CatalogQuery.Row] {
    (catalog.roles.entries.filter { !$0.1.isAssumed }.map { $0.0 } + ["postgres"]).map {
      ["rolname": .text($0), "usename": .text($0)]
    }
  }

  private var functions: [CatalogQuery.Row] {
    catalog.routines.values.map { routine in
      [
        "proname": .text(routine.name.name), "pronamespace": .object(ObjectName(routine.name.schema ?? "")),
        "routine_name": .text(routine.name.name), "routine_schema": .text(routine.name.schema ?? ""),
        "pronargs": .number(routine.arguments.count),
      ]
    }
  }

  private var labels: [CatalogQuery.Row] {
    catalog.types.values.flatMap { type -> [CatalogQuery.Row] in
      guard case .enumeration(let labels) = type.kind else { return [] }
      return labels.map { ["enumlabel": .text($0), "enumtypid": .object(type.name)] }
    }
  }
}
