import Catalog
import Diagnostics
import Postgres
import PostgresSyntax
import Rules

/// Asks the migrated database for defects that only a server can know of, or that the static analysis could not see.
struct LiveCheckStage {
  var chain: Chain
  var checks: [LiveCheck]
  var connection: Connection

  struct Result {
    var diagnostics: [Diagnostic] = []
    var log = CheckLog()
  }

  private struct Row {
    var schema: String
    var object: String
    var kind: String
    var detail: String

    var table: ObjectName { ObjectName(schema: schema, String(object.split(separator: ".").first ?? "")) }
  }

  func run() throws -> Result {
    var result = Result()
    for check in checks {
      let rows: [Row]
      do throws(PostgresError) { rows = try self.rows(check) } catch {
        if error.isConnectionLost { throw error }
        result.log.append(
          CheckResult(
            id: "live/\(check.id)", stage: "live", subject: check.id, status: .errored,
            message: "the live check '\(check.id)' is rejected: \(error.message)", sqlState: error.sqlState))
        continue
      }
      let own = rows.filter { !isKnown($0, to: check) }
      result.diagnostics += own.map { diagnostic($0, check) }
      result.log.append(
        CheckResult(
          id: "live/\(check.id)", stage: "live", subject: check.id, status: .passed,
          message: own.isEmpty
            ? "'\(check.id)' finds nothing" : "'\(check.id)' finds \(own.count), reported as findings"))
    }
    return result
  }

  private func rows(_ check: LiveCheck) throws(PostgresError) -> [Row] {
    let query =
      "SELECT schema::text, object::text, kind::text, detail::text FROM (\n\(check.sql.trimmedStatement)\n) AS found ORDER BY 1, 2, 3, 4"
    return try connection.execute(query).values.map {
      Row(schema: $0[0] ?? "", object: $0[1] ?? "", kind: $0[2] ?? "", detail: $0[3] ?? "")
    }
  }

  /// Where a rule of the same name has looked at the table, it has said what there is to say.
  private func isKnown(_ row: Row, to check: LiveCheck) -> Bool {
    allRules.contains { $0.id == check.id } && chain.final.relation(row.table) != nil
  }

  private func diagnostic(_ row: Row, _ check: LiveCheck) -> Diagnostic {
    let name = row.schema == "public" ? row.object : "\(row.schema).\(row.object)"
    let origin = origin(of: row)
    return Diagnostic(
      rule: check.id, severity: check.severity, category: check.category,
      message: "\(row.kind) '\(name)': \(row.detail)",
      range: origin?.range ?? SourceFile(path: chain.set.files.first?.path ?? "", bytes: []).range(0..<0),
      migration: origin?.migration, direction: origin == nil ? nil : .up)
  }

  /// The last statement that runs forward and names the object.
  private func origin(of row: Row) -> (range: SourceRange, migration: String?)? {
    let name = String(row.object.split(separator: ".").last ?? "").lowercased()
    let steps = chain.migrations.flatMap(\.up)
    let step = steps.last { $0.file.sql($0.statement.range).lowercased().containsWord(name) }
    return step.map { ($0.file.range($0.statement.range), $0.migration) }
  }
}

extension String {
  /// Without the semicolon and blanks at its end.
  fileprivate var trimmedStatement: String {
    var text = self[...]
    while let last = text.last, last.isWhitespace || last == ";" { text = text.dropLast() }
    return String(text)
  }
}
