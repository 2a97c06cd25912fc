extension Expression {
  /// The expressions directly inside this one; those of a subquery are reached through `Query`.
  public var children: [Expression] {
    switch self {
    case .column, .literal: []
    case .call(let call): call.arguments + call.modifiers
    case .operation(_, let operands, _), .boolean(_, let operands, _), .other(_, let operands): operands
    case .cast(let operand, _, _): [operand]
    case .subquery(_, let test, _): test.map { [$0] } ?? []
    }
  }

  /// Visits this expression and everything inside it, subqueries included.
  public func walk(_ visit: (Expression) -> Void) {
    visit(self)
    for child in children { child.walk(visit) }
    if case .subquery(let query, _, _) = self { query.walk(visit) }
  }
}

extension Query {
  /// Visits every expression of the query and of the queries inside it.
  public func walk(_ visit: (Expression) -> Void) {
    for expression in ownExpressions { expression.walk(visit) }
    for query in nestedQueries { query.walk(visit) }
  }

  /// The expressions that belong to this query itself; those inside subqueries are not unfolded.
  public var ownExpressions: [Expression] {
    targets.map(\.value) + from.flatMap(\.expressions) + (filter.map { [$0] } ?? []) + otherExpressions
  }

  /// Queries that stand beside or below this one other than in an expression.
  public var nestedQueries: [Query] {
    operands + from.flatMap(\.queries) + with.flatMap(\.statement.queries)
  }

  /// This query and every query inside it.
  public var allQueries: [Query] {
    var found = [self]
    for query in nestedQueries { found += query.allQueries }
    for expression in ownExpressions { found += expression.queries }
    return found
  }

  /// The relations that the query reads. Names of its own common table expressions are left out.
  public func relations(outside names: Set<String> = []) -> [Reference] {
    let known = names.union(with.map(\.name))
    var found = from.flatMap(\.references).filter { $0.name.schema != nil || !known.contains($0.name.name) }
    for query in operands + from.flatMap(\.queries) { found += query.relations(outside: known) }
    for item in with { found += item.statement.relationsRead(outside: known) }
    for expression in ownExpressions {
      expression.directQueries.forEach { found += $0.relations(outside: known) }
    }
    return found
  }
}

extension Expression {
  /// Subqueries in this expression that no other subquery of it contains.
  public var directQueries: [Query] {
    var found = children.flatMap(\.directQueries)
    if case .subquery(let query, _, _) = self { found.append(query) }
    return found
  }

  var queries: [Query] { directQueries.flatMap(\.allQueries) }
}

extension FromItem {
  public var references: [Reference] {
    switch self {
    case .relation(let reference, _): [reference]
    case .join(let left, let right, _): left.references + right.references
    case .subquery, .function, .other: []
    }
  }

  /// Relations with the alias under which columns name them.
  public var aliases: [(alias: String, relation: Reference)] {
    switch self {
    case .relation(let reference, let alias): [(alias ?? reference.name.name, reference)]
    case .join(let left, let right, _): left.aliases + right.aliases
    case .subquery, .function, .other: []
    }
  }

  var expressions: [Expression] {
    switch self {
    case .relation, .subquery: []
    case .function(let calls, _), .other(let calls): calls
    case .join(let left, let right, let condition):
      left.expressions + right.expressions + (condition.map { [$0] } ?? [])
    }
  }

  var queries: [Query] {
    switch self {
    case .subquery(let query, _): [query]
    case .join(let left, let right, _): left.queries + right.queries
    case .relation, .function, .other: []
    }
  }
}
