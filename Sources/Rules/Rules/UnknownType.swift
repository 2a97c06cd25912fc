import Catalog
import Diagnostics

/// See rules/unknown-type.md.
struct UnknownType: Rule {
  static let id = "unknown-type"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    undefined([.type, .domain], step, in: chain)
  }
}
