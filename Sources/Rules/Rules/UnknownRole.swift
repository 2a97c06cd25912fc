import Catalog
import Diagnostics

/// See rules/unknown-role.md.
struct UnknownRole: Rule {
  static let id = "unknown-role"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    undefined([.role], step, in: chain)
  }
}
