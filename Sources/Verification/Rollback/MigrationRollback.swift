import Diagnostics
import Rules

/// Takes one migration back and applies it again, on a copy of the database it was just applied to.
struct MigrationRollback {
  var replayed: Chain.Replayed
  var before: Snapshot
  var after: Snapshot
  /// The statements that the server rejected the first time.
  var rejected: Set<SourceRange>

  func run(
    _ runner: Runner, _ evidence: inout Evidence
  ) throws -> (rollback: MigrationResult.Rollback, checks: [CheckResult]) {
    let version = replayed.migration.version
    let down = try runner.run(replayed.down)
    evidence.add(down, in: .rollback)
    let failures = down.rejected
    let differences = try Snapshot(runner.connection).differences(from: before)
    let status: MigrationResult.Rollback.Status =
      failures.isEmpty ? (differences.isEmpty ? .restored : .differs) : .failed
    var checks = [
      CheckResult(
        id: "rollback/\(version)/restores", stage: "rollback", subject: "migration \(version)",
        status: status == .restored ? .passed : .failed, message: message(status, version),
        expected: status == .restored ? nil : "the schema as it was before migration \(version)",
        actual: status == .restored
          ? nil : failures.report(differences),
        durationMs: down.durationMs, sqlState: failures.first?.error?.sqlState,
        range: failures.first?.range ?? down.first?.range)
    ]
    checks.append(try reapplies(runner, version))
    return (MigrationResult.Rollback(status: status, differences: differences), checks)
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
