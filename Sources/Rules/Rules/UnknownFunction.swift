import Catalog
import Diagnostics

/// See rules/unknown-function.md.
struct UnknownFunction: Rule {
  static let id = "unknown-function"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    undefined([.function, .procedure, .routine, .aggregate], step, in: chain)
  }
}
