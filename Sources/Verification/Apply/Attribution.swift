import Catalog
import Diagnostics
import Postgres
import PostgresSyntax
import Rules

/// Turns the server's rejections into findings: each one that the static analysis predicted is marked so, each other one
/// becomes a finding of its own, with the failure that it follows from, if it follows from one.
struct Attribution {
  var chain: Chain
  var evidence: Evidence
  /// The server's version.
  var version: String

  func diagnostics(with predictions: [Diagnostic]) -> [Diagnostic] {
    let verdicts = Predictions(evidence: evidence)
    var found = predictions.map { diagnostic in
      var diagnostic = diagnostic
      switch verdicts.verdict(diagnostic) {
      case .confirmed(let error): diagnostic.notes.append("confirmed by PostgreSQL \(version): \(error.message)")
      case .refuted: diagnostic.notes.append("refuted: PostgreSQL \(version) accepts the statement")
      case .hidden(let error):
        diagnostic.notes.append(
          "not reached on PostgreSQL \(version), which rejects the statement first: \(error.message)")
      case .moot(let name): diagnostic.notes.append("not seen on PostgreSQL \(version), where '\(name)' was never made")
      case .untested: break
      }
      return diagnostic
    }
    for (phase, run) in evidence.runs {
      guard let error = run.error else { continue }
      let isPredicted = predictions.contains {
        $0.sqlState == error.sqlState && run.contains($0.range)
      }
      if !isPredicted { found.append(finding(run, error, root: evidence.root(of: run), phase)) }
    }
    return found.sorted(by: Diagnostic.inReadingOrder)
  }

  private func finding(
    _ run: StatementRun, _ error: PostgresError, root: (object: ObjectID, run: StatementRun)?, _ phase: Evidence.Phase
  ) -> Diagnostic {
    var labels: [Diagnostic.Label] = []
    var notes = [error.detail, error.hint.map { "PostgreSQL's hint: \($0)" }].compactMap { $0 }
    if let root {
      let place = root.run.step.file.firstMention(of: root.object.name, in: root.run.step.statement.range)
      labels.append(
        Diagnostic.Label(
          range: place.map { root.run.step.file.range($0) } ?? root.run.range,
          text: "'\(root.object)' does not exist because this statement is rejected"))
      let file = root.run.range.path == run.range.path ? "" : " of \(root.run.range.path)"
      notes.append(
        "it follows from the rejection in line \(root.run.range.start.line)\(file): \(root.run.error?.message ?? "")")
    }
    let missing = evidence.missingExtension(for: run)
    if let missing {
      notes.append(
        "PostgreSQL \(version) has no extension '\(missing)' here: install it, or verify on a server that has it")
    }
    if phase == .listed { notes.append("when the rollbacks run in the order in which the document lists them") }
    var finding = RejectedStatement.diagnostic(
      error.message.replacing("\"", with: "'"), at: place(of: error, in: run), of: run.step, labels: labels,
      notes: notes, sqlState: error.sqlState,
      help: root == nil || missing != nil ? nil : "correct the statement that it follows from")
    // What the server lacks is no fault of the migration's.
    if missing != nil { finding.severity = .warning }
    return finding
  }

  /// Where the server's cursor points, or else the start of the statement.
  private func place(of error: PostgresError, in run: StatementRun) -> SourceRange {
    let range = run.step.statement.range
    guard let position = error.position, position > 0 else { return firstLine(run) }
    var offset = range.lowerBound
    for scalar in run.step.file.text(range).unicodeScalars.prefix(position - 1) { offset += scalar.utf8.count }
    return run.step.file.range(run.step.file.nameRange(at: min(offset, range.upperBound), within: range))
  }

  private func firstLine(_ run: StatementRun) -> SourceRange {
    let range = run.step.statement.range
    let end = run.step.file.bytes[range].firstIndex(of: UInt8(ascii: "\n")) ?? range.upperBound
    return run.step.file.range(range.lowerBound..<end)
  }
}
