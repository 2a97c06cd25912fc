import PostgresSyntax

/// Columns that are neither grouped nor aggregated (PostgreSQL documentation, section 7.2.3).
extension Analyzer {
  mutating func checkGrouping(_ query: Query, _ shape: Shape) {
    let isGrouped = !query.groupBy.isEmpty || query.having != nil || scopes.last?.hasAggregate == true
    guard isGrouped, let items = scopes.last?.items, items.allSatisfy(\.shape.isComplete), shape.isComplete else {
      return
    }
    var keys: Set<String> = []
    var columns: Set<Uses.Use> = []
    for key in query.groupBy.flatMap(\.groupingElements) {
      let expression = groupingTarget(key, query)
      keys.insert(canonical(expression))
      if case .column(let path, isWhole: false, _) = expression, let column = find(path)?.column {
        if let source = column.source { columns.insert(source) }
      }
    }
    let dependent = functionallyDependent(on: columns)
    let checked = query.targets.map(\.value) + (query.having.map { [$0] } ?? []) + query.orderBy.map(\.value)
    for expression in checked { checkGrouped(expression, keys, dependent) }
  }

  /// What an element of GROUP BY means: a result column by number or name, or itself.
  func groupingTarget(_ key: Expression, _ query: Query) -> Expression {
    switch key {
    case .literal(.integer(let position), _) where query.targets.indices.contains(position - 1):
      return query.targets[position - 1].value
    case .column(let path, isWhole: false, _) where path.count == 1 && find(path) == nil:
      return query.targets.first { $0.name == path[0] }?.value ?? key
    default: return key
    }
  }

  /// The tables of which a primary key is grouped by, with that key: all their other columns are then as good as grouped.
  private func functionallyDependent(on columns: Set<Uses.Use>) -> [OID: OID] {
    var found: [OID: OID] = [:]
    for item in scopes.last?.items ?? [] {
      guard let oid = item.relation, let relation = catalog.relation(oid), let key = relation.primaryKey else {
        continue
      }
      let numbers = key.columns.compactMap { relation.column($0)?.number }
      if numbers.allSatisfy({ columns.contains(Uses.Use(oid: oid, column: $0)) }) { found[oid] = key.oid }
    }
    return found
  }

  private mutating func checkGrouped(_ expression: Expression, _ keys: Set<String>, _ dependent: [OID: OID]) {
    if keys.contains(canonical(expression)) { return }
    switch expression {
    case .column(let path, let isWhole, let offset):
      guard !isWhole || !path.isEmpty else {
        for item in scopes.last?.items ?? [] where item.isOpen {
          for column in item.shape.columns {
            checkGrouped(
              .column([item.alias, column.name].filter { !$0.isEmpty }, isWhole: false, offset: offset), keys, dependent
            )
          }
        }
        return
      }
      guard !isWhole, let found = find(path) else { return }
      if keys.contains(canonical(expression)) { return }
      if let source = found.column.source, let key = dependent[source.oid] {
        // The query needs the primary key from now on.
        uses.add(key)
        return
      }
      reject(
        "column '\(path.joined(separator: "."))' must appear in the GROUP BY clause or be used in an aggregate function",
        "42803", at: offset)
    case .call(let call):
      // What an aggregate is given needs no grouping.
      if call.window == nil, catalog.functions(call.name).contains(where: { $0.kind == .aggregate }) { return }
      for child in expression.children { checkGrouped(child, keys, dependent) }
    case .subquery, .grouping: return
    default: for child in expression.children { checkGrouped(child, keys, dependent) }
    }
  }

  /// A column of this level, with its item.
  private func find(_ path: [String]) -> (item: Int, column: OutputColumn)? {
    guard let name = path.last, let items = scopes.last?.items else { return nil }
    for (index, item) in items.enumerated() {
      let isMeant =
        path.count == 1
        ? item.isOpen
        : item.isNamed && item.alias == path[path.count - 2] && (path.count < 3 || item.schema == path[path.count - 3])
      guard isMeant, let column = item.shape.columns.first(where: { $0.name == name }) else { continue }
      return (index, column)
    }
    return nil
  }

  /// The expression as text in which equal expressions are equal.
  func canonical(_ expression: Expression) -> String {
    switch expression {
    case .column(let path, let isWhole, _):
      guard !isWhole, let found = find(path) else { return "?" + path.joined(separator: ".") + (isWhole ? ".*" : "") }
      if let source = found.column.source { return "#\(source.oid.number).\(source.column).\(alias(of: found))" }
      return "#\(found.item).\(found.column.name)"
    case .literal(let literal, _): return "\(literal)"
    case .call(let call):
      return "\(call.name)(\(call.arguments.map(canonical).joined(separator: ",")))\(call.modifiers.map(canonical))"
    case .operation(let operation):
      return "\(operation.kind) \(operation.name)(\(operation.operands.map(canonical).joined(separator: ",")))"
    case .cast(let operand, let type, _):
      return "\(canonical(operand))::\(type.name)\(type.modifiers)\(type.arrayDimensions)"
    case .value(let name, _, _): return name
    case .subquery(let subquery): return "subquery \(subquery.offset)"
    case .selection(let operand, let selectors):
      let parts = selectors.map { selector -> String in
        switch selector {
        case .field(let name): ".\(name)"
        case .all: ".*"
        case .element(let index): "[\(canonical(index))]"
        case .slice(let lower, let upper): "[\(lower.map(canonical) ?? ""):\(upper.map(canonical) ?? "")]"
        }
      }
      return canonical(operand) + parts.joined()
    case .boolean(let kind, let operands, _): return "\(kind)(\(operands.map(canonical).joined(separator: ",")))"
    case .test(let test, let operand, _): return "\(canonical(operand)) \(test)"
    case .choice(let choice, let operands, _): return "\(choice)(\(operands.map(canonical).joined(separator: ",")))"
    case .parameter(let number, _): return "$\(number)"
    default: return "\(Self.kind(of: expression))(\(expression.children.map(canonical).joined(separator: ",")))"
    }
  }

  /// The same table twice has two aliases; a column merged by a join has its first one's.
  private func alias(of found: (item: Int, column: OutputColumn)) -> String {
    guard let items = scopes.last?.items, let source = found.column.source else { return "" }
    let owners = items.filter { $0.isNamed && $0.relation == source.oid }
    if owners.count <= 1 { return "" }
    return items[found.item].alias
  }

  private static func kind(of expression: Expression) -> String {
    switch expression {
    case .conditional: "case"
    case .array: "array"
    case .row: "row"
    case .collate(_, let name, _): "collate \(name)"
    case .other(let name, _): name
    default: "value"
    }
  }
}

extension Expression {
  /// The expressions of GROUPING SETS, ROLLUP and CUBE, or itself.
  fileprivate var groupingElements: [Expression] {
    switch self {
    case .other(_, let operands): operands.flatMap(\.groupingElements)
    case .row(let fields, _): fields.flatMap(\.groupingElements)
    default: [self]
    }
  }
}
