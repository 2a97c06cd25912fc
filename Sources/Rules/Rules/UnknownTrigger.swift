import Catalog
import Diagnostics

/// See rules/unknown-trigger.md.
struct UnknownTrigger: Rule {
  static let id = "unknown-trigger"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    undefined([.trigger], step, in: chain)
  }
}
