import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/missing-primary-key.md.
struct MissingPrimaryKey: Rule {
  static let id = "missing-primary-key"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.compactMap { table in
      guard table.primaryKey == nil, !table.isPartition, table.persistence != .temporary, table.parents.isEmpty,
        table.hasKnownColumns, !chain.final.mayHaveChanged(table), !chain.final.isResultType(table)
      else { return nil }
      let key = chain.final.indexes(on: table.oid).first { index in
        index.isUnique && !index.isPartial
          && index.elements.allSatisfy { $0.column.flatMap { table.column($0) }?.isNotNull == true }
      }
      return diagnostic(
        "table '\(table.name.name)' has no primary key", about: table, severity: key == nil ? .warning : .info,
        notes: [
          key.map { "the unique index '\($0.name.name)' would serve" }
            ?? "a row can't be named, and logical replication can't find it"
        ], help: key == nil ? "add a primary key" : "add `PRIMARY KEY USING INDEX \(key!.name.name.sqlIdentifier)`")
    }
  }
}
