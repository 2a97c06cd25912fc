import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/attach-partition-scan.md.
struct AttachPartitionScan: Rule {
  static let id = "attach-partition-scan"
  static let severity = Severity.warning
  static let category = Category.locks

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    chain.locks.compactMap { lock in
      guard case .attach = lock.cause, lock.work == .scan else { return nil }
      let name = lock.table.name.name
      return diagnostic(
        "reads and writes of '\(name)' wait while its rows are compared with the bound",
        at: lock.offset.map { step.file.nameRange(at: $0, within: step.statement.range) } ?? step.statement.range,
        of: step, notes: ["no validated check says that they fit"],
        help: "first add a CHECK with the bound to '\(name)' NOT VALID, and validate it; drop it after attaching")
    }
  }
}
