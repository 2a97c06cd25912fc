import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/narrow-type.md.
struct NarrowType: Rule {
  static let id = "narrow-type"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    chain.locks.compactMap { lock in
      guard case .typeChange(let column, let old, let new) = lock.cause, step.before.narrows(old, to: new),
        // Who changes the values first has thought of those that don't fit.
        !chain.deployment.hasChanged(column, of: lock.table, before: step)
      else {
        return nil
      }
      return diagnostic(
        "column '\(lock.table.name.name).\(column)' of type \(step.before.format(old)) becomes \(step.before.format(new)), which can't hold every value of it",
        at: step.mention(of: column), of: step,
        notes: ["a value that doesn't fit makes the statement fail, or is rounded"],
        help: "look for such values first, or keep the wider type")
    }
  }
}
