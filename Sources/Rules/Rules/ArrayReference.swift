import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/array-reference.md.
struct ArrayReference: Rule {
  static let id = "array-reference"
  static let severity = Severity.info
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    let names = Set(chain.tables.filter { !$0.isPartition }.map(\.name.name))
    return chain.tables.filter { !$0.isPartition }.flatMap { table -> [Diagnostic] in
      table.columns.compactMap { column in
        guard let type = column.type, chain.final.isArray(type) else { return nil }
        let last = column.name.split(separator: "_").dropFirst().joined(separator: "_")
        let stem =
          column.name.hasSuffix("_ids")
          ? String(column.name.dropLast(4)) : column.name.hasSuffix("Ids") ? String(column.name.dropLast(3)) : nil
        let isKey =
          stem.map { stem in names.contains { $0.contains(stem.split(separator: "_").last ?? "") } }
          ?? names.contains(last)
        guard isKey, !table.keepsHistory else { return nil }
        return diagnostic(
          "'\(table.name.name).\(column.name)' holds keys that no constraint can check", about: column, of: table,
          notes: ["a foreign key can't refer from the elements of an array"],
          help: "use a table with one row for each pair")
      }
    }
  }
}
