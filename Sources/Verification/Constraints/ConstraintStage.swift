import Diagnostics
import Postgres
import PostgresSyntax

/// Breaks every constraint, one at a time, and shows that nothing else would have kept the row out: with the constraint
/// dropped, the same row is accepted.
struct ConstraintStage {
  let probe: Probe
  var seeder: Seeder
  private let presupposed: Set<String>
  private var log = CheckLog()

  /// - Parameter presupposed: tables that are not under test, with their schemas.
  init(connection: Connection, seeder: Seeder, presupposed: Set<String>) {
    self.presupposed = presupposed
    probe = Probe(connection: connection)
    self.seeder = seeder
  }

  mutating func run() throws -> [CheckResult] {
    try probe.session {
      for table in seeder.schema.roots(without: presupposed) {
        // What is tried is taken back, on both sides.
        let before = seeder
        try probe.trial { try run(table) }
        seeder = before
      }
    }
    return log.checks
  }

  private mutating func run(_ table: LiveTable) throws {
    // The seeding has reported that the triggers keep every row out; the constraints are behind them.
    if seeder.needsNoTriggers.contains(table.oid) {
      try probe.connection.execute("ALTER TABLE \(table.sql) DISABLE TRIGGER USER")
    }
    if seeder.needsSession.contains(table.oid) {
      for statement in seeder.tenancy.assumption(of: 0) { try probe.connection.execute(statement) }
    }
    guard let base = try validRow(of: table) else { return }
    let subject = ConstraintSubject(table: table, base: base, columns: seeder.columns(of: table))
    for column in table.columns where column.isNotNull && !column.isGenerated && !column.isIdentity {
      try notNull(column, subject)
    }
    for constraint in table.constraints {
      switch constraint.kind {
      case .check: try check(constraint, subject)
      case .foreignKey:
        try missingParent(constraint, subject)
        try parentActions(constraint, subject)
      case .exclusion: try duplicate(.init(exclusion: constraint, table), constraint.columns ?? [], nil, subject)
      case .primaryKey, .unique: break
      }
    }
    for index in table.uniqueIndexes { try unique(index, subject) }
    try domains(subject)
    try partitions(subject)
  }

  /// A row that the table takes; without one nothing can be shown.
  private mutating func validRow(of table: LiveTable) throws -> [String?]? {
    var reason = "no row could be made"
    for isFull in [true, true, false, false] {
      do throws(RowGenerator.Obstacle) {
        let row = try seeder.newRow(of: table, .init(isFull: isFull))
        let insertion = seeder.insertion(of: row, into: table)
        let error = Result { try probe.trial { try probe.rejection(of: [insertion]) } }
        guard case .success(let rejection) = error else { continue }
        if rejection == nil { return row }
        reason = rejection?.summary ?? reason
      } catch {
        reason = error.reason
      }
      if let row = try variant(of: table) { return row }
      try makeRoom(in: table)
    }
    add(
      table, "valid-row", .skipped,
      "the constraints of \(table) were not tried, because no row was found that it takes: \(reason)")
    return nil
  }

  /// A row like one that is there, with other keys: where only some of the rows that were made were taken.
  private mutating func variant(of table: LiveTable) throws -> [String?]? {
    let columns = seeder.columns(of: table)
    guard !columns.isEmpty, let fresh = try? seeder.newRow(of: table, .init(isFull: true)) else { return nil }
    let list = columns.map { "\($0.name.sqlIdentifier)::text" }.joined(separator: ", ")
    let rows = try probe.connection.execute("SELECT \(list) FROM \(table.sql) ORDER BY tableoid, ctid LIMIT 8").values
    let keys = Set(table.uniqueIndexes.flatMap(\.key))
    let references = Set(table.foreignKeys.flatMap { $0.columns ?? [] })
    for names in [keys.subtracting(references), keys] {
      for row in rows {
        let candidate = columns.indices.map { names.contains(columns[$0].name) ? fresh[$0] : row[$0] }
        let insertion = seeder.insertion(of: candidate, into: table)
        if try probe.trial({ try probe.rejection(of: [insertion]) }) == nil { return candidate }
      }
    }
    return nil
  }

  /// Takes all rows out of a table, so that a row goes in of which there may be only so many.
  private mutating func makeRoom(in table: LiveTable) throws {
    _ = try probe.rejection(of: [
      "SET LOCAL session_replication_role = replica; DELETE FROM \(table.sql); SET LOCAL session_replication_role = origin"
    ])
    seeder.forgetKeys(of: table)
  }

  // MARK: What to break

  private mutating func notNull(_ column: LiveColumn, _ subject: ConstraintSubject) throws {
    let table = subject.table
    guard let row = subject.changing([column.name: nil]) else { return }
    var removal = ["ALTER TABLE \(table.sql) ALTER COLUMN \(column.name.sqlIdentifier) DROP NOT NULL"]
    if let key = table.primaryKey, key.columns?.contains(column.name) == true {
      removal.insert("ALTER TABLE \(table.sql) DROP CONSTRAINT \(key.name.sqlIdentifier) CASCADE", at: 0)
    }
    let violation = Violation(
      name: "\(column.name)/not-null", meaning: "NOT NULL of '\(column.name)'",
      expected: .init(sqlState: "23502", column: column.name), removal: removal)
    try prove(violation, table, candidates: [[seeder.insertion(of: row, into: table)]])
  }

  private mutating func check(_ constraint: LiveConstraint, _ subject: ConstraintSubject) throws {
    let table = subject.table
    guard let text = constraint.expression, let expression = Expression(sql: text) else { return }
    let violation = Violation(
      name: constraint.name, meaning: "CHECK '\(constraint.name)'",
      expected: .init(sqlState: "23514", constraint: constraint.name), removal: [subject.dropping(constraint.name)])
    if canNeverReject(expression) {
      return add(
        table, "\(constraint.name)/rejects", .failed,
        "CHECK '\(constraint.name)' rejects nothing: it is true for every row",
        expected: violation.expected.text, actual: "no row breaks it")
    }
    let candidates = breaking(expression, nil, subject)
    try prove(violation, table, candidates: candidates.map { [seeder.insertion(of: $0, into: table)] })
    try passesNull(constraint, expression, subject)
  }

  private func canNeverReject(_ expression: Expression) -> Bool {
    var random = Randomness(seed: 1, "never")
    return Solver.demand([.init(expression: expression, result: .isFalse)], now: seeder.now, random: &random) == nil
  }

  /// A column with a default and a check is not meant to be NULL; a check takes NULL for a pass.
  private mutating func passesNull(
    _ constraint: LiveConstraint, _ expression: Expression, _ subject: ConstraintSubject
  ) throws {
    guard constraint.columns?.count == 1, let column = constraint.columns?.first.flatMap(subject.table.column),
      !column.isNotNull, let value = column.defaultValue, !value.uppercased().hasPrefix("NULL"),
      !expression.testsForNull, let row = subject.changing([column.name: nil])
    else { return }
    let insertion = seeder.insertion(of: row, into: subject.table)
    guard try probe.trial({ try probe.rejection(of: [insertion]) }) == nil else { return }
    add(
      subject.table, "\(constraint.name)/null", .failed,
      "CHECK '\(constraint.name)' lets NULL pass, although '\(column.name)' has a default and so is meant to have a value",
      expected: "NULL is rejected", actual: "a row with NULL in '\(column.name)' is accepted", repro: insertion + ";")
  }

  private mutating func missingParent(_ key: LiveConstraint, _ subject: ConstraintSubject) throws {
    let table = subject.table
    guard let target = seeder.schema.table(key.target) else { return }
    let violation = Violation(
      name: key.name, meaning: "foreign key '\(key.name)'", expected: .init(sqlState: "23503", constraint: key.name),
      removal: [subject.dropping(key.name)])
    var rows: [[String?]] = []
    for number in 0..<6 {
      guard let pair = subject.ownPair(of: key, number), let column = target.column(pair.target),
        key.pairs.allSatisfy({ $0.column == pair.column || subject.value($0.column) != nil }),
        // What the table referred to would take may be what this one's own checks want.
        let missing = number < 2 ? freeKey(pair.target, of: target) : seeder.schema.missingValue(column, number),
        let row = subject.changing([pair.column: missing])
      else { continue }
      rows.append(row)
    }
    try prove(violation, table, candidates: rows.map { [seeder.insertion(of: $0, into: table)] })
  }

  private mutating func unique(_ index: LiveUniqueIndex, _ subject: ConstraintSubject) throws {
    let table = subject.table
    let violation = Violation(
      name: index.name, meaning: index.isConstraint ? "unique '\(index.name)'" : "unique index '\(index.name)'",
      expected: .init(sqlState: "23505", constraint: index.name),
      removal: [
        index.isConstraint
          ? subject.dropping(index.name)
          : "DROP INDEX \(ObjectName(schema: table.schema, index.name).sql) CASCADE"
      ])
    try duplicate(violation, index.key, index.condition.flatMap(Expression.init(sql:)), subject)
    try duplicatesThroughNull(index, subject)
  }

  /// Two rows with the same values in some columns.
  private mutating func duplicate(
    _ violation: Violation, _ columns: [String], _ condition: Expression?, _ subject: ConstraintSubject
  ) throws {
    let table = subject.table
    var wish = RowGenerator.Wish(isFull: true)
    wish.conditions = condition.map { [.init(expression: $0, result: .isTrue)] } ?? []
    var candidates: [[String]] = []
    for _ in 0..<3 {
      guard let first = try? seeder.newRow(of: table, wish) else { continue }
      var second = wish
      for column in columns {
        second.fixed[column] = .some(
          ConstraintSubject(table: table, base: first, columns: subject.columns).value(column))
      }
      guard let other = try? seeder.newRow(of: table, second) else { continue }
      candidates.append([first, other].map { seeder.insertion(of: $0, into: table) })
    }
    // A key that is generated out of other columns.
    if let first = candidates.first?.first { candidates.append([first, first]) }
    // The row that is known to be taken, twice.
    if condition == nil, columns.allSatisfy({ subject.value($0) != nil }) {
      let base = seeder.insertion(of: subject.base, into: table)
      candidates.append([base, base])
    }
    try prove(violation, table, candidates: candidates)
  }

  /// NULL is different from NULL: a key of which one column may be NULL is none for such rows.
  private mutating func duplicatesThroughNull(_ index: LiveUniqueIndex, _ subject: ConstraintSubject) throws {
    let table = subject.table
    guard index.condition == nil, !index.hasExpressions, !index.hasEqualNulls, index.key.count > 1 else { return }
    let optional = index.key.compactMap(table.column).filter { !$0.isNotNull }
    guard let column = optional.first, optional.count < index.key.count,
      // Another key may hold for exactly the rows with NULL.
      !table.uniqueIndexes.contains(where: { $0.condition?.contains("\(column.name) IS NULL") == true }),
      // What belongs to one of several has a key for each of them.
      table.uniqueIndexes.count(where: {
        $0.key.count > 1 && !$0.hasEqualNulls && $0.key.contains { table.column($0)?.isNotNull == false }
      }) == 1
    else { return }
    var wish = RowGenerator.Wish(isFull: true)
    wish.fixed[column.name] = .some(nil)
    guard let first = try? seeder.newRow(of: table, wish) else { return }
    for name in index.key {
      wish.fixed[name] = .some(ConstraintSubject(table: table, base: first, columns: subject.columns).value(name))
    }
    guard let second = try? seeder.newRow(of: table, wish) else { return }
    let statements = [first, second].map { seeder.insertion(of: $0, into: table) }
    guard try probe.trial({ try probe.rejection(of: statements) }) == nil else { return }
    add(
      table, "\(index.name)/null", .failed,
      "unique '\(index.name)' lets the same \(index.key.quotedNames) in twice where '\(column.name)' is NULL",
      expected: "the second row is rejected", actual: "both rows are accepted",
      repro: statements.map { $0 + ";" }.joined(separator: "\n"))
  }

  private mutating func domains(_ subject: ConstraintSubject) throws {
    for column in subject.columns {
      guard let type = seeder.schema.types[column.type], type.kind == .domain else { continue }
      let name = ObjectName(schema: type.schema, type.name)
      for check in type.checks ?? [] {
        guard let expression = Expression(sql: check.expression) else { continue }
        let violation = Violation(
          name: "\(column.name)/\(check.name)", meaning: "CHECK '\(check.name)' of the domain '\(type.name)'",
          expected: .init(sqlState: "23514", constraint: check.name),
          removal: ["ALTER DOMAIN \(name.sql) DROP CONSTRAINT \(check.name.sqlIdentifier)"])
        let candidates = breaking(expression, column.name, subject)
        try prove(
          violation, subject.table, candidates: candidates.map { [seeder.insertion(of: $0, into: subject.table)] })
      }
    }
  }

  /// Rows for which a condition is false, and everything else is as it should be; then rows with unusual values.
  private mutating func breaking(
    _ expression: Expression, _ domainColumn: String?, _ subject: ConstraintSubject
  ) -> [[String?]] {
    var wish = RowGenerator.Wish(isFull: true)
    wish.conditions = [.init(expression: expression, result: .isFalse, subject: domainColumn)]
    let conditions = seeder.generators[subject.table.oid]?.plan.conditions ?? []
    wish.ignored = Set(
      conditions.indices.filter { conditions[$0].expression == expression && conditions[$0].subject == domainColumn })
    var rows: [[String?]] = []
    for _ in 0..<6 {
      if let row = try? seeder.newRow(of: subject.table, wish) { rows.append(row) }
    }
    let columns = domainColumn.map { [$0] } ?? expression.columnNames
    for column in columns {
      for value in UnusualValues.all { if let row = subject.changing([column: value]) { rows.append(row) } }
    }
    return rows
  }

  // MARK: Proof

  /// Breaks the constraint, and shows with the same rows that nothing else would have kept them out. Where a row breaks
  /// something else too, the next one may not.
  mutating func prove(_ violation: Violation, _ table: LiveTable, candidates: [[String]]) throws {
    var others: [String: Int] = [:]
    var accepted: [String]?
    var broken: (statements: [String], error: PostgresError, without: PostgresError)?
    for statements in candidates {
      guard let error = try probe.trial({ try probe.rejection(of: statements) }) else {
        accepted = accepted ?? statements
        continue
      }
      guard violation.expected.matches(error) else {
        others[error.summary, default: 0] += 1
        continue
      }
      guard let without = try probe.trial({ try probe.rejection(of: violation.removal + statements) }) else {
        return confirm(violation, table, statements, error, without: nil)
      }
      broken = broken ?? (statements, error, without)
    }
    if let broken { return confirm(violation, table, broken.statements, broken.error, without: broken.without) }
    unbroken(violation, table, accepted, others)
  }

  private mutating func confirm(
    _ violation: Violation, _ table: LiveTable, _ statements: [String], _ error: PostgresError, without: PostgresError?
  ) {
    add(
      table, "\(violation.name)/rejects", .passed, "\(violation.meaning) rejects a row that breaks it",
      sqlState: error.sqlState)
    add(
      table, "\(violation.name)/needed", without == nil ? .passed : .skipped,
      without == nil
        ? "without \(violation.meaning) the row is accepted"
        : "without \(violation.meaning) something else rejects the row: \(without?.summary ?? "")",
      repro: without == nil ? nil : statements.map { $0 + ";" }.joined(separator: "\n"))
  }

  private mutating func unbroken(
    _ violation: Violation, _ table: LiveTable, _ accepted: [String]?, _ others: [String: Int]
  ) {
    let other = others.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    // NULL that a trigger replaces, and keys that another key implies, are what they should be.
    if violation.expected.sqlState == "23502", accepted != nil {
      return add(
        table, "\(violation.name)/rejects", .passed, "\(violation.meaning): a trigger gives the column a value")
    }
    guard let other else {
      // Whether a check of the project's own making is ever false, nobody knows; two equal rows, and a parent that is not
      // there, are what they are.
      // A trigger may have made another row of it.
      let isCertain = accepted != nil && violation.expected.sqlState != "23514" && !table.hasInsertTrigger
      let tried = accepted == nil ? "no row could be made that breaks it" : "every row that was tried is accepted"
      return add(
        table, "\(violation.name)/rejects", isCertain ? .failed : .skipped,
        isCertain ? "\(violation.meaning) rejects nothing: \(tried)" : "\(violation.meaning): \(tried)",
        expected: violation.expected.text, actual: tried,
        repro: accepted.map { $0.map { $0 + ";" }.joined(separator: "\n") })
    }
    add(
      table, "\(violation.name)/rejects", .skipped,
      "\(violation.meaning) could not be broken alone: \(other)", expected: violation.expected.text, actual: other)
  }

  mutating func add(
    _ table: LiveTable, _ name: String, _ status: CheckResult.Status, _ message: String, expected: String? = nil,
    actual: String? = nil, sqlState: String? = nil, repro: String? = nil
  ) {
    log.append(
      CheckResult(
        id: "constraints/\(table)/\(name)", stage: "constraints",
        subject: "\(table).\(name.split(separator: "/").first ?? "")", status: status, message: message,
        expected: expected,
        actual: actual, sqlState: sqlState, repro: repro))
  }
}
