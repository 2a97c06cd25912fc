import Catalog
import Diagnostics

/// See rules/unknown-index.md.
struct UnknownIndex: Rule {
  static let id = "unknown-index"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    undefined([.index], step, in: chain)
  }
}
