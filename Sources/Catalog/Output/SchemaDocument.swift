/// The schema as data, for programs.
public struct SchemaDocument: Codable, Sendable {
  public struct Table: Codable, Sendable {
    public struct Column: Codable, Sendable {
      public var name: String
      public var type: String
      public var notNull: Bool
      public var hasDefault: Bool
      public var identity: String?
      public var generated: Bool
      public var comment: String?
    }

    public struct Constraint: Codable, Sendable {
      public var name: String
      public var kind: String
      public var columns: [String]
      public var references: String?
      public var referencedColumns: [String]?
      public var onDelete: String?
      public var onUpdate: String?
      public var validated: Bool
    }

    public struct Index: Codable, Sendable {
      public var name: String
      public var method: String
      public var columns: [String]
      public var including: [String]
      public var unique: Bool
      public var partial: Bool
      public var constraint: String?
    }

    public var kind: String
    public var schema: String
    public var name: String
    public var columns: [Column]
    public var constraints: [Constraint]
    public var indexes: [Index]
    public var triggers: [String]
    public var policies: [String]
    public var rowSecurity: Bool
    public var parents: [String]
    public var comment: String?
  }

  public struct Routine: Codable, Sendable {
    public var kind: String
    public var schema: String
    public var name: String
    public var arguments: String
    public var returns: String
    public var language: String
    public var volatility: String
    public var securityDefiner: Bool
  }

  public struct TypeEntry: Codable, Sendable {
    public var schema: String
    public var name: String
    public var kind: String
    public var labels: [String]?
    public var base: String?
  }

  public var schemas: [String]
  public var extensions: [String]
  public var roles: [String]
  public var types: [TypeEntry]
  public var relations: [Table]
  public var routines: [Routine]
  /// Every fact that is compared with a real catalog, one a line.
  public var inventory: [String]
}

extension Catalog {
  public var document: SchemaDocument {
    var catalog = self
    catalog.session.path = ["public"]
    return SchemaDocument(
      schemas: catalog.schemas.keys.sorted(), extensions: catalog.extensions.keys.sorted(),
      roles: catalog.roles.entries.filter { !$0.1.isAssumed }.map { $0.0 }.sorted(), types: catalog.typeEntries,
      relations: catalog.sortedRelations.filter { $0.kind != .compositeType }.map { catalog.entry($0) },
      routines: catalog.routineEntries, inventory: catalog.inventory.map(\.description))
  }

  private var sortedRelations: [Relation] {
    relations.values.filter { !$0.isAssumed && $0.name.schema != Self.temporarySchema }
      .sorted { $0.name.qualified < $1.name.qualified }
  }

  private func entry(_ relation: Relation) -> SchemaDocument.Table {
    let kinds: [Relation.Kind: String] = [
      .table: "table", .partitionedTable: "partitioned table", .view: "view", .materializedView: "materialized view",
      .sequence: "sequence", .foreignTable: "foreign table", .compositeType: "type",
    ]
    return SchemaDocument.Table(
      kind: kinds[relation.kind] ?? "", schema: relation.name.schema ?? "", name: relation.name.name,
      columns: relation.columns.map { column in
        .init(
          name: column.name, type: column.type.map { format($0) } ?? "unknown", notNull: column.isNotNull,
          hasDefault: column.hasDefault, identity: column.identity.map { $0 == "a" ? "always" : "by default" },
          generated: column.isGenerated,
          comment: comments[Address(.column, relation.oid, column: column.number)])
      }, constraints: relation.constraints.map { entry($0) },
      indexes: indexes(on: relation.oid).map { index in
        .init(
          name: index.name.name, method: index.method, columns: index.elements.map { $0.column ?? "expression" },
          including: index.including, unique: index.isUnique, partial: index.isPartial, constraint: index.constraint)
      }, triggers: relation.triggers.map(\.name), policies: relation.policies.map(\.name),
      rowSecurity: relation.hasRowSecurity, parents: relation.parents.compactMap { relations[$0]?.name.qualified },
      comment: comments[Address(.relation, relation.oid)])
  }

  private func entry(_ constraint: Constraint) -> SchemaDocument.Table.Constraint {
    let kind =
      switch constraint.kind {
      case .primaryKey: "primary key"
      case .unique: "unique"
      case .check: "check"
      case .exclusion: "exclusion"
      case .foreignKey: "foreign key"
      }
    let key = constraint.foreignKey
    return .init(
      name: constraint.name, kind: kind, columns: constraint.columns,
      references: key.flatMap { relations[$0.target]?.name.qualified }, referencedColumns: key?.targetColumns,
      onDelete: key?.onDelete.rawValue, onUpdate: key?.onUpdate.rawValue, validated: constraint.isValidated)
  }

  private var typeEntries: [SchemaDocument.TypeEntry] {
    types.values.filter { !$0.isAssumed }.sorted { $0.name.qualified < $1.name.qualified }.map { type in
      var entry = SchemaDocument.TypeEntry(schema: type.name.schema ?? "", name: type.name.name, kind: "base")
      switch type.kind {
      case .enumeration(let labels):
        entry.kind = "enum"
        entry.labels = labels
      case .domain(let domain):
        entry.kind = "domain"
        entry.base = format(domain.base)
      case .range, .multirange: entry.kind = "range"
      case .base, .shell, .assumed: break
      }
      return entry
    }
  }

  private var routineEntries: [SchemaDocument.Routine] {
    routines.values.filter { !$0.isConstructor }.map { routine in
      SchemaDocument.Routine(
        kind: routine.objectKind.rawValue, schema: routine.name.schema ?? "", name: routine.name.name,
        arguments: signature(of: routine), returns: format(routine.result),
        language: routine.definition.body?.language ?? "", volatility: routine.volatility.rawValue,
        securityDefiner: routine.isSecurityDefiner)
    }.sorted { ($0.schema, $0.name, $0.arguments) < ($1.schema, $1.name, $1.arguments) }
  }

  /// The tables and their foreign keys as a Mermaid entity relationship diagram.
  public var mermaid: String {
    var catalog = self
    catalog.session.path = ["public"]
    var lines = ["erDiagram"]
    let tables = catalog.sortedRelations.filter { $0.isTable && !$0.isPartition }
    for table in tables {
      lines.append("  \(table.mermaidName) {")
      for column in table.columns {
        let type = (column.type.map { catalog.format($0) } ?? "unknown").mermaidWord
        var marks: [String] = []
        if table.primaryKey?.columns.contains(column.name) == true { marks.append("PK") }
        if table.hasForeignKey(on: column.name) {
          marks.append("FK")
        }
        if table.constraints.contains(where: { $0.isUnique && !$0.isPrimaryKey && $0.columns == [column.name] }) {
          marks.append("UK")
        }
        lines.append(
          "    \(type) \(column.name.mermaidWord)" + (marks.isEmpty ? "" : " " + marks.joined(separator: ", ")))
      }
      lines.append("  }")
    }
    for table in tables {
      for constraint in table.constraints {
        guard let key = constraint.foreignKey, let target = catalog.relations[key.target] else { continue }
        let isOptional = constraint.columns.contains { table.column($0)?.isNotNull == false }
        let isOne = table.constraints.contains { $0.isUnique && Set($0.columns) == Set(constraint.columns) }
        lines.append(
          "  \(target.mermaidName) \(isOptional ? "|o" : "||")--\(isOne ? "o|" : "o{") \(table.mermaidName) : \"\(constraint.columns.joined(separator: ", "))\""
        )
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Relation {
  fileprivate var mermaidName: String {
    (name.schema == "public" ? name.name : name.qualified.map { $0 == "." ? "__" : String($0) }.joined()).mermaidWord
  }
}

extension String {
  /// Mermaid takes letters, digits, underscores, dashes, brackets and parentheses in a word.
  fileprivate var mermaidWord: String {
    map { $0.isLetter || $0.isNumber || "_-[]()".contains($0) ? String($0) : $0 == " " ? "_" : $0 == "," ? "-" : "" }
      .joined()
  }
}
