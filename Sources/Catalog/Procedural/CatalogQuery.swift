import PostgresSyntax

/// A value that is known without running anything.
enum Value: Hashable, Sendable {
  case null
  case boolean(Bool)
  case number(Int)
  case text(String)
  /// An object by its number, as `regclass` and the like have it.
  case object(ObjectName)
}

/// Answers the questions that migrations put to the system catalogs before they change something, from the simulated
/// catalog. What isn't known is nil.
struct CatalogQuery {
  private let catalog: Catalog
  private let variables: [String: Value]

  init(_ catalog: Catalog, variables: [String: Value]) {
    self.catalog = catalog
    self.variables = variables
  }

  typealias Row = [String: Value]

  // MARK: - Queries

  /// Whether a query finds a row.
  private func exists(_ query: Query) -> Bool? { rows(query).map { !$0.isEmpty } }

  /// The single value of a query; null where it finds no row.
  func scalar(_ query: Query) -> Value? {
    guard query.targets.count == 1, query.setOperation == nil else { return nil }
    let target = query.targets[0].value
    if case .call(let call) = target, call.name.name == "count" { return rows(query).map { .number($0.count) } }
    if query.from.isEmpty { return query.filter == nil ? value(of: target, in: [:]) : nil }
    guard let rows = rows(query) else { return nil }
    guard let first = rows.first else { return .null }
    guard rows.count == 1 || query.limit != nil else { return nil }
    return value(of: target, in: first)
  }

  /// The rows of a query, by the names of its columns.
  func result(_ query: Query) -> [Row]? {
    if query.setOperation == nil, !query.values.isEmpty {
      return query.values.map { row in
        var named: Row = [:]
        for (index, value) in row.enumerated() { named["column\(index + 1)"] = self.value(of: value, in: [:]) ?? nil }
        return named
      }
    }
    if query.from.isEmpty, query.targets.count == 1, case .call(let call) = query.targets[0].value,
      call.name.name == "unnest",
      case .array(let items, _)? = call.arguments.first.map({ $0.withoutCasts })
    {
      let values = items.map { value(of: $0, in: [:]) }
      guard !values.contains(nil) else { return nil }
      let name = query.targets[0].name ?? "unnest"
      return values.compactMap { $0 }.map { [name: $0] }
    }
    guard let rows = rows(query) else { return nil }
    var found: [Row] = []
    for row in rows {
      var named: Row = [:]
      for target in query.targets {
        guard let value = value(of: target.value, in: row) else { return nil }
        named[target.name ?? target.value.outputName] = value
      }
      found.append(named)
    }
    if case .all = query.distinct { return Array(Set(found)).sorted { "\($0)" < "\($1)" } }
    return found.sorted { "\($0)" < "\($1)" }
  }

  private func rows(_ query: Query) -> [Row]? {
    guard query.setOperation == nil, query.with.isEmpty, query.values.isEmpty, query.groupBy.isEmpty,
      query.having == nil
    else { return nil }
    var rows: [Row] = [[:]]
    var conditions = query.filter.map { [$0] } ?? []
    for item in query.from {
      guard let more = self.rows(item, &conditions) else { return nil }
      rows = rows.flatMap { row in more.map { row.merging($0) { first, _ in first } } }
      if rows.count > 200_000 { return nil }
    }
    var found: [Row] = []
    for row in rows {
      var isWanted = true
      for condition in conditions {
        switch value(of: condition, in: row) {
        case .boolean(true)?: continue
        case .boolean(false)?, .null?: isWanted = false
        default: return nil
        }
        if !isWanted { break }
      }
      if isWanted { found.append(row) }
    }
    return found
  }

  private func rows(_ item: FromItem, _ conditions: inout [Expression]) -> [Row]? {
    switch item {
    case .relation(let reference, let alias):
      guard reference.name.schema == nil || ["pg_catalog", "information_schema"].contains(reference.name.schema!),
        let rows = CatalogTables(catalog).rows(of: reference.name.name)
      else { return nil }
      let prefix = (alias?.name ?? reference.name.name) + "."
      return rows.map { row in
        var named = row
        for (name, value) in row { named[prefix + name] = value }
        return named
      }
    case .join(let join):
      guard join.kind == .inner, join.using.isEmpty, !join.isNatural, let left = rows(join.left, &conditions),
        let right = rows(join.right, &conditions)
      else { return nil }
      if let condition = join.condition { conditions.append(condition) }
      guard left.count * right.count < 200_000 else { return nil }
      return left.flatMap { row in right.map { row.merging($0) { first, _ in first } } }
    case .subquery, .function, .other: return nil
    }
  }

  // MARK: - Expressions

  func value(of expression: Expression, in row: Row) -> Value? {
    switch expression {
    case .literal(let literal, _): return literal.value
    case .parameter(let number, _): return variables["$\(number)"]
    case .column(let path, isWhole: false, _): return column(path, in: row)
    case .cast(let operand, let type, _): return cast(operand, type, in: row)
    case .boolean(let kind, let operands, _): return boolean(kind, operands.map { value(of: $0, in: row) })
    case .test(let test, let operand, _): return self.test(test, value(of: operand, in: row))
    case .operation(let operation): return self.operation(operation, in: row)
    case .call(let call): return self.call(call, in: row)
    case .choice(.coalesce, let operands, _):
      for operand in operands {
        guard let value = value(of: operand, in: row) else { return nil }
        if value != .null { return value }
      }
      return .null
    case .subquery(let subquery):
      switch subquery.kind {
      case .exists: return exists(subquery.query).map { .boolean($0) }
      case .scalar: return scalar(subquery.query)
      default: return nil
      }
    case .value(let name, _, _):
      switch name {
      case "current_schema": return catalog.creationSchema.map { .text($0) } ?? .null
      case "current_user", "session_user", "user", "current_role": return .text(catalog.session.role)
      default: return nil
      }
    default: return nil
    }
  }

  private func column(_ path: [String], in row: Row) -> Value? {
    let name = path.suffix(2).joined(separator: ".")
    return row[name] ?? variables[name] ?? path.last.flatMap { path.count == 1 ? row[$0] ?? variables[$0] : nil }
  }

  private func cast(_ operand: Expression, _ type: TypeName, in row: Row) -> Value? {
    guard type.arrayDimensions == 0, let value = value(of: operand, in: row) else { return nil }
    switch (type.name.name, value) {
    case ("regclass", .text(let text)), ("regtype", .text(let text)), ("regnamespace", .text(let text)),
      ("regproc", .text(let text)), ("regrole", .text(let text)):
      return .object(resolved(text.parsedName, type.name.name))
    case ("int4", .text(let text)), ("int8", .text(let text)): return Int(text).map { .number($0) }
    case ("text", .number(let number)), ("varchar", .number(let number)): return .text(String(number))
    case ("text", .object(let name)), ("varchar", .object(let name)): return .text(name.name)
    case ("bool", .text(let text)): return text == "true" || text == "t" ? .boolean(true) : .boolean(false)
    default: return value
    }
  }

  private func resolved(_ name: ObjectName, _ type: String) -> ObjectName {
    switch type {
    case "regclass": catalog.relation(name)?.name ?? catalog.index(name)?.name ?? name
    case "regtype": catalog.type(name)?.name ?? name
    default: name
    }
  }

  private func boolean(_ kind: Expression.BooleanOperator, _ operands: [Value?]) -> Value? {
    switch kind {
    case .and:
      if operands.contains(.boolean(false)) { return .boolean(false) }
      if operands.contains(nil) { return nil }
      return operands.contains(.null) ? .null : .boolean(true)
    case .or:
      if operands.contains(.boolean(true)) { return .boolean(true) }
      if operands.contains(nil) { return nil }
      return operands.contains(.null) ? .null : .boolean(false)
    case .not:
      guard case .boolean(let flag)? = operands.first ?? nil else { return operands.first ?? nil }
      return .boolean(!flag)
    }
  }

  private func test(_ test: Expression.Test, _ value: Value?) -> Value? {
    guard let value else { return nil }
    return switch test {
    case .null: .boolean(value == .null)
    case .notNull: .boolean(value != .null)
    case .isTrue: .boolean(value == .boolean(true))
    case .notTrue: .boolean(value != .boolean(true))
    case .isFalse: .boolean(value == .boolean(false))
    case .notFalse: .boolean(value != .boolean(false))
    case .unknown: .boolean(value == .null)
    case .notUnknown: .boolean(value != .null)
    }
  }

  private func operation(_ operation: Operation, in row: Row) -> Value? {
    if operation.kind == .inList {
      guard let tested = operation.operands.first.flatMap({ value(of: $0, in: row) }) else { return nil }
      var isFound = false
      for item in operation.operands.dropFirst() {
        guard let other = value(of: item, in: row) else { return nil }
        if isEqual(tested, other) == true { isFound = true }
      }
      return .boolean(operation.name.name == "<>" ? !isFound : isFound)
    }
    if operation.kind == .any, operation.operands.count == 2, case .array(let items, _) = operation.operands[1] {
      guard let tested = value(of: operation.operands[0], in: row) else { return nil }
      let values = items.map { value(of: $0, in: row) }
      guard !values.contains(nil) else { return nil }
      return .boolean(values.contains { $0.flatMap { isEqual(tested, $0) } == true })
    }
    guard operation.operands.count == 2, let left = value(of: operation.operands[0], in: row),
      let right = value(of: operation.operands[1], in: row)
    else { return nil }
    if left == .null || right == .null { return .null }
    switch operation.kind {
    case .like, .caseInsensitiveLike:
      guard case .text(let text) = left, case .text(let pattern) = right else { return nil }
      let isLike = text.isLike(pattern, ignoringCase: operation.kind == .caseInsensitiveLike)
      return .boolean(operation.name.name.hasPrefix("!") ? !isLike : isLike)
    case .plain: return compare(operation.name.name, left, right)
    default: return nil
    }
  }

  private func compare(_ name: String, _ left: Value, _ right: Value) -> Value? {
    switch name {
    case "=": return isEqual(left, right).map { .boolean($0) }
    case "<>", "!=": return isEqual(left, right).map { .boolean(!$0) }
    case "||":
      guard let a = left.string, let b = right.string else { return nil }
      return .text(a + b)
    default: break
    }
    guard case .number(let a) = left, case .number(let b) = right else { return nil }
    return switch name {
    case "<": .boolean(a < b)
    case "<=": .boolean(a <= b)
    case ">": .boolean(a > b)
    case ">=": .boolean(a >= b)
    case "+": .number(a &+ b)
    case "-": .number(a &- b)
    default: nil
    }
  }

  private func isEqual(_ a: Value, _ b: Value) -> Bool? {
    switch (a, b) {
    case (.object(let name), .text(let text)), (.text(let text), .object(let name)):
      let other = text.parsedName
      return name.name == other.name && (other.schema == nil || name.schema == nil || other.schema == name.schema)
    case (.object(let a), .object(let b)):
      return a.name == b.name && (a.schema == b.schema || a.schema == nil || b.schema == nil)
    case (.boolean(let flag), .text(let text)), (.text(let text), .boolean(let flag)):
      return flag == text.lowercased().hasPrefix("t")
    case (.number(let number), .text(let text)), (.text(let text), .number(let number)): return Int(text) == number
    default: return a == b
    }
  }

  private func call(_ call: FunctionCall, in row: Row) -> Value? {
    let arguments = call.arguments.map { value(of: $0, in: row) }
    switch call.name.name {
    case "to_regclass", "to_regtype", "to_regproc", "to_regnamespace", "to_regrole":
      guard case .text(let text)? = arguments.first ?? nil else { return nil }
      return exists(String(call.name.name.dropFirst(3)), text.parsedName)
    case "current_schema": return catalog.creationSchema.map { .text($0) } ?? .null
    case "current_database": return nil
    case "lower": return arguments.first??.string.map { .text($0.lowercased()) }
    case "format": return format(arguments)
    case "quote_ident":
      guard case .text(let text)? = arguments.first ?? nil else { return nil }
      return .text(text.sqlIdentifier)
    case "quote_literal":
      guard case .text(let text)? = arguments.first ?? nil else { return nil }
      return .text(text.sqlLiteral)
    case "concat":
      let parts = arguments.map { $0?.string }
      return parts.contains(nil) ? nil : .text(parts.compactMap { $0 }.joined())
    case "current_setting":
      guard case .text(let name)? = arguments.first ?? nil else { return nil }
      if name == "server_version_num" { return .number(150_000) }
      // A setting of nobody's own that nothing sets is null, where that is asked for.
      return name.contains(".") && arguments.count == 2 ? .null : nil
    default: return nil
    }
  }

  private func exists(_ type: String, _ name: ObjectName) -> Value? {
    switch type {
    case "regclass":
      if let relation = catalog.relation(name) { return relation.isAssumed ? nil : .object(relation.name) }
      if let index = catalog.index(name) { return .object(index.name) }
      return catalog.isComplete && !catalog.hasUnknownExtension && catalog.builtInRelation(name) == nil ? .null : nil
    case "regtype":
      if catalog.typeNumber(name) != nil { return .object(name) }
      return catalog.isComplete ? .null : nil
    case "regnamespace":
      if catalog.hasSchema(name.name) { return .object(name) }
      return catalog.isComplete ? .null : nil
    case "regrole":
      if catalog.hasRole(name.name) { return .object(name) }
      return catalog.isComplete ? .null : nil
    default: return nil
    }
  }

  /// `format(text, …)` (PostgreSQL documentation, section 9.4.1).
  private func format(_ arguments: [Value?]) -> Value? {
    guard case .text(let pattern)? = arguments.first ?? nil else { return nil }
    var rest = arguments.dropFirst().makeIterator()
    var result = ""
    var characters = pattern.makeIterator()
    while let character = characters.next() {
      guard character == "%" else {
        result.append(character)
        continue
      }
      switch characters.next() {
      case "%": result.append("%")
      case "s":
        guard let next = rest.next(), let text = next?.string else { return nil }
        result += text
      case "I":
        guard let next = rest.next(), let text = next?.string else { return nil }
        result += text.sqlIdentifier
      case "L":
        guard let next = rest.next(), let text = next?.string else { return nil }
        result += text.sqlLiteral
      default: return nil
      }
    }
    return .text(result)
  }
}

extension Expression {
  fileprivate var withoutCasts: Expression {
    if case .cast(let operand, _, _) = self { operand.withoutCasts } else { self }
  }
}

extension Value {
  var string: String? {
    switch self {
    case .text(let text): text
    case .number(let number): String(number)
    case .boolean(let flag): flag ? "true" : "false"
    case .object(let name): name.sql
    case .null: nil
    }
  }
}

extension Expression.Literal {
  fileprivate var value: Value? {
    switch self {
    case .null: .null
    case .integer(let number): .number(number)
    case .string(let text): .text(text)
    case .boolean(let flag): .boolean(flag)
    case .number(let text): Int(text).map { .number($0) }
    case .bits: nil
    }
  }
}
