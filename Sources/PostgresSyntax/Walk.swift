extension Expression {
  /// The expressions directly inside this one; those of a subquery are reached through `Query`.
  public var children: [Expression] {
    switch self {
    case .column, .literal, .parameter, .value, .defaultValue: []
    case .call(let call): call.arguments + call.modifiers
    case .operation(let operation): operation.operands
    case .boolean(_, let operands, _), .choice(_, let operands, _), .array(let operands, _), .row(let operands, _),
      .grouping(let operands, _), .other(_, let operands):
      operands
    case .test(_, let operand, _), .cast(let operand, _, _), .collate(let operand, _, _), .argument(_, let operand, _):
      [operand]
    case .subquery(let subquery): subquery.test.map { [$0] } ?? []
    case .conditional(let conditional):
      [conditional.operand, conditional.otherwise].compactMap { $0 }
        + conditional.branches.flatMap { [$0.condition, $0.result] }
    case .selection(let operand, let selectors): [operand] + selectors.flatMap(\.expressions)
    }
  }

  /// Visits this expression and everything inside it, subqueries included.
  public func walk(_ visit: (Expression) -> Void) {
    visit(self)
    for child in children { child.walk(visit) }
    if case .subquery(let subquery) = self { subquery.query.walk(visit) }
  }

  /// Where the expression starts, as far as the grammar says; -1 where it doesn't.
  public var offset: Int {
    switch self {
    case .column(_, _, let offset), .parameter(_, let offset), .literal(_, let offset), .boolean(_, _, let offset),
      .test(_, _, let offset), .cast(_, _, let offset), .collate(_, _, let offset), .choice(_, _, let offset),
      .array(_, let offset), .row(_, let offset), .value(_, _, let offset), .argument(_, _, let offset),
      .grouping(_, let offset), .defaultValue(let offset):
      offset
    case .call(let call): call.offset
    case .operation(let operation): operation.offset
    case .subquery(let subquery): subquery.offset
    case .conditional(let conditional): conditional.offset
    case .selection(let operand, _): operand.offset
    case .other(_, let operands): operands.first?.offset ?? -1
    }
  }
}

extension Expression.Selector {
  var expressions: [Expression] {
    switch self {
    case .field, .all: []
    case .element(let index): [index]
    case .slice(let lower, let upper): [lower, upper].compactMap { $0 }
    }
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
    var found = targets.map(\.value) + from.flatMap(\.expressions) + groupBy + values.joined()
    found += [filter, having, limit, skip].compactMap { $0 }
    found += orderBy.map(\.value) + windows.flatMap(\.expressions)
    if case .on(let expressions) = distinct { found += expressions }
    return found
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
    if case .subquery(let subquery) = self { found.append(subquery.query) }
    return found
  }

  var queries: [Query] { directQueries.flatMap(\.allQueries) }
}

extension FromItem {
  public var references: [Reference] {
    switch self {
    case .relation(let reference, _): [reference]
    case .join(let join): join.left.references + join.right.references
    case .subquery, .function, .other: []
    }
  }

  /// Relations with the alias under which columns name them.
  public var aliases: [(alias: String, relation: Reference)] {
    switch self {
    case .relation(let reference, let alias): [(alias?.name ?? reference.name.name, reference)]
    case .join(let join): join.left.aliases + join.right.aliases
    case .subquery, .function, .other: []
    }
  }

  var expressions: [Expression] {
    switch self {
    case .relation, .subquery: []
    case .function(let item): item.calls.map(\.expression)
    case .other(let expressions, _, _): expressions
    case .join(let join):
      join.left.expressions + join.right.expressions + (join.condition.map { [$0] } ?? [])
    }
  }

  var queries: [Query] {
    switch self {
    case .subquery(let query, _, _): [query]
    case .join(let join): join.left.queries + join.right.queries
    case .relation, .function, .other: []
    }
  }
}
