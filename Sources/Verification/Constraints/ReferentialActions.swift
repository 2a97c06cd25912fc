import Diagnostics
import Postgres
import PostgresSyntax

/// What becomes of rows when the row that they refer to goes or gets another key.
extension ConstraintStage {
  /// Deletes a row that another one refers to, and gives it another key: what happens is what the key says.
  mutating func parentActions(_ key: LiveConstraint, _ subject: ConstraintSubject) throws {
    guard let target = seeder.schema.table(key.target), target.parent == nil else { return }
    guard let family = try family(key, subject, target) else { return }
    let condition = key.pairs.map { "\($0.target.sqlIdentifier) = \((family.values[$0.target] ?? "").sqlLiteral)" }
      .joined(separator: " AND ")
    let query = "SELECT FROM \(target.sql) WHERE \(condition)"
    try act(
      key, subject, "delete", key.onDelete, family, "DELETE FROM \(target.sql) WHERE \(condition)", parent: query)
    guard let pair = subject.ownPair(of: key, 0), let column = target.column(pair.target), !column.isIdentity,
      !column.isGenerated,
      let other = freeKey(pair.target, of: target), other != family.values[pair.target]
    else { return }
    try act(
      key, subject, "update", key.onUpdate, family,
      "UPDATE \(target.sql) SET \(pair.target.sqlIdentifier) = \(other.sqlLiteral) WHERE \(condition)", parent: query)
  }

  /// A value for the column that the table's own conditions allow and no row has.
  mutating func freeKey(_ column: String, of table: LiveTable) -> String? {
    guard let row = try? seeder.newRow(of: table, .init(isFull: true)) else { return nil }
    return ConstraintSubject(table: table, base: row, columns: seeder.columns(of: table)).value(column)
  }

  private struct Family {
    var statements: [String]
    var values: [String: String]
    /// How the child is found again, whatever becomes of its reference.
    var child: String
  }

  /// A parent and a child that nobody else has to do with.
  private mutating func family(
    _ key: LiveConstraint, _ subject: ConstraintSubject, _ target: LiveTable
  ) throws -> Family? {
    let table = subject.table
    for _ in 0..<3 {
      guard let parent = try? seeder.newRow(of: target, .init(isFull: true)) else { return nil }
      let view = ConstraintSubject(table: target, base: parent, columns: seeder.columns(of: target))
      var wish = RowGenerator.Wish(isFull: true)
      var values: [String: String] = [:]
      for pair in key.pairs {
        guard let value = view.value(pair.target) else { return nil }
        values[pair.target] = value
        wish.fixed[pair.column] = .some(value)
      }
      wish.tenant = seeder.tenancy.owner(in: target.oid) { view.value($0) }
      guard let child = try? seeder.newRow(of: table, wish) else { return nil }
      let statements = [seeder.insertion(of: parent, into: target), seeder.insertion(of: child, into: table)]
      let row = ConstraintSubject(table: table, base: child, columns: subject.columns)
      let finders = table.primaryKey?.columns ?? key.pairs.map(\.column)
      func equal(_ columns: [String]) -> String {
        columns.map { "\($0.sqlIdentifier) = \((row.value($0) ?? "").sqlLiteral)" }.joined(separator: " AND ")
      }
      // A trigger may have given the child to somebody else.
      let isThere = try probe.trial { () -> Bool in
        guard try probe.rejection(of: statements) == nil else { return false }
        let query = "SELECT FROM \(table.sql) WHERE \(equal((finders + key.pairs.map(\.column)).uniqued))"
        return try !probe.connection.execute(query).values.isEmpty
      }
      if isThere { return Family(statements: statements, values: values, child: equal(finders)) }
    }
    return nil
  }

  private mutating func act(
    _ key: LiveConstraint, _ subject: ConstraintSubject, _ event: String, _ action: LiveConstraint.Action,
    _ family: Family, _ statement: String, parent: String
  ) throws {
    let table = subject.table
    let columns = key.pairs.map(\.column)
    let (rejection, children, isUntouched) = try probe.trial { () -> (PostgresError?, [[String?]], Bool) in
      _ = try probe.rejection(of: family.statements)
      if let rejection = try probe.rejection(of: [statement]) { return (rejection, [], false) }
      let list = columns.map { "\($0.sqlIdentifier)::text" }.joined(separator: ", ")
      let children = try probe.connection.execute("SELECT \(list) FROM \(table.sql) WHERE \(family.child)").values
      return (nil, children, try !probe.connection.execute(parent).values.isEmpty)
    }
    if isUntouched {
      return add(
        table, "\(key.name)/\(event)", .skipped,
        "a trigger or rule keeps the row that '\(key.name)' refers to as it is")
    }
    if let rejection, rejection.sqlState == "23503", rejection.constraint != key.name {
      return add(
        table, "\(key.name)/\(event)", .skipped,
        "a row that '\(key.name)' refers to is held by something else as well: \(rejection.message)")
    }
    if let rejection, rejection.sqlState?.hasPrefix("23") != true {
      return add(
        table, "\(key.name)/\(event)", .skipped,
        "a row that '\(key.name)' refers to is guarded by something else: \(rejection.summary)")
    }
    if rejection == nil, [.noAction, .restrict].contains(action), children.allSatisfy({ $0.contains(nil) }) {
      return add(
        table, "\(key.name)/\(event)", .skipped,
        "something else takes the reference away before '\(key.name)' could reject the \(event)")
    }
    let (isRight, expected) = action.outcome(of: event, rejection, children, key)
    add(
      table, "\(key.name)/\(event)", isRight ? .passed : .failed,
      isRight
        ? "a row that '\(key.name)' refers to: \(expected) on \(event)"
        : "a row that '\(key.name)' refers to does not do on \(event) what the key says",
      expected: isRight ? nil : expected,
      actual: isRight ? nil : rejection?.summary ?? "the statement is accepted, and \(children.count) rows refer to it",
      sqlState: isRight ? rejection?.sqlState : nil,
      repro: isRight ? nil : (family.statements + [statement]).map { $0 + ";" }.joined(separator: "\n"))
  }
}
