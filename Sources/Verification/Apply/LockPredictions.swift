import Catalog
import Diagnostics
import Migrations
import PostgresSyntax
import Rules

/// How far the server bears out what the static analysis says of locks and rewrites.
struct LockPredictions {
  var chain: Chain
  var replayed: Chain.Replayed

  private var migration: Migration { replayed.migration }

  /// One check for the migration, if it locks anything that was there before it.
  func checks(_ runs: [StatementRun]) -> [CheckResult] {
    let accepted = runs.filter { $0.error == nil }
    let differences = accepted.flatMap(differences)
    let isTested = accepted.contains { run in
      run.trace.locks.contains(where: \.mode.blocksWrites) || !run.trace.rewrites.isEmpty
    }
    guard isTested || !differences.isEmpty else { return [] }
    return [
      CheckResult(
        id: "predictions/locks/\(migration.version)", stage: "predictions", subject: "migration \(migration.version)",
        // What is wrong then is the prediction, not the migration.
        status: differences.isEmpty ? .passed : .skipped,
        message: differences.isEmpty
          ? "the locks and rewrites of migration \(migration.version) are as predicted"
          : "migration \(migration.version) locks or rewrites otherwise than schemacheck predicted",
        expected: differences.isEmpty ? nil : differences.map(\.predicted).joined(separator: "\n"),
        actual: differences.isEmpty ? nil : differences.map(\.actual).joined(separator: "\n"),
        range: accepted.first?.range)
    ]
  }

  /// Whether both sides know the table since before the migration.
  private func isKnown(_ table: ObjectName, _ run: StatementRun) -> Bool {
    run.trace.known.contains(table) && replayed.before.relation(table).map { !$0.isAssumed } ?? false
  }

  /// Whether the lock comes with one on the table that the relation is a partition of.
  private func isWithParent(_ lock: StatementTrace.Lock, _ predicted: [ObjectName: LockMode]) -> Bool {
    let catalog = replayed.before
    var table = catalog.relation(lock.relation)
    while let child = table, child.isPartition, let parent = child.parents.first.flatMap({ catalog.relation($0) }) {
      if predicted[parent.name] == lock.mode { return true }
      table = parent
    }
    return false
  }

  private func differences(_ run: StatementRun) -> [(predicted: String, actual: String)] {
    guard let forecasts = chain.lockForecasts[run.step.position], !run.step.statement.action.runsCode else { return [] }
    let known = forecasts.filter { isKnown($0.table, run) }
    let place = "\(run.range.path):\(run.range.start.line)"
    return (lockDifferences(run, known) + rewriteDifferences(run, known)).map { ("\(place): \($0)", "\(place): \($1)") }
  }

  /// The locks that block writes and that differ; weaker ones keep only other changes of the schema waiting.
  private func lockDifferences(
    _ run: StatementRun, _ forecasts: [Chain.LockForecast]
  ) -> [(predicted: String, actual: String)] {
    var predicted: [ObjectName: LockMode] = [:]
    for forecast in forecasts where forecast.mode.blocksWrites {
      predicted[forecast.table] = max(predicted[forecast.table] ?? .accessShare, forecast.mode)
    }
    var actual: [ObjectName: LockMode] = [:]
    for lock in run.trace.locks
    where lock.mode.blocksWrites && isKnown(lock.relation, run) && !isWithParent(lock, predicted) {
      actual[lock.relation] = max(actual[lock.relation] ?? .accessShare, lock.mode)
    }
    return Set(predicted.keys).union(actual.keys).sorted { $0.description < $1.description }.compactMap { table in
      let (expected, taken) = (predicted[table], actual[table])
      // What was held before as strongly isn't taken again, and samples may miss what is short.
      if let before = run.trace.heldBefore[table], before >= max(expected ?? .accessShare, taken ?? .accessShare) {
        return nil
      }
      if expected == taken || taken == nil && run.trace.isSampled { return nil }
      return ("\(expected?.name ?? "no lock") on \(table)", "\(taken?.name ?? "no lock") on \(table)")
    }
  }

  private func rewriteDifferences(
    _ run: StatementRun, _ forecasts: [Chain.LockForecast]
  ) -> [(predicted: String, actual: String)] {
    // TRUNCATE makes new files, but writes no row.
    if case .truncate = run.step.statement.action { return [] }
    let predicted = Set(forecasts.filter { $0.work == .rewrite }.map(\.table))
    let open = Set(forecasts.filter(\.dependsOnTimeZone).map(\.table))
    let actual = Set(
      run.trace.rewrites.filter { isKnown($0, run) && replayed.before.relation($0)?.isPartition != true })
    return predicted.symmetricDifference(actual).subtracting(open).sorted { $0.description < $1.description }.map {
      table in
      predicted.contains(table)
        ? ("\(table) is rewritten", "\(table) is not rewritten")
        : ("\(table) is not rewritten", "\(table) is rewritten")
    }
  }
}

extension Action {
  /// Whether it runs functions or blocks, which may lock anything.
  fileprivate var runsCode: Bool {
    switch self {
    case .query, .call, .doBlock, .execute, .insert, .update, .delete, .merge: true
    default: false
    }
  }
}
