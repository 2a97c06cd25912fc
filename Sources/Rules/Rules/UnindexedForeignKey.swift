import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/unindexed-foreign-key.md.
struct UnindexedForeignKey: Rule {
  static let id = "unindexed-foreign-key"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.flatMap { table in
      table.constraints.compactMap { constraint -> Diagnostic? in
        guard let key = constraint.foreignKey, let origin = constraint.origin,
          origin.migration != nil, table.hasKnownColumns, !isIndexed(constraint.columns, of: table, chain.final)
        else { return nil }
        let columns = constraint.columns.map { "\(table.name.name).\($0)" }
        let list = constraint.columns.map(\.sqlIdentifier).joined(separator: ", ")
        let range = constraint.offset.map { origin.file.elementRange(at: $0, within: origin.range) } ?? origin.range
        let work =
          key.onDelete == .noAction || key.onDelete == .restrict ? "every delete of a key in" : "every delete in"
        let target = chain.final.relation(key.target)?.name ?? key.targetName
        return diagnostic(
          "foreign key on \(columns.quotedList()) has no index", at: range, of: origin,
          notes: ["\(work) '\(target.name)' scans all of '\(table.name.name)'"],
          help: "add `CREATE INDEX ON \(table.displaySQL) (\(list));`")
      }
    }
  }

  private func isIndexed(_ columns: [String], of table: Relation, _ catalog: Catalog) -> Bool {
    catalog.indexes(on: table.oid).contains { index in
      index.method != "gin" && index.method != "brin" && (!index.isPartial || index.filterColumns.isSubset(of: columns))
        && Set(index.leadingColumns.prefix(columns.count)) == Set(columns)
    }
  }
}

extension Relation {
  /// The name as a statement in the default schema writes it.
  var displaySQL: String { ObjectName(schema: name.schema == "public" ? nil : name.schema, name.name).sql }
}
