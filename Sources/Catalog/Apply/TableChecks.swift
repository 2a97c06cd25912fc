import PostgresSyntax

/// What kind of table a CREATE TABLE statement may make, and from what.
extension Application {
  mutating func checkKind(_ statement: CreateTable, _ name: ObjectName) {
    let offset = statement.table.offset
    if let schema = statement.table.name.schema {
      if statement.persistence == .temporary, schema != Catalog.temporarySchema {
        reject("cannot create temporary relation in non-temporary schema", "42P16", at: offset)
      } else if statement.persistence == .unlogged, schema == Catalog.temporarySchema {
        reject("only temporary relations may be created in temporary schemas", "42P16", at: offset)
      }
    }
    if statement.onCommit != nil, statement.persistence != .temporary {
      reject("ON COMMIT can only be used on temporary tables", "42P16", at: offset)
    }
    if let value = statement.options["oids"], !["false", "off", "0", "no"].contains(value.lowercased()) {
      reject("tables declared WITH OIDS are not supported", "0A000", at: offset)
    }
    if let method = statement.accessMethod {
      if statement.partitionKey != nil {
        reject(
          "specifying a table access method is not supported on a partitioned table", "0A000", at: offset, before: 17)
      } else {
        requireAccessMethod(method, at: offset)
      }
    }
    let constraints = statement.columns.flatMap(\.constraints) + statement.constraints
    if statement.server != nil { checkForeign(constraints, at: offset) }
    if statement.partitionKey != nil {
      if let parent = statement.inherits.first {
        reject("cannot create partitioned table as inheritance child", "42P17", at: parent.offset)
      }
      let relation = Relation(oid: .none, kind: .partitionedTable, name: name, origin: origin)
      for constraint in constraints where !allows(constraint, onPartitioned: relation, at: constraint.offset) { break }
    }
    checkTemporaryParent(statement)
  }

  /// A foreign table's rows are checked elsewhere.
  private mutating func checkForeign(_ constraints: [ConstraintDefinition], at offset: Int) {
    for constraint in constraints {
      let what: String
      switch constraint.kind {
      case .primaryKey: what = "primary key"
      case .unique: what = "unique"
      case .foreignKey: what = "foreign key"
      case .exclusion: what = "exclusion"
      default: continue
      }
      reject("\(what) constraints are not supported on foreign tables", "0A000", at: constraint.offset)
      return
    }
  }

  /// Temporary tables and others don't inherit from each other.
  private mutating func checkTemporaryParent(_ statement: CreateTable) {
    let isTemporary = statement.persistence == .temporary || statement.table.name.schema == Catalog.temporarySchema
    if let parent = statement.partitionOf.flatMap({ catalog.relation($0.name) }), !parent.isAssumed {
      checkPersistence(ofPartition: isTemporary, parent, "create", at: statement.table.offset)
      checkForeignPartition(isForeign: statement.server != nil, of: parent, "create", at: statement.table.offset)
    }
    for reference in statement.inherits {
      guard let parent = catalog.relation(reference.name), !parent.isAssumed else { continue }
      if parent.isPartition {
        reject("cannot inherit from partition '\(parent.name.name)'", "42809", at: reference.offset)
      } else if parent.persistence == .temporary, !isTemporary {
        reject("cannot inherit from temporary relation '\(parent.name.name)'", "42809", at: reference.offset)
      }
    }
  }

  /// - Parameter verb: `create` or `attach`.
  mutating func checkPersistence(ofPartition isTemporary: Bool, _ parent: Relation, _ verb: String, at offset: Int) {
    let isParentTemporary = parent.persistence == .temporary
    guard isParentTemporary != isTemporary else { return }
    let (own, other) = isTemporary ? ("temporary", "permanent") : ("permanent", "temporary")
    reject(
      "cannot \(verb) a \(own) relation as partition of \(other) relation '\(parent.name.name)'", "42809", at: offset)
  }

  /// Unique indexes don't reach into foreign tables.
  mutating func checkForeignPartition(isForeign: Bool, of parent: Relation, _ verb: String, at offset: Int) {
    guard isForeign, catalog.indexes(on: parent.oid).contains(where: \.isUnique) else { return }
    reject(
      "cannot \(verb) foreign table as partition of partitioned table '\(parent.name.name)', which has unique indexes",
      "42809", at: offset)
  }

  // MARK: - Merging inherited columns

  /// Two columns of one name that a table inherits must agree (PostgreSQL source, `MergeAttributes`).
  mutating func checkMerge(_ known: Column, with column: Column, at offset: Int) {
    if let a = known.type, let b = column.type, a.oid != b.oid {
      reject("inherited column '\(column.name)' has a type conflict", "42804", at: offset)
    } else if known.collation != column.collation, let type = column.type,
      catalog.facts(of: type.oid)?.hasCollation == true
    {
      reject("inherited column '\(column.name)' has a collation conflict", "42P21", at: offset)
    } else if known.isGenerated != column.isGenerated {
      reject("inherited column '\(column.name)' has a generation conflict", "42804", at: offset)
    }
  }

  // MARK: - Generation expressions

  /// A column that a parent generates stays generated in the same way.
  mutating func checkGeneration(of column: Column, _ definition: ColumnDefinition, _ inherited: Column) {
    let what: String
    if inherited.isGenerated {
      if column.isGenerated {
        return reject(
          "child column '\(column.name)' specifies generation expression", "42611", at: definition.offset, before: 16)
      } else if column.identity != nil {
        what = "column '\(column.name)' inherits from generated column but specifies identity"
      } else if column.hasDefault {
        what = "column '\(column.name)' inherits from generated column but specifies default"
      } else {
        return
      }
    } else {
      return
    }
    reject(what, "42611", at: definition.offset)
  }

  /// A generated column depends on plain columns only (PostgreSQL documentation, section 5.3 "Generated Columns").
  mutating func checkGeneration(_ value: Expression, in relation: Relation) {
    var finding: (String, String, Int)?
    value.walk { part in
      guard finding == nil, case .column(let path, let isWhole, let offset) = part, let name = path.last else { return }
      if isWhole || relation.column(name) == nil && name == relation.name.name {
        finding = ("cannot use whole-row variable in column generation expression", "42P17", offset)
      } else if relation.column(name)?.isGenerated == true {
        finding = ("cannot use generated column '\(name)' in column generation expression", "42P17", offset)
      } else if relation.column(name) == nil, Column.system[name] != nil, name != "tableoid" {
        finding = ("cannot use system column '\(name)' in column generation expression", "42P10", offset)
      }
    }
    if let (message, sqlState, offset) = finding { reject(message, sqlState, at: offset) }
  }

  /// A check sees the row's own columns, and of the system's only `tableoid`.
  mutating func checkSystemColumns(in condition: Expression, of relation: Relation) {
    let name = condition.columnNames.first {
      relation.column($0) == nil && Column.system[$0] != nil && $0 != "tableoid"
    }
    if let name {
      reject("system column '\(name)' reference in check constraint is invalid", "42P10", at: condition.offset)
    }
  }
}
