import Diagnostics
import Postgres
import PostgresSyntax

/// Whether what an identity gets depends on rows of others: it is asked twice, the second time without those rows.
///
/// Source: Goguen, Meseguer, "Security policies and security models", IEEE Symposium on Security and Privacy 1982.
struct NonInterference {
  var laboratory: PolicyLaboratory
  var schema: LiveSchema

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
    /// Whether it says yes or no.
    var isTest: Bool
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
    /// Whether it is asked for what it does only.
    var isWrite = false
  }

  func findings(_ views: [View], _ definers: [Definer]) throws -> [PolicyMatrix.Finding] {
    let role = laboratory.identity.role
    var questions: [Question] = []
    for view in views {
      if view.readers?.contains(role) == true {
        questions.append(
          Question(
            name: view.name, what: view.isMaterialized ? "the materialised view \(view.name)" : "the view \(view.name)",
            statement: "SELECT t::text FROM \(view.table.sql) AS t ORDER BY 1",
            refresh: view.isMaterialized ? "REFRESH MATERIALIZED VIEW \(view.table.sql)" : nil))
      }
      questions += try writes(through: view)
    }
    var untold: [PolicyMatrix.Finding] = []
    for definer in definers where definer.callers?.contains(role) == true {
      let calls = try calls(of: definer)
      for (number, call) in calls.enumerated() {
        questions.append(
          Question(
            name: definer.name + (number == 0 ? "" : "-\(number + 1)"), what: "the function \(definer.name)",
            statement: definer.isProcedure ? "CALL \(call)" : "SELECT t::text FROM \(call) AS t ORDER BY 1"))
      }
      guard calls.isEmpty else { continue }
      untold.append(
        .init(
          name: "\(definer.name)/\(laboratory.identity.name)/reads", subject: definer.name, isLeak: false, isOpen: true,
          message: "the function \(definer.name) was not called: no values are known for its parameters", expected: "",
          actual: ""))
    }
    return try untold + judged(questions)
  }

  /// All answers are given in one transaction, in which the time stands still: first as everything is, and then without
  /// the rows of others.
  private func judged(_ questions: [Question]) throws -> [PolicyMatrix.Finding] {
    let answers = try laboratory.experiment { () -> [Answers] in
      let before = try countForeign()
      var answers: [Answers] = []
      for question in questions {
        let first = try aside { try written(question, before) }
        let again = question.isWrite ? first.outcome : try aside { try answer(question) }
        answers.append(Answers(first: first.outcome, changed: first.changed, again: again, without: again))
      }
      try removeOthers()
      for (index, question) in questions.enumerated() where !question.isWrite && answers[index].first.error == nil {
        answers[index].without = try aside { try answer(question) }
      }
      return answers
    }
    var found: [PolicyMatrix.Finding] = []
    for (question, answers) in zip(questions, answers) {
      // Of several ways to do something one is enough.
      if question.isWrite, found.contains(where: { $0.isLeak && $0.name.hasPrefix("\(question.name)/") }) { continue }
      for finding in judge(question, answers) {
        // So it is of several calls that tell nothing.
        if finding.isOpen, found.contains(where: { $0.subject == finding.subject }) { continue }
        found.append(finding)
      }
    }
    return found
  }

  private struct Answers {
    var first: PolicyLaboratory.Outcome
    /// How many rows of others the question has changed.
    var changed: Int
    var again: PolicyLaboratory.Outcome
    var without: PolicyLaboratory.Outcome
  }

  private func judge(_ question: Question, _ answers: Answers) -> [PolicyMatrix.Finding] {
    var found: [PolicyMatrix.Finding] = []
    let name = laboratory.identity.name
    if answers.changed > 0 {
      found.append(
        finding(
          question, "writes", leak: true,
          "'\(name)' changes \(answers.changed) rows of others through \(question.what)",
          expected: "0 rows of others", actual: "\(answers.changed) rows of others"))
    }
    if question.isWrite { return found }
    if let error = answers.first.error {
      var finding = finding(question, "reads", leak: false, "'\(name)' may not use \(question.what)")
      if error.sqlState != "42501" {
        finding.isOpen = true
        finding.message = "what '\(name)' gets from \(question.what) is not known: \(error.summary)"
      }
      return found + [finding]
    }
    let rows = answers.first.rows
    guard Set(rows) == Set(answers.again.rows), answers.again.error == nil else {
      var finding = finding(question, "reads", leak: false, "\(question.what) answers otherwise each time it is asked")
      finding.isOpen = true
      return found + [finding]
    }
    let lost = Set(rows).subtracting(answers.without.rows).count
    let isLeak = !laboratory.identity.seesEverything && rows != answers.without.rows
    found.append(
      finding(
        question, "reads", leak: isLeak,
        isLeak
          ? "what '\(name)' gets from \(question.what) depends on rows of others: \(lost) of \(rows.count) rows"
          : "what '\(name)' gets from \(question.what) does not depend on rows of others",
        expected: "the same without the rows of others",
        actual: "\(lost) of \(rows.count) rows are gone or different without them"))
    return found
  }

  private func aside<Value>(_ body: () throws -> Value) throws -> Value {
    try laboratory.connection.execute("SAVEPOINT question")
    let result = Result { try body() }
    try laboratory.connection.execute("ROLLBACK TO SAVEPOINT question; RELEASE SAVEPOINT question")
    return try result.get()
  }

  private func answer(_ question: Question) throws -> PolicyLaboratory.Outcome {
    try refresh(question)
    return try laboratory.act(question.statement)
  }

  private func finding(
    _ question: Question, _ how: String, leak: Bool, _ message: String, expected: String = "", actual: String = ""
  ) -> PolicyMatrix.Finding {
    PolicyMatrix.Finding(
      name: "\(question.name)/\(laboratory.identity.name)/\(how)", subject: question.what, isLeak: leak,
      message: message,
      expected: expected, actual: actual, statement: question.statement)
  }

  /// The answer, and how many rows of others the question has changed.
  ///
  /// - Parameter before: how many there were.
  private func written(
    _ question: Question, _ before: Int
  ) throws -> (outcome: PolicyLaboratory.Outcome, changed: Int) {
    try refresh(question)
    let writes = try countWrites()
    var outcome = try laboratory.act(question.statement)
    // What a foreign key stops is not stopped by anybody's rights.
    if outcome.error?.sqlState == "23503" {
      try laboratory.connection.execute("SET LOCAL session_replication_role = replica")
      outcome = try laboratory.act(question.statement)
    }
    guard outcome.error == nil, !laboratory.identity.seesEverything, try countWrites() != writes else {
      return (outcome, 0)
    }
    var changed = 0
    for ownership in laboratory.owners where ownership.table.parent == nil {
      changed += try laboratory.changedForeign(ownership)
    }
    return (outcome, changed + max(0, before - (try countForeign())))
  }

  private func countForeign() throws -> Int {
    try laboratory.owners.map { try laboratory.countForeign($0) }.reduce(0, +)
  }

  /// How many rows the transaction has written so far.
  private func countWrites() throws -> Int {
    try laboratory.number(
      "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_catalog.pg_stat_xact_user_tables")
  }

  private func refresh(_ question: Question) throws {
    if let refresh = question.refresh { try laboratory.connection.execute(refresh) }
  }

  /// Deletes the rows of others, those that belong to them through other rows first.
  private func removeOthers() throws {
    for ownership in laboratory.owners.sorted(by: { !$0.isDirect && $1.isDirect }) where ownership.table.parent == nil {
      let open = laboratory.open[ownership.table.oid].map { " AND NOT coalesce((\($0)), false)" } ?? ""
      let foreign = laboratory.isForeign(ownership, alias: ownership.table.name.sqlIdentifier)
      try laboratory.remove(foreign + open, from: ownership.table)
    }
  }

  /// Changes through a view, which the rights and policies of its owner let through (PostgreSQL documentation,
  /// `CREATE VIEW`, "Updatable Views").
  private func writes(through view: View) throws -> [Question] {
    guard !view.isMaterialized, !laboratory.identity.seesEverything else { return [] }
    let what = "the view \(view.name)"
    var questions: [Question] = []
    if try laboratory.may("DELETE", view.table.sql) {
      questions.append(
        Question(
          name: "\(view.name)-delete", what: what, statement: "DELETE FROM \(view.table.sql)", isWrite: true))
    }
    guard try laboratory.may("UPDATE", view.table.sql, anyColumn: true) else { return questions }
    let columns = try laboratory.connection.query(
      """
      SELECT column_name FROM information_schema.columns
      WHERE table_schema = $1 AND table_name = $2 AND is_updatable = 'YES'
      """, [view.schema, view.name]
    ).values.compactMap { $0.first ?? nil }
    for column in columns.sorted() {
      // Its own value, and that of somebody else where it says whose a row is.
      let ownership = laboratory.owners.first { $0.isDirect && $0.column == column }
      let other = try ownership.flatMap { try foreignValue(column, of: $0) }
      let value = other?.sqlLiteral ?? column.sqlIdentifier
      questions.append(
        Question(
          name: "\(view.name)-update", what: what,
          statement: "UPDATE \(view.table.sql) SET \(column.sqlIdentifier) = \(value)", isWrite: true))
      if questions.count > 6 { break }
    }
    return questions
  }

  private func foreignValue(_ column: String, of ownership: Ownership) throws -> String? {
    let rows = try laboratory.connection.execute(
      "SELECT t.\(column.sqlIdentifier)::text FROM \(ownership.table.sql) AS t WHERE \(laboratory.isForeign(ownership, alias: "t")) AND t.\(column.sqlIdentifier) IS NOT NULL LIMIT 1"
    )
    return rows.values.first?.first ?? nil
  }

  /// Calls with what others own, first only what must be given and then everything: keys and owners of their rows, other
  /// values of these, or any value of the type.
  private func calls(of definer: Definer) throws -> [String] {
    let name = ObjectName(schema: definer.schema, definer.name).sql
    var calls: [String] = []
    for count in [definer.required, definer.arguments.count].uniqued {
      if count == 0 {
        calls.append("\(name)()")
        continue
      }
      let columns = try definer.arguments.prefix(count).map { try values(of: $0) }
      guard !columns.contains(where: \.isEmpty) else { continue }
      calls += (0..<min(4, columns.map(\.count).max() ?? 0)).map { number in
        "\(name)(\(columns.map { $0[number % $0.count] }.joined(separator: ", ")))"
      }
    }
    return Array(calls.uniqued.prefix(4))
  }

  /// As SQL, the most telling first.
  private func values(of type: Int) throws -> [String] {
    var telling: [String] = []
    var others: [String] = []
    for ownership in laboratory.owners where ownership.table.parent == nil {
      let keys = (ownership.table.primaryKey?.columns ?? []) + [ownership.column]
      for column in ownership.table.columns where column.type == type {
        let isTelling = keys.contains(column.name)
        guard isTelling || others.count < 2, let value = try foreignValue(column.name, of: ownership) else { continue }
        if isTelling { telling.append(value.sqlLiteral) } else { others.append(value.sqlLiteral) }
      }
    }
    if telling.isEmpty, others.isEmpty, let value = schema.anyValue(of: type) { others.append(value.sqlLiteral) }
    return (telling.uniqued.sorted() + others.uniqued)
  }
}

extension LiveSchema {
  /// Some value of a type: a number that is large enough for a limit.
  fileprivate func anyValue(of type: Int) -> String? {
    switch types[type]?.name {
    case "int2", "int4", "int8", "numeric", "float4", "float8": return "100"
    case "bool": return "true"
    default:
      var random = Randomness(seed: 1, "argument")
      return ValueMaker(schema: self, now: 1_704_067_200).anyValue(of: type, &random)
    }
  }
}
