import PostgresSyntax

/// What FOR UPDATE and DISTINCT ON ask of the query that they stand in.
extension Analyzer {
  /// PostgreSQL documentation, SELECT, "The Locking Clause".
  mutating func checkLocking(_ query: Query) {
    guard let lock = query.locking.first else { return }
    let name = "FOR \(lock.strength)"
    if let obstacle = obstacle(toLocking: query) {
      reject("\(name) is not allowed with \(obstacle)", "0A000", at: lock.tables.first?.offset ?? -1)
      return
    }
    for table in query.locking.flatMap(\.tables) {
      guard let item = scopes.last?.items.first(where: { $0.alias == table.name.name }) else {
        reject("relation '\(table.name)' in \(name) clause not found in FROM clause", "42P01", at: table.offset)
        return
      }
      if !item.isNamed || item.isJoin { reject("\(name) cannot be applied to a join", "0A000", at: table.offset) }
    }
  }

  private func obstacle(toLocking query: Query) -> String? {
    if query.setOperation != nil { return "UNION/INTERSECT/EXCEPT" }
    if query.distinct != nil { return "DISTINCT clause" }
    if !query.groupBy.isEmpty { return "GROUP BY clause" }
    if query.having != nil { return "HAVING clause" }
    if scopes.last?.hasAggregate == true { return "aggregate functions" }
    return nil
  }

  /// The expressions of DISTINCT ON come first in ORDER BY.
  mutating func checkDistinct(_ query: Query, _ shape: Shape) {
    guard case .on(let keys) = query.distinct, !query.orderBy.isEmpty else { return }
    let wanted = Set(keys.map { canonical(groupingTarget($0, query)) })
    let sorted = query.orderBy.prefix(wanted.count).map { canonical(groupingTarget($0.value, query)) }
    if !sorted.allSatisfy(wanted.contains) {
      reject(
        "SELECT DISTINCT ON expressions must match initial ORDER BY expressions", "42P10",
        at: keys.first?.offset ?? -1)
    }
  }
}
