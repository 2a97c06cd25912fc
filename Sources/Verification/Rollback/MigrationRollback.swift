import Diagnostics
import Migrations
import Postgres
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
    let isConsequence =
      differences.isEmpty && !rejected.isEmpty && failures.allSatisfy { $0.error?.isOfMissing == true }
    log.append(
      CheckResult(
        id: "rollback/\(version)/restores", stage: "rollback", subject: "migration \(version)",
        status: status == .restored ? .passed : isConsequence ? .skipped : .failed,
        message: isConsequence && status == .failed
          ? "what the rollback of migration \(version) drops is not there, because the migration is rejected"
          : message(status, version, down),
        expected: status == .restored ? nil : "the schema as it was before migration \(version)",
        actual: status == .restored ? nil : failures.report(differences),
        sqlState: failures.first?.error?.sqlState,
        range: failures.first?.range ?? down.first?.range ?? replayed.migration.down.first?.start))
    if let rows, status == .restored {
      log.append(keepsRows(try RowDigest(runner.connection, tables), rows, version))
    }
    if status == .restored { log.append(try reapplies(runner, version)) }
    return Outcome(
      rollback: MigrationResult.Rollback(status: status, differences: differences), checks: log.checks, runs: down)
  }

  private func keepsRows(_ now: RowDigest, _ before: RowDigest, _ version: String) -> CheckResult {
    let intended = IntendedChanges(replayed.up)
    let differences = now.differences(from: before, isExact: true)
    let unintended = now.differences(from: before, isExact: true) { table, type in type == nil && intended.change(table)
    }
    let status: CheckResult.Status = differences.isEmpty ? .passed : unintended.isEmpty ? .skipped : .failed
    let message =
      switch status {
      case .passed: "rows from before migration \(version) are the same after its rollback"
      case .skipped: "migration \(version) changes rows, and its rollback leaves them so"
      default: "rows from before migration \(version) are not the same after its rollback"
      }
    return CheckResult(
      id: "rollback/\(version)/rows", stage: "rollback", subject: "migration \(version)", status: status,
      message: message, expected: differences.isEmpty ? nil : "the rows as they were",
      actual: differences.isEmpty ? nil : (unintended.isEmpty ? differences : unintended).joined(separator: "\n"),
      range: replayed.down.first.map { $0.file.range($0.statement.range) })
  }

  private func message(
    _ status: MigrationResult.Rollback.Status, _ version: String, _ down: [StatementRun]
  ) -> String {
    switch status {
    case .differs where down.isEmpty: "the rollback of migration \(version) is empty"
    case .restored: "the rollback of migration \(version) restores the schema"
    case .differs: "the rollback of migration \(version) does not restore the schema"
    case .failed: "the rollback of migration \(version) is rejected"
    case .missing: "migration \(version) has no rollback"
    }
  }

  private func reapplies(_ runner: Runner, _ version: String) throws -> CheckResult {
    let again = try runner.run(replayed.up)
    let failures = again.rejected.filter { !rejected.contains($0.range) }
    // With the rows that are there now, which are made up.
    if !failures.isEmpty, failures.allSatisfy({ $0.error?.dependsOnRows == true }) {
      return CheckResult(
        id: "rollback/\(version)/reapplies", stage: "rollback", subject: "migration \(version)", status: .skipped,
        message: "whether migration \(version) applies again after its rollback depends on the rows",
        actual: failures.report(), sqlState: failures[0].error?.sqlState, range: failures[0].range)
    }
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

extension PostgresError {
  /// Whether something is not there (PostgreSQL documentation, appendix A, class 42).
  fileprivate var isOfMissing: Bool {
    ["42P01", "42703", "42704", "42883", "3F000"].contains(sqlState)
  }
}

extension Script {
  /// The place where it begins.
  fileprivate var start: SourceRange { file.range(range.lowerBound..<range.lowerBound) }
}
