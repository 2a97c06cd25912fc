import Catalog
import Diagnostics

/// See rules/unknown-schema.md.
struct UnknownSchema: Rule {
  static let id = "unknown-schema"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    undefined([.schema], step, in: chain)
  }
}
