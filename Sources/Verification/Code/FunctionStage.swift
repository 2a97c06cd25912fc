import Diagnostics
import Postgres

/// Puts every PL/pgSQL function to the extension plpgsql_check, where it is installed.
///
/// Source: plpgsql_check's documentation, "Active mode".
struct FunctionStage {
  var connection: Connection
  /// Extensions that the migrations ask for and the server has not.
  var missingExtensions: [String] = []

  private struct Objection: Decodable {
    var schema: String
    var name: String
    var onTable: String?
    var line: Int?
    var sqlState: String?
    var message: String
    var level: String
  }

  func checks() throws -> [CheckResult] {
    let isThere = try connection.execute("SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'plpgsql_check'")
      .values
    guard !isThere.isEmpty else {
      return [
        CheckResult(
          id: "functions/plpgsql_check", stage: "functions", subject: "plpgsql_check", status: .skipped,
          message:
            "the bodies of functions were not checked: the extension plpgsql_check is not installed on the server")
      ]
    }
    try connection.execute("CREATE EXTENSION IF NOT EXISTS plpgsql_check WITH SCHEMA pg_catalog")
    let objections = try connection.rows(of: "code/check_functions", Objection.self).filter { $0.level == "error" }
    guard !objections.isEmpty else {
      return [
        CheckResult(
          id: "functions/plpgsql_check", stage: "functions", subject: "plpgsql_check", status: .passed,
          message: "plpgsql_check has nothing against the functions")
      ]
    }
    return Dictionary(grouping: objections) { $0.schema == "public" ? $0.name : "\($0.schema).\($0.name)" }
      .sorted { $0.key < $1.key }.map { name, objections in
        // What is not there may be the extension's.
        let isOpen =
          !missingExtensions.isEmpty
          && objections.allSatisfy { ["42704", "42883", "42P01", "3F000"].contains($0.sqlState ?? "") }
        return CheckResult(
          id: "functions/\(name)/body", stage: "functions", subject: name, status: isOpen ? .skipped : .failed,
          message: "the body of \(name) can't run: \(objections[0].message)"
            + (isOpen ? " (the server does not have \(missingExtensions.quotedNames))" : ""),
          expected: "a body that can run",
          actual: objections.map { objection in
            "line \(objection.line ?? 0)\(objection.onTable.map { " on \($0)" } ?? ""): \(objection.message)"
          }.joined(separator: "\n"), sqlState: objections[0].sqlState)
      }
  }
}
