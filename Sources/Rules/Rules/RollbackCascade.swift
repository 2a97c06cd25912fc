import Catalog
import Diagnostics

/// See rules/rollback-cascade.md.
struct RollbackCascade: Rule {
  static let id = "rollback-cascade"
  static let severity = Severity.warning
  static let category = Category.rollback

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    cascades(
      of: replayed.down, after: replayed.after,
      note: "a rollback that drops what it doesn't name hides that its order is wrong",
      help: "drop these by name before, and leave CASCADE out")
  }
}
