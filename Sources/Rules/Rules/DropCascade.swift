import Catalog
import Diagnostics

/// See rules/drop-cascade.md.
struct DropCascade: Rule {
  static let id = "drop-cascade"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    cascades(
      of: replayed.forward, after: replayed.before,
      note: "the statement doesn't say so, and the next object that depends on it goes without a word as well",
      help: "drop these by name, and leave CASCADE out")
  }
}
