import Catalog
import Diagnostics

/// See rules/duplicate-index.md.
struct DuplicateIndex: Rule {
  static let id = "duplicate-index"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.flatMap { table -> [Diagnostic] in
      let indexes = chain.final.indexes(on: table.oid)
      return indexes.enumerated().compactMap { position, index in
        guard let origin = index.origin, origin.migration != nil, !index.isPartial,
          index.elements.allSatisfy({ $0.column != nil }),
          let first = indexes[..<position].first(where: { $0.equals(index) && $0.method == index.method })
        else { return nil }
        return diagnostic(
          "index '\(index.name.name)' is a duplicate of '\(first.name.name)'",
          at: origin.file.firstMention(of: index.name.name, in: origin.range) ?? origin.range, of: origin,
          labels: first.origin.map { [$0.label("the first one", naming: first.name.name)] } ?? [],
          notes: ["every write maintains both"], help: "leave one of them out")
      }
    }
  }
}
