import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/integer-key.md.
struct IntegerKey: Rule {
  static let id = "integer-key"
  static let severity = Severity.info
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    let sequences = chain.final.defaultSequences
    return chain.tables.compactMap { table in
      guard !table.isPartition, let key = table.primaryKey, key.columns.count == 1,
        let column = table.column(key.columns[0]), let type = column.type?.oid, type == .integer || type == .smallint,
        column.identity != nil || column.defaultValue?.functionName == "nextval"
          || (sequences[table.oid] ?? []).contains(where: { $0.ownedBy?.column == column.number })
      else { return nil }
      return diagnostic(
        "'\(table.name.name).\(column.name)' runs out after \(type == .integer ? "2,147,483,647" : "32,767") rows",
        about: column,
        of: table, notes: ["a number that was given out is used up, also where the insert failed"], help: "use bigint")
    }
  }
}
