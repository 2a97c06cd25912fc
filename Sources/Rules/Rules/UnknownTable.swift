import Catalog
import Diagnostics

/// See rules/unknown-table.md.
struct UnknownTable: Rule {
  static let id = "unknown-table"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    undefined([.table, .view, .materializedView, .foreignTable], step, in: chain)
  }
}
