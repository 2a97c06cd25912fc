import Catalog
import Diagnostics
import Migrations
import Postgres
import PostgresSyntax
import Rules

/// Runs the blocks of a document that add rows to try something out and delete them again: nothing may be left.
struct CleanUpStage {
  var chain: Chain
  var connection: Connection

  func checks() throws -> [CheckResult] {
    try chain.set.queries.compactMap { script in
      let steps = chain.queries.filter { $0.file.path == script.file.path && script.covers($0.statement.range) }
      guard let table = steps.tableThatIsCleaned, let first = steps.first else { return nil }
      return try check(steps, table, at: first.file.range(first.statement.range))
    }
  }

  /// References that the rows of a try-out don't have are nobody's concern here: foreign keys and triggers are off.
  private func check(_ steps: [Execution], _ table: ObjectName, at range: SourceRange) throws -> CheckResult? {
    try connection.execute("BEGIN; SET LOCAL session_replication_role = replica")
    defer { _ = try? connection.execute("ROLLBACK") }
    guard let before = try count(table) else { return nil }
    for step in steps {
      try connection.execute("SAVEPOINT step")
      do throws(PostgresError) { try connection.execute(step.file.sql(step.statement.range)) } catch {
        if error.isConnectionLost { throw error }
        try connection.execute("ROLLBACK TO SAVEPOINT step")
      }
    }
    guard let after = try count(table) else { return nil }
    let isClean = after <= before
    return CheckResult(
      id: "queries/\(range.path):\(range.start.line)/cleans", stage: "queries", subject: table.description,
      status: isClean ? .passed : .failed,
      message: isClean
        ? "what is added to \(table) to try it out is deleted again"
        : "what is added to \(table) to try it out is not deleted again: \(after - before) rows stay",
      expected: isClean ? nil : "\(before) rows in \(table), as before",
      actual: isClean ? nil : "\(after) rows", range: range)
  }

  private func count(_ table: ObjectName) throws -> Int? {
    do throws(PostgresError) {
      return try connection.execute("SELECT count(*) FROM \(table.sql)").values.first?.first?.flatMap { Int($0) }
    } catch {
      if error.isConnectionLost { throw error }
      return nil
    }
  }
}

extension Script {
  fileprivate func covers(_ statement: Range<Int>) -> Bool { range.contains(statement.lowerBound) }
}

extension [Execution] {
  /// A table to which a statement adds rows and from which a later one deletes some.
  fileprivate var tableThatIsCleaned: ObjectName? {
    var added: [ObjectName] = []
    for step in self {
      switch step.statement.action {
      case .insert(let statement): added.append(statement.table.name)
      case .delete(let statement):
        if added.contains(statement.table.name) { return statement.table.name }
      default: break
      }
    }
    return nil
  }
}
