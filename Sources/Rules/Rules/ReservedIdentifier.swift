import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/reserved-identifier.md.
struct ReservedIdentifier: Rule {
  static let id = "reserved-identifier"
  static let severity = Severity.info
  static let category = Category.dialect
  static let isOptional = true

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward else { return [] }
    return step.namesGiven.filter(\.isReservedWord).map { name in
      diagnostic(
        "'\(name)' is a reserved word and must be quoted wherever it is used", at: step.mention(of: name), of: step,
        help: "choose another name")
    }
  }
}
