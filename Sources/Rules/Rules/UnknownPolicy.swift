import Catalog
import Diagnostics

/// See rules/unknown-policy.md.
struct UnknownPolicy: Rule {
  static let id = "unknown-policy"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    undefined([.policy], step, in: chain)
  }
}
