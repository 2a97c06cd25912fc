import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/unique-builds-index.md.
struct UniqueBuildsIndex: Rule {
  static let id = "unique-builds-index"
  static let severity = Severity.warning
  static let category = Category.locks

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    chain.locks.compactMap { lock in
      guard lock.work != nil else { return nil }
      let name = lock.table.name.name
      switch lock.cause {
      case .key where lock.work == .scan:
        return diagnostic(
          "reads and writes of '\(name)' wait while the key's columns are searched for NULL", about: lock, of: step,
          help: "make the columns NOT NULL first, with a validated check")
      case .key:
        return diagnostic(
          "reads and writes of '\(name)' wait while the constraint's index is built", about: lock, of: step,
          help: "create a unique index concurrently, then add the constraint USING INDEX")
      case .exclusion:
        return diagnostic(
          "reads and writes of '\(name)' wait while the constraint's index is built", about: lock, of: step,
          notes: ["an exclusion constraint can't use an index that is there"],
          help: "add it while nobody uses the table")
      default: return nil
      }
    }
  }
}
