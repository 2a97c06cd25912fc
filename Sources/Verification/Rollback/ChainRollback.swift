import Catalog
import Diagnostics
import Migrations
import Postgres
import Rules

/// Takes all migrations back, last to first, and applies them again, on a copy of the migrated database.
struct ChainRollback {
  var chain: Chain
  var database: String
  var databases: Databases
  var start: Snapshot
  var end: Snapshot

  func checks(_ evidence: inout Evidence) throws -> [CheckResult] {
    var log = CheckLog()
    for (index, rollback) in chain.fullRollbacks.enumerated() {
      log.append(try full(rollback, number: index + 1, &evidence))
    }
    guard !chain.migrations.isEmpty, chain.migrations.allSatisfy({ !$0.migration.down.isEmpty }) else {
      return log.checks
    }
    try databases.withCopy(of: database) { try backAndForth($0, &log) }
    if !chain.listedRollbacks.isEmpty {
      let runs = try databases.withCopy(of: database) { copy in
        try Runner(connection: copy).run(chain.listedRollbacks.map(\.execution))
      }
      evidence.add(runs, in: .listed)
      log.append(listed(runs))
    }
    return log.checks
  }

  private func backAndForth(_ copy: Connection, _ log: inout CheckLog) throws {
    func run(_ steps: [Execution], of migration: Migration) throws -> [StatementRun] {
      try chain.runner(on: copy, for: migration).run(steps)
    }
    var errors: [StatementRun] = []
    for replayed in chain.migrations.reversed() {
      errors += try run(replayed.down, of: replayed.migration).rejected
    }
    log.append(
      check(
        "restores", "rolling back the whole chain restores the baseline", errors,
        try Snapshot(copy).differences(from: start)))
    errors = []
    for replayed in chain.migrations {
      errors += try run(replayed.up, of: replayed.migration).rejected
    }
    log.append(
      check(
        "reapplies", "the whole chain applies again after it was rolled back", errors,
        try Snapshot(copy).differences(from: end)))
  }

  /// A script that takes all migrations back at once.
  private func full(
    _ rollback: Chain.Replayed, number: Int, _ evidence: inout Evidence
  ) throws -> CheckResult {
    let (runs, differences) = try databases.withCopy(of: database) { copy in
      (
        try Runner(connection: copy).run(rollback.down),
        try Snapshot(copy).differences(from: start)
      )
    }
    evidence.add(runs, in: .listed)
    let place = runs.first.map { " at \($0.range.path):\($0.range.start.line)" } ?? ""
    return check("full-\(number)", "the rollback\(place) restores the baseline", runs.rejected, differences)
  }

  private func check(
    _ name: String, _ claim: String, _ errors: [StatementRun], _ differences: [String]
  ) -> CheckResult {
    let holds = errors.isEmpty && differences.isEmpty
    return CheckResult(
      id: "rollback/chain/\(name)", stage: "rollback", subject: "the whole chain", status: holds ? .passed : .failed,
      message: holds ? claim : "it is not so that \(claim)", expected: holds ? nil : "no difference and no error",
      actual: holds ? nil : errors.report(differences),
      sqlState: errors.first?.error?.sqlState, range: errors.first?.range)
  }

  private func listed(_ runs: [StatementRun]) -> CheckResult {
    let failures = runs.rejected
    return CheckResult(
      id: "rollback/listed", stage: "rollback", subject: "the document", status: failures.isEmpty ? .passed : .failed,
      message: failures.isEmpty
        ? "the rollbacks run in the order in which the document lists them"
        : "\(failures.count) statements are rejected when the rollbacks run in the order in which the document lists them",
      expected: failures.isEmpty ? nil : "every statement runs",
      actual: failures.isEmpty ? nil : failures.report(),
      sqlState: failures.first?.error?.sqlState, range: failures.first?.range)
  }
}
