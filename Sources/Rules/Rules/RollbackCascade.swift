import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/rollback-cascade.md.
struct RollbackCascade: Rule {
  static let id = "rollback-cascade"
  static let severity = Severity.warning
  static let category = Category.rollback

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    replayed.down.compactMap { step in
      guard step.outcome.sqlState == nil else { return nil }
      let gone = step.droppedByCascade(in: replayed.after, others: replayed.down)
      guard !gone.isEmpty else { return nil }
      return diagnostic(
        "CASCADE also drops \(gone.map(\.phrase).quotedPhrases())", at: step.cascadeWord, of: step,
        notes: ["a rollback that drops what it doesn't name hides that its order is wrong"],
        help: "drop these by name before, and leave CASCADE out")
    }
  }
}
