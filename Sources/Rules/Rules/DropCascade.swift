import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/drop-cascade.md.
struct DropCascade: Rule {
  static let id = "drop-cascade"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    replayed.forward.compactMap { step in
      guard step.outcome.sqlState == nil else { return nil }
      let gone = step.droppedByCascade(in: replayed.before, others: replayed.forward)
      guard !gone.isEmpty else { return nil }
      return diagnostic(
        "CASCADE also drops \(gone.map(\.phrase).quotedPhrases())", at: step.cascadeWord, of: step,
        notes: ["the statement doesn't say so, and the next object that depends on it goes without a word as well"],
        help: "drop these by name, and leave CASCADE out")
    }
  }
}
