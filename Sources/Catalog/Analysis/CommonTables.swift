import PostgresSyntax

/// The tables of WITH clauses (PostgreSQL documentation, section 7.8).
extension Analyzer {
  /// Makes the tables of a WITH clause known.
  mutating func declare(_ list: [CommonTableExpression], isRecursive: Bool) {
    tables.append([:])
    var names: Set<String> = []
    for item in list where !names.insert(item.name).inserted {
      reject("WITH query name '\(item.name)' specified more than once", "42712", at: item.offset)
    }
    for item in isRecursive ? list.inOrderOfNeed : list {
      let readsItself = isRecursive && item.readsItself
      if readsItself {
        if checkRecursion(of: item) {
          tables[tables.count - 1][item.name] = .unknown
          continue
        }
        tables[tables.count - 1][item.name] = named(seed(of: item), item.columns, item)
      }
      // What a table expression reads, it reads from outside of this level.
      let outer = scopes
      let result = shape(of: item.statement)
      scopes = outer
      tables[tables.count - 1][item.name] = named(result, item.columns, item)
    }
  }

  /// The columns of the part of a recursive query that doesn't read itself.
  private mutating func seed(of item: CommonTableExpression) -> Shape {
    guard case .query(let query) = item.statement, let first = query.operands.first, query.with.isEmpty else {
      return .unknown
    }
    let known = findings.count
    let seed = shape(of: first)
    // It is looked at again with the whole query.
    truncateFindings(to: known)
    return seed
  }

  private mutating func named(_ shape: Shape, _ names: [String], _ item: CommonTableExpression) -> Shape {
    var result = renamed(shape, names, item.name, at: item.offset)
    if item.addsColumns { result.isComplete = false }
    return result
  }

  /// Whether a query that reads itself has a form that the server doesn't run (PostgreSQL source,
  /// `checkWellFormedRecursion`).
  private mutating func checkRecursion(of item: CommonTableExpression) -> Bool {
    let name = item.name
    guard case .query(let query) = item.statement else {
      reject("recursive query '\(name)' must not contain data-modifying statements", "42P19", at: item.offset)
      return true
    }
    guard query.setOperation?.kind == .union, query.operands.count == 2 else {
      reject(
        "recursive query '\(name)' does not have the form non-recursive-term UNION [ALL] recursive-term", "42P19",
        at: item.offset)
      return true
    }
    if query.operands[0].reads(name) {
      reject(
        "recursive reference to query '\(name)' must not appear within its non-recursive term", "42P19",
        at: item.offset)
      return true
    }
    let misplaced = [
      (!query.orderBy.isEmpty, "ORDER BY"), (query.skip != nil, "OFFSET"), (query.limit != nil, "LIMIT"),
      (!query.locking.isEmpty, "FOR UPDATE/SHARE"),
    ].first { $0.0 }
    if let misplaced {
      reject("\(misplaced.1) in a recursive query is not implemented", "0A000", at: item.offset)
      return true
    }
    if query.with.contains(where: { $0.statement.relationsRead().contains { $0.name == ObjectName(name) } }) {
      reject("recursive reference to query '\(name)' must not appear within a subquery", "42P19", at: item.offset)
      return true
    }
    let places = query.operands[1].places(of: name)
    if let place = places.lazy.compactMap({ $0 }).first {
      reject("recursive reference to query '\(name)' must not appear within \(place)", "42P19", at: item.offset)
      return true
    }
    if places.count > 1 {
      reject("recursive reference to query '\(name)' must not appear more than once", "42P19", at: item.offset)
      return true
    }
    return false
  }
}

extension CommonTableExpression {
  fileprivate var readsItself: Bool {
    statement.relationsRead().contains { $0.name.schema == nil && $0.name.name == name }
  }
}

extension [CommonTableExpression] {
  /// Those that others read before those others, as WITH RECURSIVE allows in any order.
  fileprivate var inOrderOfNeed: [CommonTableExpression] {
    guard count > 1 else { return self }
    let names = Set(map(\.name))
    var ordered: [CommonTableExpression] = []
    var seen: Set<String> = []
    func visit(_ item: CommonTableExpression) {
      guard seen.insert(item.name).inserted else { return }
      for reference in item.statement.relationsRead() where reference.name.schema == nil {
        guard names.contains(reference.name.name), let needed = first(where: { $0.name == reference.name.name }) else {
          continue
        }
        visit(needed)
      }
      ordered.append(item)
    }
    for item in self { visit(item) }
    return ordered
  }
}

extension Query {
  fileprivate func reads(_ name: String) -> Bool {
    relations().contains { $0.name.schema == nil && $0.name.name == name }
  }

  /// For each place at which the query reads a table, what is wrong with the place; nil where nothing is.
  fileprivate func places(of name: String) -> [String?] {
    guard !with.contains(where: { $0.name == name }) else { return [] }
    var found: [String?] = []
    for query in with.flatMap(\.statement.queries) { found += query.places(of: name) }
    if setOperation != nil {
      for (index, operand) in operands.enumerated() {
        let places = operand.places(of: name)
        switch setOperation?.kind {
        case .except where index == 1: found += places.map { $0 ?? "EXCEPT" }
        default: found += places
        }
      }
    }
    for item in from { found += item.places(of: name) }
    for expression in ownExpressions {
      for query in expression.directQueries where query.reads(name) { found.append("a subquery") }
    }
    return found
  }
}

extension FromItem {
  fileprivate func places(of name: String) -> [String?] {
    switch self {
    case .relation(let reference, _): reference.name == ObjectName(name) ? [nil] : []
    case .subquery(let query, _, _): query.places(of: name)
    case .join(let join): join.places(of: name)
    case .function, .other: []
    }
  }
}

extension Join {
  fileprivate func places(of name: String) -> [String?] {
    let onLeft = left.places(of: name)
    let onRight = right.places(of: name)
    func outer(_ places: [String?]) -> [String?] { places.map { $0 ?? "an outer join" } }
    return switch kind {
    case .inner: onLeft + onRight
    case .left: onLeft + outer(onRight)
    case .right: outer(onLeft) + onRight
    case .full: outer(onLeft) + outer(onRight)
    }
  }
}
