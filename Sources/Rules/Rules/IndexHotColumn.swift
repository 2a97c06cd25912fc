import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/index-hot-column.md.
struct IndexHotColumn: Rule {
  static let id = "index-hot-column"
  static let severity = Severity.info
  static let category = Category.design
  static let isOptional = true

  private static let words = ["heartbeat", "last_seen", "last_activity", "lastseen", "last_used"]

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.filter { !$0.isPartition }.flatMap { table -> [Diagnostic] in
      chain.final.indexes(on: table.oid).compactMap { index in
        guard let origin = index.origin, origin.migration != nil,
          let name = index.elements.compactMap(\.column).first(where: { name in
            table.column(name)?.saysUpdated == true || Self.words.contains { name.lowercased().contains($0) }
          })
        else { return nil }
        return diagnostic(
          "index '\(index.name.name)' is on '\(name)', which every update changes",
          at: origin.mention(of: index.name.name),
          of: origin,
          notes: ["no update of the row can then be a heap-only one: all indexes get a new entry each time"],
          help: "leave the index out, or keep the column in a table of its own")
      }
    }
  }
}
