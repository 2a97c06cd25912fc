import Diagnostics
import Postgres
import Rules

/// How far the server bears out what the static analysis predicts.
struct Predictions {
  enum Verdict {
    case confirmed(PostgresError)
    case refuted
    /// The server rejects the statement for another reason first.
    case hidden(PostgresError)
    /// The server accepts it, but only because an object that the finding is about was never made.
    case moot(String)
    case untested
  }

  var evidence: Evidence

  func verdict(_ diagnostic: Diagnostic) -> Verdict {
    guard let expected = diagnostic.sqlState else { return .untested }
    let runs = evidence.runs(at: diagnostic.range)
    let errors = runs.flatMap { ($0.error.map { [$0] } ?? []) + $0.laterErrors }
    if let error = errors.first(where: { $0.sqlState == expected && $0.concerns(diagnostic) }) {
      return .confirmed(error)
    }
    if let error = errors.first { return .hidden(error) }
    let lost = evidence.lost.keys.map(\.description).filter { diagnostic.message.contains("'\($0)'") }
    if let name = lost.min() { return .moot(name) }
    return runs.isEmpty ? .untested : .refuted
  }

  /// One check for each prediction.
  func checks(_ diagnostics: [Diagnostic]) -> [CheckResult] {
    diagnostics.filter { $0.sqlState != nil }.map { diagnostic in
      let place = "\(diagnostic.range.path):\(diagnostic.range.start.line):\(diagnostic.range.start.column)"
      var check = CheckResult(
        id: "predictions/\(diagnostic.rule)/\(place)", stage: "predictions", subject: place, status: .passed,
        message: "", expected: diagnostic.sqlState, range: diagnostic.range)
      switch verdict(diagnostic) {
      case .confirmed(let error):
        check.message = "confirmed: the server rejects it"
        check.actual = error.sqlState
      case .refuted:
        check.status = .failed
        check.message = "refuted: the server accepts it, although \(diagnostic.message)"
        check.actual = "accepted"
      case .hidden(let error):
        check.status = .skipped
        check.message = "hidden: the server rejects the statement first because \(error.message)"
        check.actual = error.sqlState
      case .moot(let name):
        check.status = .skipped
        check.message = "moot: '\(name)' was never made, because its own statement is rejected"
      case .untested:
        check.status = .skipped
        check.message = "untested: the statement was not sent"
      }
      return check
    }
  }
}

extension PostgresError {
  /// Whether the error is about the object that a finding names. A finding of several objects in one statement has one
  /// error at a time.
  func concerns(_ diagnostic: Diagnostic) -> Bool {
    let names = diagnostic.message.split(separator: "'", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { $0.element.split(separator: ".").last.map(String.init) ?? "" }
    guard !names.isEmpty, message.contains("\"") else { return true }
    return names.contains { message.contains($0) }
  }
}
