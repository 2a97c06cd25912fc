import Catalog
import Diagnostics

/// See rules/duplicate-object.md.
struct DuplicateObject: Rule {
  static let id = "duplicate-object"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    step.outcome.rejections.compactMap { rejection in
      guard case .duplicate(let object) = rejection.reason, rejection.isCertain else { return nil }
      return diagnostic(
        "\(object.kind.rawValue) '\(object)' already exists", at: step.range(of: rejection, name: object.name),
        of: step,
        labels: rejection.related.map { [$0.label("created here", naming: object.name)] } ?? [],
        notes: ["\(chain.name(of: rejection.related?.migration)) creates it first"],
        help: "give it another name, drop the first one, or leave this statement out",
        sqlState: rejection.sqlState)
    }
  }
}
