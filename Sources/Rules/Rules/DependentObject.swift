import Catalog
import Diagnostics

/// See rules/dependent-object.md.
struct DependentObject: Rule {
  static let id = "dependent-object"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.direction != .down else { return [] }
    return step.outcome.rejections.compactMap { rejection in
      guard case .dependents(let object, let dependents) = rejection.reason, rejection.isCertain else { return nil }
      return diagnostic(
        "\(object.kind.rawValue) '\(object)' is still used by \(dependents.map(\.description).quotedList())",
        at: step.mention(of: object.name), of: step,
        labels: rejection.related.map { [$0.label("created here", naming: object.name)] } ?? [],
        notes: ["without CASCADE, PostgreSQL drops nothing that other objects depend on"],
        help: "drop or change \(dependents.map(\.description).quotedList()) first", sqlState: rejection.sqlState)
    }
  }
}
