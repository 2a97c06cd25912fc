import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/index-order.md.
struct IndexOrder: Rule {
  static let id = "index-order"
  static let severity = Severity.info
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.filter { !$0.isPartition }.flatMap { table -> [Diagnostic] in
      chain.final.indexes(on: table.oid).compactMap { index in
        guard index.method == "btree", index.elements.count == 1, let element = index.elements.first,
          element.isDescending, !element.hasUnusualNulls, let origin = index.origin, origin.migration != nil,
          let word = origin.file.tokens(in: origin.range).first(where: { origin.file.identifier($0) == "desc" })?.range
        else { return nil }
        let edit = Fix.Edit(range: origin.file.range(origin.file.withBlanksBefore(word)), replacement: "")
        return diagnostic(
          "DESC does nothing in an index on one column", at: word, of: origin,
          notes: ["PostgreSQL reads an index backward as fast as forward"], help: "leave DESC out",
          fix: Fix(title: "leave DESC out", safe: true, edits: [edit]))
      }
    }
  }
}
