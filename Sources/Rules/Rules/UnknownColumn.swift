import Catalog
import Diagnostics

/// See rules/unknown-column.md.
struct UnknownColumn: Rule {
  static let id = "unknown-column"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    undefined([.column], step, in: chain)
  }
}
