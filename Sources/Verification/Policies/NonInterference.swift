import Diagnostics
import Postgres
import PostgresSyntax

/// Whether what an identity gets depends on rows of others: it is asked twice, the second time without those rows.
///
/// Source: Goguen, Meseguer, "Security policies and security models", IEEE Symposium on Security and Privacy 1982.
struct NonInterference {
  var laboratory: PolicyLaboratory

  struct View: Decodable {
    var oid: Int
    var schema: String
    var name: String
    var isMaterialized: Bool
    var readers: [String]?

    var table: ObjectName { ObjectName(schema: schema, name) }
  }

  struct Definer: Decodable {
    var oid: Int
    var schema: String
    var name: String
    var isProcedure: Bool
    var required: Int
    var arguments: [Int]
    var callers: [String]?
  }

  /// Something that the identity may ask.
  private struct Question {
    var name: String
    var what: String
    var statement: String
    var refresh: String?
  }

  func findings(_ views: [View], _ definers: [Definer]) throws -> [PolicyMatrix.Finding] {
    let role = laboratory.identity.role
    var questions: [Question] = []
    for view in views where view.readers?.contains(role) == true {
      questions.append(
        Question(
          name: view.name, what: view.isMaterialized ? "the materialised view \(view.name)" : "the view \(view.name)",
          statement: "SELECT t::text FROM \(view.table.sql) AS t ORDER BY 1",
          refresh: view.isMaterialized ? "REFRESH MATERIALIZED VIEW \(view.table.sql)" : nil))
    }
    for definer in definers where definer.callers?.contains(role) == true {
      for (number, call) in try calls(of: definer).enumerated() {
        questions.append(
          Question(
            name: definer.name + (number == 0 ? "" : "-\(number + 1)"), what: "the function \(definer.name)",
            statement: definer.isProcedure ? "CALL \(call)" : "SELECT t::text FROM \(call) AS t ORDER BY 1"))
      }
    }
    return try questions.flatMap(ask)
  }

  private func ask(_ question: Question) throws -> [PolicyMatrix.Finding] {
    let first = try laboratory.experiment { try written(question) }
    let again = try laboratory.experiment { () -> PolicyLaboratory.Outcome in
      try refresh(question)
      return try laboratory.act(question.statement)
    }
    let without = try laboratory.experiment { () -> PolicyLaboratory.Outcome in
      try removeOthers()
      try refresh(question)
      return try laboratory.act(question.statement)
    }
    var found: [PolicyMatrix.Finding] = []
    if first.changed > 0 {
      found.append(
        finding(
          question, "writes", leak: true,
          "'\(laboratory.identity.name)' changes \(first.changed) rows of others through \(question.what)",
          expected: "0 rows of others", actual: "\(first.changed) rows of others"))
    }
    if let error = first.outcome.error {
      guard error.sqlState == "42501" else { return found }
      return found + [
        finding(question, "reads", leak: false, "'\(laboratory.identity.name)' may not use \(question.what)")
      ]
    }
    guard Set(first.outcome.rows) == Set(again.rows), again.error == nil else { return found }
    let lost = Set(first.outcome.rows).subtracting(without.rows).count
    let isLeak = first.outcome.rows != without.rows
    let subject = laboratory.identity.seesEverything ? false : isLeak
    found.append(
      finding(
        question, "reads", leak: subject,
        subject
          ? "what '\(laboratory.identity.name)' gets from \(question.what) depends on rows of others: \(lost) of \(first.outcome.rows.count) rows"
          : "what '\(laboratory.identity.name)' gets from \(question.what) does not depend on rows of others",
        expected: "the same without the rows of others",
        actual: "\(lost) of \(first.outcome.rows.count) rows are gone or different without them"))
    return found
  }

  private func finding(
    _ question: Question, _ how: String, leak: Bool, _ message: String, expected: String = "", actual: String = ""
  ) -> PolicyMatrix.Finding {
    PolicyMatrix.Finding(
      name: "\(question.name)/\(laboratory.identity.name)/\(how)", subject: question.name, isLeak: leak,
      message: message,
      expected: expected, actual: actual, statement: question.statement)
  }

  /// The answer, and how many rows of others the question has changed.
  private func written(_ question: Question) throws -> (outcome: PolicyLaboratory.Outcome, changed: Int) {
    try refresh(question)
    let before = try laboratory.owners.map { try laboratory.countForeign($0) }.reduce(0, +)
    let outcome = try laboratory.act(question.statement)
    guard outcome.error == nil, !laboratory.identity.seesEverything else { return (outcome, 0) }
    var changed = 0
    for ownership in laboratory.owners where ownership.table.parent == nil {
      changed += try laboratory.changedForeign(ownership)
    }
    let after = try laboratory.owners.map { try laboratory.countForeign($0) }.reduce(0, +)
    return (outcome, changed + max(0, before - after))
  }

  private func refresh(_ question: Question) throws {
    if let refresh = question.refresh { try laboratory.connection.execute(refresh) }
  }

  /// Deletes the rows of others, those that belong to them through other rows first.
  private func removeOthers() throws {
    try laboratory.connection.execute("SET LOCAL session_replication_role = replica")
    for ownership in laboratory.owners.sorted(by: { !$0.isDirect && $1.isDirect }) where ownership.table.parent == nil {
      try laboratory.connection.execute(
        "DELETE FROM \(ownership.table.sql) AS t WHERE \(laboratory.isForeign(ownership, alias: "t"))")
    }
    try laboratory.connection.execute("SET LOCAL session_replication_role = origin")
  }

  /// Calls with what others own: keys and owners of their rows, as far as they are of the right type.
  private func calls(of definer: Definer) throws -> [String] {
    let name = ObjectName(schema: definer.schema, definer.name).sql
    if definer.arguments.isEmpty || definer.required == 0 { return ["\(name)()"] }
    let wanted = Array(definer.arguments.prefix(max(definer.required, 1)))
    var columns: [[String]] = []
    for type in wanted {
      let values = try foreignValues(of: type)
      guard !values.isEmpty else { return [] }
      columns.append(values)
    }
    return (0..<min(4, columns.map(\.count).max() ?? 0)).map { number in
      "\(name)(\(columns.map { $0[number % $0.count].sqlLiteral }.joined(separator: ", ")))"
    }
  }

  private func foreignValues(of type: Int) throws -> [String] {
    var values: [String] = []
    for ownership in laboratory.owners where ownership.table.parent == nil {
      for name in Set((ownership.table.primaryKey?.columns ?? []) + [ownership.column]).sorted() {
        guard let column = ownership.table.column(name), column.type == type else { continue }
        let row = try laboratory.connection.execute(
          "SELECT t.\(name.sqlIdentifier)::text FROM \(ownership.table.sql) AS t WHERE \(laboratory.isForeign(ownership, alias: "t")) LIMIT 1"
        )
        if let value = row.values.first?.first ?? nil { values.append(value) }
      }
    }
    return Array(Set(values)).sorted()
  }
}
