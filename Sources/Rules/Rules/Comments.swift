import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/comments.md.
struct Comments: Rule {
  static let id = "comments"
  static let severity = Severity.info
  static let category = Category.design
  static let isOptional = true

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.compactMap { table in
      guard !table.isPartition, chain.final.comment(on: table) == nil else { return nil }
      return diagnostic(
        "table '\(table.name.name)' has no comment", about: table,
        help: "add `COMMENT ON TABLE \(table.displaySQL) IS '…';`")
    }
  }
}
