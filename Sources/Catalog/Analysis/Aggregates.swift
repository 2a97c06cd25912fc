import PostgresSyntax

/// Which level of a query an aggregate belongs to, and where it may stand (PostgreSQL documentation, section 4.2.7).
extension Analyzer {
  /// The level whose rows the aggregate runs over: the innermost one of which its arguments name a column.
  func aggregateLevel(of call: FunctionCall) -> Int {
    var found: Int?
    for expression in call.arguments + call.orderBy.map(\.value) + (call.filter.map { [$0] } ?? []) {
      expression.walkOwn { part in
        guard case .column(let path, _, _) = part, let level = level(of: path) else { return }
        found = max(found ?? level, level)
      }
    }
    return found ?? scopes.count - 1
  }

  private func level(of path: [String]) -> Int? {
    guard let name = path.last else { return nil }
    for level in scopes.indices.reversed() {
      for item in scopes[level].items {
        if path.count > 1 {
          if item.isNamed, item.alias == path[path.count - 2] { return level }
        } else if item.isOpen, !item.shape.isComplete || item.shape.columns.contains(where: { $0.name == name }) {
          return level
        }
      }
    }
    return nil
  }

  mutating func checkAggregate(_ call: FunctionCall, at level: Int) {
    if call.isDistinct, !call.isWithinGroup {
      let given = Set(call.arguments.map(canonical))
      if let key = call.orderBy.first(where: { !given.contains(canonical($0.value)) }) {
        reject(
          "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list", "42P10",
          at: key.value.offset)
      }
    }
    if aggregates.contains(level) {
      if place == .filter("FILTER") {
        reject("aggregate functions are not allowed in FILTER", "42803", at: call.offset)
      } else {
        reject("aggregate function calls cannot be nested", "42803", at: call.offset)
      }
    } else if place != .query, level == scopes.count - 1 {
      // One of an outer query stands somewhere else there.
      reject("aggregate functions are not allowed in \(place.text)", "42803", at: call.offset)
    }
  }

  mutating func noteAggregate(at level: Int) {
    if scopes.indices.contains(level) { scopes[level].hasAggregate = true }
  }
}

extension Expression {
  /// Visits this expression and everything inside it but subqueries.
  fileprivate func walkOwn(_ visit: (Expression) -> Void) {
    visit(self)
    for child in children { child.walkOwn(visit) }
  }
}
