import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/lock-timeout.md.
final class LockTimeout: Rule {
  static let id = "lock-timeout"
  static let severity = Severity.warning
  static let category = Category.locks
  static let options = [
    RuleOption("set-by-runner", "`true` where the tool sets `lock_timeout` itself", standard: ["false"])
  ]

  /// The scripts that a finding has been made for.
  private var reported: Set<String> = []

  init() {}

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard chain.transaction.settings["lock_timeout"] == nil, option("set-by-runner", in: chain) != ["true"],
      !reported.contains(step.file.path),
      let lock = chain.locks.first(where: { $0.mode.blocksWrites })
    else { return [] }
    reported.insert(step.file.path)
    return [
      diagnostic(
        "the statement waits for \(lock.mode.name.hasPrefix("S") || lock.mode.name.hasPrefix("R") ? "a" : "an") \(lock.mode.name) lock on '\(lock.table.name.name)' without a limit",
        at: step.statement.range, of: step,
        notes: [
          "while it waits behind a long query, all that want to \(lock.mode.blocksReads ? "read or write" : "write to") the table wait behind it"
        ],
        help: "begin the file with `SET lock_timeout = '5s';` and try again when it fails")
    ]
  }
}
