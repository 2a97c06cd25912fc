import PostgresSyntax

/// The columns of queries.
extension Analyzer {
  /// The columns that a query gives.
  ///
  /// - Parameter keepsUnknown: whether untyped constants stay so, as in `INSERT … SELECT`; elsewhere they become text.
  mutating func shape(of query: Query, keepsUnknown: Bool = false) -> Shape {
    if !scopes.isEmpty || !tables.isEmpty,
      let item = query.with.first(where: { if case .query = $0.statement { false } else { true } })
    {
      reject(
        "WITH clause containing a data-modifying statement must be at the top level", "0A000", at: item.offset)
    }
    let hasTables = !query.with.isEmpty
    if hasTables { declare(query.with, isRecursive: query.isRecursive) }
    defer { if hasTables { tables.removeLast() } }
    let result: Shape
    if query.setOperation != nil {
      result = setOperation(query)
    } else if !query.values.isEmpty {
      result = values(query)
    } else {
      return select(query, keepsUnknown: keepsUnknown)
    }
    // ORDER BY of these names only result columns.
    for key in query.orderBy { checkResultColumn(key.value, of: result) }
    limits(query)
    checkLocking(query)
    return keepsUnknown ? result : result.resolved
  }

  // MARK: - SELECT

  private mutating func select(_ query: Query, keepsUnknown: Bool) -> Shape {
    let outer = (aggregates, obstacleToSets)
    (aggregates, obstacleToSets) = ([], nil)
    defer { (aggregates, obstacleToSets) = outer }
    let items = from(query.from)
    scopes.append(Scope(items: items))
    defer { scopes.removeLast() }
    var shape = Shape()
    for target in query.targets { expand(target, into: &shape) }
    if let filter = query.filter { at(.filter("WHERE")) { $0.requireBoolean(filter, "WHERE") } }
    if let having = query.having { requireBoolean(having, "HAVING") }
    for key in query.orderBy { sort(key.value, shape) }
    for key in query.groupBy { group(key, shape) }
    if case .on(let keys) = query.distinct { for key in keys { sort(key, shape) } }
    for window in query.windows { analyze(window) }
    limits(query)
    checkDistinct(query, shape)
    checkLocking(query)
    checkGrouping(query, shape)
    return keepsUnknown ? shape : shape.resolved
  }

  private mutating func limits(_ query: Query) {
    for (value, name) in [(query.limit, "LIMIT"), (query.skip, "OFFSET")] {
      guard let value, let found = at(.filter(name), { $0.type(of: value) }) else { continue }
      guard !catalog.canCoerce(found.oid, to: .bigint, .assignment) else { continue }
      reject("argument of \(name) must be type bigint, not type \(text(found.oid))", "42804", at: value.offset)
    }
  }

  /// A result column by number or name, or any expression.
  private mutating func sort(_ value: Expression, _ shape: Shape) {
    if case .literal(.integer(let position), let offset) = value {
      if shape.isComplete, !(1...max(1, shape.columns.count)).contains(position) {
        reject("ORDER BY position \(position) is not in select list", "42P10", at: offset)
      }
      return
    }
    if case .column(let path, isWhole: false, let offset) = value, path.count == 1 {
      let named = shape.columns.filter { $0.name == path[0] }
      if named.count > 1, !named.dropFirst().allSatisfy({ $0.source != nil && $0.source == named[0].source }) {
        // Equal expressions under one name are no ambiguity; only plain columns are compared here.
        if named.allSatisfy({ $0.source != nil }) { reject("ORDER BY '\(path[0])' is ambiguous", "42702", at: offset) }
        return
      }
      if !named.isEmpty || !shape.isComplete { return }
    }
    _ = type(of: value)
  }

  private mutating func group(_ key: Expression, _ shape: Shape) {
    switch key {
    case .literal(.integer(let position), let offset):
      if shape.isComplete, !(1...max(1, shape.columns.count)).contains(position) {
        reject("GROUP BY position \(position) is not in select list", "42P10", at: offset)
      }
    case .column(let path, isWhole: false, _) where path.count == 1:
      // A column of FROM goes before a result column of the same name.
      let isColumn = scopes.last?.items.contains { item in
        item.isOpen && (!item.shape.isComplete || item.shape.columns.contains { $0.name == path[0] })
      }
      if isColumn != true, shape.columns.contains(where: { $0.name == path[0] }) { return }
      at(.filter("GROUP BY")) { _ = $0.type(of: key) }
    case .other(_, let operands): for operand in operands { group(operand, shape) }
    default: at(.filter("GROUP BY")) { _ = $0.type(of: key) }
    }
  }

  /// Adds what one element of the select list gives: `*`, `t.*`, `(row).*` or a value.
  mutating func expand(_ target: Query.Target, into shape: inout Shape) {
    switch target.value {
    case .column(let path, isWhole: true, let offset):
      if let alias = path.last {
        guard let item = item(alias, schema: path.count > 1 ? path[path.count - 2] : nil) else {
          _ = column(path, isWhole: true, at: offset)
          shape.isComplete = false
          return
        }
        add(item, to: &shape)
      } else {
        guard let items = scopes.last?.items, !items.isEmpty else {
          reject("SELECT * with no tables specified is not valid", "42601", at: offset)
          shape.isComplete = false
          return
        }
        for item in items where item.isOpen { add(item, to: &shape) }
      }
    case .selection(let operand, let selectors) where selectors.last == .all:
      let row = type(of: selectors.count == 1 ? operand : .selection(operand, Array(selectors.dropLast())))
      guard let row, let fields = catalog.fields(of: row.oid) else {
        shape.isComplete = false
        return
      }
      shape.columns += fields.map { OutputColumn(name: $0.name, type: known($0.type)) }
    default:
      let type = type(of: target.value)
      var column = OutputColumn(name: target.name ?? target.value.outputName, type: type)
      if case .column(let path, _, _) = target.value { column.source = source(path) }
      shape.columns.append(column)
    }
  }

  /// The query with what `*` stands for now in place of it: columns that are added to a table later are not part of a view.
  mutating func expandingStars(_ query: Query) -> Query {
    guard query.targets.contains(where: { $0.value.isWholeRow }), query.setOperation == nil else { return query }
    if !query.with.isEmpty { declare(query.with, isRecursive: query.isRecursive) }
    let items = from(query.from)
    guard items.allSatisfy({ $0.shape.isComplete }) else { return query }
    var expanded = query
    expanded.targets = query.targets.flatMap { target -> [Query.Target] in
      guard case .column(let path, isWhole: true, let offset) = target.value else { return [target] }
      let meant = items.filter { path.isEmpty ? $0.isOpen : $0.isNamed && $0.alias == path.last }
      return meant.flatMap { item in
        item.shape.columns.map { column in
          let path = item.alias.isEmpty ? [column.name] : [item.alias, column.name]
          return Query.Target(name: nil, value: .column(path, isWhole: false, offset: offset), offset: target.offset)
        }
      }
    }
    return expanded
  }

  private mutating func add(_ item: RangeItem, to shape: inout Shape) {
    for column in item.shape.columns {
      _ = use(column)
      shape.columns.append(column)
    }
    if !item.shape.isComplete { shape.isComplete = false }
  }

  private func source(_ path: [String]) -> Uses.Use? {
    guard let name = path.last, let scope = scopes.last else { return nil }
    for item in scope.items where path.count == 1 ? item.isOpen : item.isNamed && item.alias == path[path.count - 2] {
      if let column = item.shape.columns.first(where: { $0.name == name }) { return column.source }
    }
    return nil
  }

  // MARK: - VALUES and set operations

  private mutating func values(_ query: Query) -> Shape {
    scopes.append(Scope())
    defer { scopes.removeLast() }
    let width = query.values[0].count
    var columns: [[DataType?]] = Array(repeating: [], count: width)
    var expressions: [[Expression]] = Array(repeating: [], count: width)
    for row in query.values {
      guard row.count == width else {
        reject("VALUES lists must all be the same length", "42601", at: row.first?.offset ?? -1)
        return .unknown
      }
      for (index, value) in row.enumerated() {
        columns[index].append(type(of: value))
        expressions[index].append(value)
      }
    }
    return Shape(
      columns: columns.indices.map { index in
        let type: DataType?
        if columns[index].allSatisfy({ $0?.oid == .unknown }) {
          type = DataType(.unknown)
        } else {
          type = common(columns[index], "VALUES", expressions[index], at: expressions[index][0].offset)
        }
        return OutputColumn(name: "column\(index + 1)", type: type)
      })
  }

  private mutating func setOperation(_ query: Query) -> Shape {
    guard let operation = query.setOperation, query.operands.count == 2 else { return .unknown }
    let sides = query.operands.map { shape(of: $0, keepsUnknown: true) }
    guard sides.allSatisfy(\.isComplete) else {
      return Shape(
        columns: sides[0].columns.map { OutputColumn(name: $0.name, type: nil) }, isComplete: sides[0].isComplete)
    }
    let offset = query.operands[1].targets.first?.value.offset ?? -1
    guard sides[0].columns.count == sides[1].columns.count else {
      reject("each \(operation.kind.rawValue) query must have the same number of columns", "42601", at: offset)
      return sides[0]
    }
    return Shape(
      columns: zip(sides[0].columns, sides[1].columns).enumerated().map { index, pair in
        let values = query.operands.map { operand -> Expression in
          index < operand.targets.count ? operand.targets[index].value : .defaultValue(offset: -1)
        }
        let type = common([pair.0.type, pair.1.type], operation.kind.rawValue, values, at: offset)
        return OutputColumn(name: pair.0.name, type: type)
      })
  }

  private mutating func checkResultColumn(_ value: Expression, of shape: Shape) {
    guard shape.isComplete else { return }
    switch value {
    case .literal(.integer(let position), let offset):
      if !(1...max(1, shape.columns.count)).contains(position) {
        reject("ORDER BY position \(position) is not in select list", "42P10", at: offset)
      }
    case .column(let path, isWhole: false, let offset) where path.count == 1:
      if !shape.columns.contains(where: { $0.name == path[0] }) {
        reject(.undefined(ObjectID(.column, path[0])), at: offset)
      }
    default: break
    }
  }

  /// Columns under the names of an alias.
  mutating func renamed(_ shape: Shape, _ names: [String], _ alias: String, at offset: Int) -> Shape {
    guard !names.isEmpty else { return shape }
    var shape = shape
    if shape.isComplete, names.count > shape.columns.count {
      reject(
        "table '\(alias)' has \(shape.columns.count) columns available but \(names.count) columns specified", "42P10",
        at: offset)
      return shape
    }
    for (index, name) in names.enumerated() {
      if index < shape.columns.count {
        shape.columns[index].name = name
      } else {
        shape.columns.append(OutputColumn(name: name, type: nil))
      }
    }
    return shape
  }

  /// The rows that a statement returns.
  mutating func shape(of action: Action) -> Shape {
    switch action {
    case .query(let query): shape(of: query)
    case .insert(let change): analyzeInsert(change)
    case .update(let change): analyzeUpdate(change)
    case .delete(let change): analyzeDelete(change)
    case .merge(let change): analyzeMerge(change)
    default: .unknown
    }
  }
}

extension Shape {
  /// Untyped constants as a query's result has them.
  var resolved: Shape {
    var shape = self
    for index in shape.columns.indices where shape.columns[index].type?.oid == .unknown {
      shape.columns[index].type = DataType(.text)
    }
    return shape
  }
}

extension Expression {
  /// The name that a result column gets from its expression (PostgreSQL source, `FigureColname`).
  var outputName: String { namedStrongly ?? namedWeakly ?? "?column?" }

  private var namedStrongly: String? {
    switch self {
    case .column(let path, isWhole: false, _): path.last
    case .call(let call): call.name.name
    case .cast(let operand, _, _): operand.namedStrongly
    case .collate(let operand, _, _): operand.namedStrongly
    case .operation(let operation) where operation.kind == .nullIf: "nullif"
    case .choice(let choice, _, _): choice.rawValue.lowercased()
    case .array: "array"
    case .row: "row"
    case .value(let name, _, _): name
    case .grouping: "grouping"
    case .conditional(let conditional): conditional.otherwise?.namedStrongly
    case .selection(let operand, let selectors):
      selectors.reversed().lazy.compactMap { if case .field(let name) = $0 { name } else { nil } }.first
        ?? operand.namedStrongly
    case .subquery(let subquery):
      switch subquery.kind {
      case .exists: "exists"
      case .array: "array"
      case .scalar: subquery.query.firstOutputName
      case .any, .all, .other: nil
      }
    case .other(let name, _): Self.otherNames[name]
    default: nil
    }
  }

  private var namedWeakly: String? {
    switch self {
    case .cast(let operand, let type, _): operand.namedWeakly ?? type.name.name
    case .collate(let operand, _, _): operand.namedWeakly
    case .conditional: "case"
    default: nil
    }
  }

  private static let otherNames = ["XmlExpr": "xml", "XmlSerialize": "xmlserialize"]
}

extension Query {
  fileprivate var firstOutputName: String? {
    if let target = targets.first { return target.name ?? target.value.outputName }
    return operands.first?.firstOutputName
  }
}
