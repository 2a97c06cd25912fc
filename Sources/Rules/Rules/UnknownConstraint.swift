import Catalog
import Diagnostics

/// See rules/unknown-constraint.md.
struct UnknownConstraint: Rule {
  static let id = "unknown-constraint"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    undefined([.constraint], step, in: chain)
  }
}
