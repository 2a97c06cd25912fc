import Catalog
import Diagnostics

/// See rules/rollback-order.md.
final class RollbackOrder: Rule {
  static let id = "rollback-order"
  static let severity = Severity.error
  static let category = Category.rollback

  init() {}

  /// The rollbacks in which a statement has failed: what comes after it is a consequence.
  private var failed: Set<String> = []

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.direction == .down, let migration = step.migration else { return whole(step) }
    guard step.outcome.sqlState != nil, failed.insert("\(step.file.path) \(migration)").inserted else { return [] }
    return whole(step)
  }

  private func whole(_ step: Step) -> [Diagnostic] {
    guard step.direction == .down else { return [] }
    return findings(step, notes: ["the rollback runs right after its own migration and fails already there"]) {
      "drop \($0) first"
    }
  }

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.listedRollbacks.flatMap { step in
      findings(step, notes: ["the document lists the rollbacks from the first migration to the last"]) { _ in
        "list and run them from the last migration to the first"
      }
    }
  }

  private func findings(_ step: Step, notes: [String], help: (String) -> String) -> [Diagnostic] {
    step.outcome.rejections.compactMap { rejection in
      guard case .dependents(let object, let dependents) = rejection.reason, rejection.isCertain else { return nil }
      let names = dependents.map(\.description).quotedList()
      return diagnostic(
        "\(object.kind.rawValue) '\(object)' is dropped before \(names), which \(dependents.count == 1 ? "depends" : "depend") on it",
        at: step.mention(of: object.name), of: step,
        labels: rejection.related.map { [$0.label("created here", naming: object.name)] } ?? [], notes: notes,
        help: help(names), sqlState: rejection.sqlState)
    }
  }
}
