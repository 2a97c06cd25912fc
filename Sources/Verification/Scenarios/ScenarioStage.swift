import Diagnostics
import Postgres
import PostgresSyntax

/// Plays scenarios, each in a transaction that is rolled back, in a database without any other rows.
struct ScenarioStage {
  var scenarios: [Scenario]
  var identities: [Identity]
  var connection: Connection
  var schema: LiveSchema
  var seed: SeedSettings

  /// The scenarios for the migrated database.
  func checks() throws -> [CheckResult] {
    try scenarios.filter { $0.migration == nil }.map { scenario in
      try connection.execute("BEGIN; SET CONSTRAINTS ALL IMMEDIATE")
      let check = Result { try play(scenario) }
      if connection.isInTransaction { try connection.execute("ROLLBACK") }
      return try check.get()
    }
  }

  /// - Parameter migrate: applies what the scenario is about, once its rows are there; gives what the server has against
  ///   it.
  func play(_ scenario: Scenario, migrate: () throws -> PostgresError? = { nil }) throws -> CheckResult {
    let start = ContinuousClock.now
    var check = CheckResult(
      id: "scenarios/\(scenario.name)", stage: "scenarios", subject: scenario.name, status: .passed,
      message: scenario.name)
    if let obstacle = try give(scenario) {
      check.status = .errored
      check.message = "\(scenario.name) (\(scenario.place)): the rows that are given could not be added: \(obstacle)"
    } else if let error = try migrate() {
      judge(&check, .rejected(error), scenario)
    } else {
      judge(&check, try act(scenario), scenario)
    }
    check.durationMs = (ContinuousClock.now - start).milliseconds
    return check
  }

  // MARK: Rows

  /// Adds the rows, and says why it can't. What a column needs and the scenario leaves out is made up.
  private func give(_ scenario: Scenario) throws -> String? {
    for (name, rows) in scenario.given {
      guard let table = schema.table(named: name) else { return "there is no table '\(name)'" }
      for (number, row) in rows.enumerated() {
        if let unknown = row.keys.first(where: { table.column($0) == nil }) {
          return "'\(name)' has no column '\(unknown)'"
        }
        do throws(PostgresError) { try connection.execute(insertion(row, number, into: table)) } catch {
          if error.isConnectionLost { throw error }
          return error.summary
        }
      }
    }
    return nil
  }

  private func insertion(_ row: [String: Scenario.Value], _ number: Int, into table: LiveTable) -> String {
    var values = row.mapValues(\.sql)
    let plan = TablePlan(table, in: schema)
    let needed = plan.columns.filter {
      values[$0.name] == nil && $0.isNotNull && $0.defaultValue == nil && !$0.isIdentity
    }
    if !needed.isEmpty {
      let generator = RowGenerator(plan, tenancy: Tenancy(), seed: seed.number, now: seed.now)
      var fixed: [String: String?] = [:]
      for case (let column, .text(let text)) in row { fixed[column] = .some(text) }
      var pools: [Int: KeyPool] = [:]
      // References that are left out have no row to point to: they stay NULL, or the server says so.
      if let made = try? generator.row(number, .init(fixed: fixed), pools: &pools) {
        for column in needed { values[column.name] = generator.value(column.name, of: made)?.sqlLiteral ?? "NULL" }
      }
    }
    let columns = values.keys.sorted()
    return table.insertion(columns, columns.map { values[$0] ?? "NULL" })
  }

  // MARK: Outcome

  private enum Outcome {
    case rows([[String: String?]])
    case rejected(PostgresError)
  }

  private func act(_ scenario: Scenario) throws -> Outcome {
    do throws(PostgresError) {
      if !connection.isInTransaction { try connection.execute("BEGIN") }
      if let name = scenario.identity, let identity = identities.first(where: { $0.name == name }) {
        for assumption in identity.assumption { try connection.execute(assumption) }
      }
      for statement in scenario.statements { try connection.execute(statement) }
      guard let query = scenario.query else { return .rows([]) }
      let found = try connection.execute(query)
      return .rows(found.values.map { Dictionary(zip(found.columns, $0)) { first, _ in first } })
    } catch {
      if error.isConnectionLost { throw error }
      return .rejected(error)
    }
  }

  private func judge(_ check: inout CheckResult, _ outcome: Outcome, _ scenario: Scenario) {
    switch (outcome, scenario.expected) {
    case (.rejected(let error), .error(let state)):
      check.sqlState = error.sqlState
      if error.sqlState != state { fail(&check, scenario, expected: state, actual: error.summary) }
    case (.rejected(let error), _):
      check.sqlState = error.sqlState
      fail(&check, scenario, expected: "no error", actual: error.summary)
    case (.rows, .error(let state)): fail(&check, scenario, expected: state, actual: "no error")
    case (.rows(let rows), .something):
      if scenario.query != nil, rows.isEmpty { fail(&check, scenario, expected: "at least one row", actual: "no rows") }
    case (.rows(let rows), .nothing):
      if !rows.isEmpty { fail(&check, scenario, expected: "no rows", actual: "\(rows.count) rows") }
    case (.rows(let rows), .rows(let expected, let isOrdered)):
      compare(&check, rows, expected, isOrdered: isOrdered, scenario)
    }
  }

  private func compare(
    _ check: inout CheckResult, _ rows: [[String: String?]], _ expected: [[String: Scenario.Value]], isOrdered: Bool,
    _ scenario: Scenario
  ) {
    let columns = Set(expected.flatMap(\.keys)).sorted()
    if let unknown = columns.first(where: { column in rows.first.map { $0[column] == nil } ?? false }) {
      return fail(&check, scenario, expected: "a column '\(unknown)'", actual: "none of that name")
    }
    var actualLines = rows.map { row in line(columns) { (row[$0] ?? nil).map(ComparableText.init) } }
    var expectedLines = expected.map { row in
      line(columns) { column in
        switch row[column] {
        case .text(let text): ComparableText(text)
        case .expression(let sql): self.value(of: sql).map(ComparableText.init)
        case .null, nil: nil
        }
      }
    }
    if !isOrdered {
      actualLines.sort()
      expectedLines.sort()
    }
    guard actualLines != expectedLines else { return }
    let missing = expectedLines.subtracting(actualLines)
    let surplus = actualLines.subtracting(expectedLines)
    fail(
      &check, scenario, expected: (missing.isEmpty ? expectedLines : missing).joined(separator: "\n"),
      actual: surplus.isEmpty
        ? (actualLines.isEmpty ? "no rows" : actualLines.joined(separator: "\n")) : surplus.joined(separator: "\n"))
  }

  private func line(_ columns: [String], _ value: (String) -> ComparableText?) -> String {
    columns.map { "\($0): \(value($0)?.text ?? "NULL")" }.joined(separator: ", ")
  }

  private func value(of sql: String) -> String? {
    (try? connection.execute("SELECT (\(sql))::text"))?.values.first?.first ?? nil
  }

  private func fail(_ check: inout CheckResult, _ scenario: Scenario, expected: String, actual: String) {
    check.status = .failed
    check.message = "\(scenario.name) (\(scenario.place)): not what is expected"
    check.expected = expected
    check.actual = actual
  }
}

/// A value as text in which equal numbers and truth values look the same.
struct ComparableText {
  var text: String

  init(_ text: String) {
    switch text {
    case "t", "true": self.text = "true"
    case "f", "false": self.text = "false"
    default:
      guard text.contains("."), text.allSatisfy({ $0.isNumber || $0 == "." || $0 == "-" }) else {
        self.text = text
        return
      }
      var trimmed = Substring(text)
      while trimmed.last == "0" { trimmed = trimmed.dropLast() }
      if trimmed.last == "." { trimmed = trimmed.dropLast() }
      self.text = trimmed.isEmpty || trimmed == "-" ? "0" : String(trimmed)
    }
  }
}

extension Scenario.Value {
  var sql: String {
    switch self {
    case .null: "NULL"
    case .text(let text): text.sqlLiteral
    case .expression(let sql): "(\(sql))"
    }
  }
}

extension [String] {
  /// The elements that are not among the others, as often as there are more of them.
  func subtracting(_ others: [String]) -> [String] {
    var left = Dictionary(grouping: others) { $0 }.mapValues(\.count)
    return filter { element in
      guard let count = left[element], count > 0 else { return true }
      left[element] = count - 1
      return false
    }
  }
}
