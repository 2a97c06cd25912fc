import Diagnostics
import Postgres

/// The checks of a stage in their order. One that doesn't say what it took has taken the time since the one before it.
struct CheckLog: Sendable {
  private(set) var checks: [CheckResult] = []
  private var last = ContinuousClock.now

  mutating func append(_ check: CheckResult) {
    let now = ContinuousClock.now
    var check = check
    if check.durationMs == 0 { check.durationMs = (now - last).milliseconds }
    checks.append(check)
    last = now
  }

  static func += (log: inout CheckLog, checks: [CheckResult]) { checks.forEach { log.append($0) } }
}

/// A stage of which a statement fails that should not is one failed check, not the end of everything.
func stage(_ name: String, _ body: () throws -> [CheckResult]) throws -> [CheckResult] {
  do { return try body() } catch let error as PostgresError where !error.isConnectionLost {
    if error.sqlState == "42501" {
      return [
        CheckResult(
          id: "\(name)/stage", stage: name, subject: name, status: .skipped,
          message: "the stage needs rights that the server does not give: \(error.message)", sqlState: error.sqlState)
      ]
    }
    return [
      CheckResult(
        id: "\(name)/stage", stage: name, subject: name, status: .errored,
        message: "the stage could not be finished: \(error.summary)", sqlState: error.sqlState)
    ]
  }
}
