import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/long-lock-window.md.
final class LongLockWindow: Rule {
  static let id = "long-lock-window"
  static let severity = Severity.warning
  static let category = Category.locks

  private var reported: Set<String> = []

  init() {}

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward, chain.transaction.isInside, !reported.contains(step.file.path),
      let held = chain.transaction.locks.first(where: { $0.mode == .accessExclusive })
    else { return [] }
    let locks = chain.locks
    // What locks the same table as strongly itself is no worse for what came before it.
    let slow = locks.first { $0.work != nil && ($0.table.oid != held.table || $0.mode != .accessExclusive) }
    let wide = locks.first { $0.mode == .accessExclusive && $0.table.oid != held.table }
    guard let lock = slow ?? wide else { return [] }
    reported.insert(step.file.path)
    let what = slow == nil ? "'\(lock.table.name.name)' is locked" : "every row of '\(lock.table.name.name)' is read"
    return [
      diagnostic(
        "\(what) while '\(held.name)' is still locked against reads and writes", at: step.statement.range, of: step,
        labels: [held.origin.label("locked here, until the transaction ends", naming: held.name)],
        notes: [
          "locks are held until the transaction ends, and two that are taken in another order elsewhere deadlock"
        ],
        help: "end the transaction first: put this into a migration of its own")
    ]
  }
}
