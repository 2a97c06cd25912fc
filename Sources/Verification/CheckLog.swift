import Diagnostics

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
