import Postgres
import PostgresSyntax

/// A column whose value a check derives from others: `total = net + tax`. The server works it out.
struct Derivation: Hashable {
  var column: String
  /// As SQL, of the table's columns.
  var sql: String

  /// The derivations in a check, those in alternatives included.
  static func all(in condition: Expression) -> [Derivation] {
    var found: [Derivation] = []
    condition.walk { part in
      guard case .operation(let operation) = part, operation.kind == .plain, operation.operands.count == 2 else {
        return
      }
      let (left, right) = (operation.operands[0], operation.operands[1])
      for (side, other, comparison) in [
        (left, right, operation.name.name), (right, left, Solver.mirrored[operation.name.name] ?? ""),
      ] {
        if let derivation = Self.init(side, comparison, other) {
          found.append(derivation)
          return
        }
      }
    }
    return found.uniqued
  }

  private init?(_ side: Expression, _ comparison: String, _ other: Expression) {
    let step = ["<": " - 1", ">": " + 1", "=": "", "<=": "", ">=": ""]
    guard let step = step[comparison] else { return nil }
    let deparser = Deparser()
    if let column = side.plainColumn {
      guard other.isDerived else { return nil }
      self.init(column: column, sql: "(\(deparser.text(other)))\(step)")
      return
    }
    // `net + tax = 100`
    guard comparison == "=", case .operation(let sum) = side.withoutCast, sum.name.name == "+", sum.operands.count == 2,
      let last = sum.operands[1].plainColumn, other.plainColumn == nil
    else { return nil }
    self.init(column: last, sql: "(\(deparser.text(other))) - (\(deparser.text(sum.operands[0])))")
  }

  private init(column: String, sql: String) {
    self.column = column
    self.sql = sql
  }
}

extension Expression {
  /// Whether the solver can't say what it is: a computation, or what the session says.
  fileprivate var isDerived: Bool {
    switch self {
    case .cast(let operand, _, _): operand.isDerived
    case .operation(let operation): operation.operands.count == 2 && !operation.operands.contains { $0.isComparison }
    case .call(let call): !call.arguments.isEmpty
    case .value(let name, _, _): SessionFunctions.roleNames.contains(name)
    case .conditional, .choice: true
    default: false
    }
  }

  private var isComparison: Bool {
    if case .operation(let operation) = self { Solver.mirrored[operation.name.name] != nil } else { false }
  }

  fileprivate var withoutCast: Expression {
    if case .cast(let operand, _, _) = self { operand.withoutCast } else { self }
  }
}

extension Connection {
  /// The row with what the server derives from it, one column after the other; a value that can't be derived stays.
  ///
  /// - Throws: `PostgresError` where the connection is lost.
  func deriving(_ derivations: [Derivation], _ row: [String?], _ columns: [LiveColumn], of table: LiveTable) throws
    -> [String?]
  {
    var row = row
    // Twice, for what is derived may be what another is derived from.
    for derivation in derivations.count > 1 ? derivations + derivations : derivations {
      guard let index = columns.firstIndex(where: { $0.name == derivation.column }), row[index] != nil else { continue }
      let list = zip(columns, row).map { column, value in
        "\(value?.sqlLiteral ?? "NULL")::\(column.typeName) AS \(column.name.sqlIdentifier)"
      }
      let query =
        "SELECT ((\(derivation.sql))::\(columns[index].typeName))::text FROM (SELECT \(list.joined(separator: ", "))) AS \(table.name.sqlIdentifier)"
      let isInside = isInTransaction
      if isInside { try execute("SAVEPOINT derivation") }
      do throws(PostgresError) {
        if let value = try execute(query).values.first?.first ?? nil { row[index] = value }
      } catch {
        if error.isConnectionLost { throw error }
        if isInside { try execute("ROLLBACK TO SAVEPOINT derivation") }
      }
      if isInside { try execute("RELEASE SAVEPOINT derivation") }
    }
    return row
  }
}
