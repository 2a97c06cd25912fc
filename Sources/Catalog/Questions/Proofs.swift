import PostgresSyntax

/// What a validated check already says of every row, so that the server need not look again.
///
/// Source: PostgreSQL documentation, ALTER TABLE, `SET NOT NULL` and `ATTACH PARTITION`.
extension Relation {
  /// Whether a check proves that a column holds no NULL.
  public func provesNotNull(_ column: String) -> Bool {
    provenConditions.contains { condition in
      guard case .test(.notNull, .column(let path, _, _), _) = condition else { return false }
      return path.last == column
    }
  }

  /// The conditions that hold for all rows, one by one.
  private var provenConditions: [Expression] {
    constraints.filter { $0.isCheck && $0.isValidated }.compactMap(\.expression).flatMap(\.conjuncts)
  }

  /// Whether checks prove that every row fits a bound: both ends of a range, or the values of a list.
  func proves(_ bound: PartitionBound, of parent: Relation) -> Bool {
    guard let key = parent.partitionKey, key.columns.count == 1, let name = key.columns[0] else { return false }
    let conditions = provenConditions
    switch bound {
    case .default, .hash: return false
    case .list:
      return conditions.contains { condition in
        guard case .operation(let operation) = condition, operation.kind == .inList || operation.kind == .plain else {
          return false
        }
        return operation.operands.first?.columnNames == [name]
      }
    case .range(let from, let to):
      func limits(_ operators: Set<String>, _ end: [Expression]) -> Bool {
        if end.first?.columnNames.contains(where: { ["minvalue", "maxvalue"].contains($0) }) == true { return true }
        return conditions.contains { condition in
          guard case .operation(let operation) = condition, operation.kind == .plain else { return false }
          return operators.contains(operation.name.name) && operation.operands.first?.columnNames == [name]
        }
      }
      return limits([">=", ">"], from) && limits(["<", "<="], to)
    }
  }
}

extension Expression {
  /// The conditions that must all hold for this one to hold.
  public var conjuncts: [Expression] {
    if case .boolean(.and, let operands, _) = self { return operands.flatMap(\.conjuncts) }
    return [self]
  }

  /// The conditions of which one suffices.
  public var disjuncts: [Expression] {
    if case .boolean(.or, let operands, _) = self { return operands.flatMap(\.disjuncts) }
    return [self]
  }
}
