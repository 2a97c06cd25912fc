import Diagnostics
import Rules

/// Takes one migration back and applies it again, on a copy of the database it was just applied to.
struct MigrationRollback {
  var replayed: Chain.Replayed
  var before: Snapshot
  var after: Snapshot
  /// The statements that the server rejected the first time.
  var rejected: Set<SourceRange>
  /// The rows before the migration; nil where there were none.
  var rows: RowDigest?

  struct Outcome {
    var rollback: MigrationResult.Rollback
    var checks: [CheckResult]
    /// What the server did with the rollback.
    var runs: [StatementRun]

    var isClean: Bool { checks.allSatisfy { $0.status == .passed } && runs.rejected.isEmpty }
  }

  /// - Parameter tables: the tables before the migration.
  func run(_ runner: Runner, _ tables: LiveSchema) throws -> Outcome {
    let version = replayed.migration.version
    var log = CheckLog()
    let down = try runner.run(replayed.down)
    let failures = down.rejected
    let differences = try Snapshot(runner.connection).differences(from: before)
    let status: MigrationResult.Rollback.Status =
      failures.isEmpty ? (differences.isEmpty ? .restored : .differs) : .failed
    log.append(
      CheckResult(
        id: "rollback/\(version)/restores", stage: "rollback", subject: "migration \(version)",
        status: status == .restored ? .passed : .failed, message: message(status, version),
        expected: status == .restored ? nil : "the schema as it was before migration \(version)",
        actual: status == .restored
          ? nil : failures.report(differences),
        sqlState: failures.first?.error?.sqlState,
        range: failures.first?.range ?? down.first?.range))
    if let rows, status == .restored {
      log.append(keepsRows(try RowDigest(runner.connection, tables).differences(from: rows, isExact: true), version))
    }
    log.append(try reapplies(runner, version))
    return Outcome(
      rollback: MigrationResult.Rollback(status: status, differences: differences), checks: log.checks, runs: down)
  }

  private func keepsRows(_ differences: [String], _ version: String) -> CheckResult {
    CheckResult(
      id: "rollback/\(version)/rows", stage: "rollback", subject: "migration \(version)",
      status: differences.isEmpty ? .passed : .failed,
      message: differences.isEmpty
        ? "rows from before migration \(version) are the same after its rollback"
        : "rows from before migration \(version) are not the same after its rollback",
      expected: differences.isEmpty ? nil : "the rows as they were",
      actual: differences.isEmpty ? nil : differences.joined(separator: "\n"))
  }

  private func message(_ status: MigrationResult.Rollback.Status, _ version: String) -> String {
    switch status {
    case .restored: "the rollback of migration \(version) restores the schema"
    case .differs: "the rollback of migration \(version) does not restore the schema"
    case .failed: "the rollback of migration \(version) is rejected"
    case .missing: "migration \(version) has no rollback"
    }
  }

  private func reapplies(_ runner: Runner, _ version: String) throws -> CheckResult {
    let again = try runner.run(replayed.up)
    let failures = again.rejected.filter { !rejected.contains($0.range) }
    let differences = try Snapshot(runner.connection).differences(from: after)
    let isSame = failures.isEmpty && differences.isEmpty
    return CheckResult(
      id: "rollback/\(version)/reapplies", stage: "rollback", subject: "migration \(version)",
      status: isSame ? .passed : .failed,
      message: "migration \(version) \(isSame ? "applies" : "does not apply") again after its rollback",
      expected: isSame ? nil : "the schema as the migration made it the first time",
      actual: isSame ? nil : failures.report(differences),
      sqlState: failures.first?.error?.sqlState, range: failures.first?.range ?? again.first?.range)
  }
}
