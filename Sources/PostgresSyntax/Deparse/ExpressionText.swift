/// Writes expressions and queries as SQL. Everything is in parentheses where precedence could matter.
public struct Deparser: Sendable {
  /// How a relation is written where a query reads it; nil leaves it as it was written.
  public var relation: @Sendable (ObjectName) -> (name: ObjectName, columns: [String])?

  public init(relation: @escaping @Sendable (ObjectName) -> (name: ObjectName, columns: [String])? = { _ in nil }) {
    self.relation = relation
  }

  public func text(_ expression: Expression) -> String {
    switch expression {
    case .column(let path, let isWhole, _):
      let names = path.map(\.sqlIdentifier) + (isWhole ? ["*"] : [])
      return names.joined(separator: ".")
    case .parameter(let number, _): return "$\(number)"
    case .literal(let literal, _): return literal.sql
    case .call(let call): return text(call)
    case .operation(let operation): return text(operation)
    case .boolean(.not, let operands, _): return "(NOT \(operands.map(text).joined()))"
    case .boolean(let kind, let operands, _):
      return "(" + operands.map(text).joined(separator: " \(kind.rawValue) ") + ")"
    case .test(let test, let operand, _): return "(\(text(operand)) \(test.rawValue))"
    case .cast(let operand, let type, _): return "CAST(\(text(operand)) AS \(type.sql))"
    case .collate(let operand, let collation, _): return "(\(text(operand)) COLLATE \(collation.sql))"
    case .subquery(let subquery): return text(subquery)
    case .conditional(let conditional): return text(conditional)
    case .choice(let choice, let operands, _): return "\(choice.rawValue)(\(list(operands)))"
    case .array(let elements, _): return "ARRAY[\(list(elements))]"
    case .row(let fields, _): return "ROW(\(list(fields)))"
    case .selection(let operand, let selectors): return "(\(text(operand)))" + selectors.map(text).joined()
    case .value(let name, let precision, _):
      return (name == "current_schema" ? "current_schema" : name.uppercased()) + (precision.map { "(\($0))" } ?? "")
    case .argument(let name, let value, _): return "\(name.sqlIdentifier) => \(text(value))"
    case .grouping(let operands, _): return "GROUPING(\(list(operands)))"
    case .defaultValue: return "DEFAULT"
    case .other(let name, let operands): return "\(name)(\(list(operands)))"
    }
  }

  func list(_ expressions: [Expression]) -> String { expressions.map(text).joined(separator: ", ") }

  private func text(_ call: FunctionCall) -> String {
    var arguments = call.isStar ? "*" : list(call.arguments)
    if call.isVariadic, let last = call.arguments.last {
      arguments = (call.arguments.dropLast().map(text) + ["VARIADIC \(text(last))"]).joined(separator: ", ")
    }
    if call.isDistinct { arguments = "DISTINCT " + arguments }
    if !call.orderBy.isEmpty, !call.isWithinGroup { arguments += " ORDER BY \(keys(call.orderBy))" }
    var result = "\(call.name.sql)(\(arguments))"
    if call.isWithinGroup { result += " WITHIN GROUP (ORDER BY \(keys(call.orderBy)))" }
    if let filter = call.filter { result += " FILTER (WHERE \(text(filter)))" }
    if let window = call.window { result += " OVER " + text(window, isReference: true) }
    return result
  }

  func keys(_ keys: [SortKey]) -> String {
    keys.map { key in
      text(key.value) + (key.using.map { " USING \(operatorName($0))" } ?? (key.isDescending ? " DESC" : ""))
        + (key.nullsFirst.map { $0 ? " NULLS FIRST" : " NULLS LAST" } ?? "")
    }.joined(separator: ", ")
  }

  /// A window's definition, or its name where nothing else is said.
  func text(_ window: Window, isReference: Bool) -> String {
    if isReference, let name = window.name, window.partitionBy.isEmpty, window.orderBy.isEmpty {
      return name.sqlIdentifier
    }
    var parts: [String] = []
    if let base = window.base { parts.append(base.sqlIdentifier) }
    if !window.partitionBy.isEmpty { parts.append("PARTITION BY \(list(window.partitionBy))") }
    if !window.orderBy.isEmpty { parts.append("ORDER BY \(keys(window.orderBy))") }
    if let frame = frame(window) { parts.append(frame) }
    return "(\(parts.joined(separator: " ")))"
  }

  /// The frame from the grammar's bits (PostgreSQL source, nodes/parsenodes.h).
  private func frame(_ window: Window) -> String? {
    guard window.frame & 1 != 0 else { return nil }
    let mode = window.frame & 2 != 0 ? "RANGE" : window.frame & 4 != 0 ? "ROWS" : "GROUPS"
    func bound(
      _ unboundedPreceding: Int, _ unboundedFollowing: Int, _ current: Int, _ preceding: Int, _ value: Expression?
    )
      -> String
    {
      if window.frame & unboundedPreceding != 0 { return "UNBOUNDED PRECEDING" }
      if window.frame & unboundedFollowing != 0 { return "UNBOUNDED FOLLOWING" }
      if window.frame & current != 0 { return "CURRENT ROW" }
      return (value.map(text) ?? "1") + (window.frame & preceding != 0 ? " PRECEDING" : " FOLLOWING")
    }
    let start = bound(0x20, 0x80, 0x200, 0x800, window.frameStart)
    let end = bound(0x40, 0x100, 0x400, 0x1000, window.frameEnd)
    var result = window.frame & 0x10 != 0 ? "\(mode) BETWEEN \(start) AND \(end)" : "\(mode) \(start)"
    if window.frame & 0x8000 != 0 { result += " EXCLUDE CURRENT ROW" }
    if window.frame & 0x10000 != 0 { result += " EXCLUDE GROUP" }
    if window.frame & 0x20000 != 0 { result += " EXCLUDE TIES" }
    return result
  }

  private func operatorName(_ name: ObjectName) -> String {
    name.schema.map { "OPERATOR(\($0.sqlIdentifier).\(name.name))" } ?? name.name
  }

  private func text(_ operation: Operation) -> String {
    let operands = operation.operands.map(text)
    let name = operatorName(operation.name)
    switch operation.kind {
    case .plain, .like, .caseInsensitiveLike, .similar:
      return operands.count == 1 ? "(\(name) \(operands[0]))" : "(\(operands.joined(separator: " \(name) ")))"
    case .any: return "(\(operands[0]) \(name) ANY (\(operands.last ?? "")))"
    case .all: return "(\(operands[0]) \(name) ALL (\(operands.last ?? "")))"
    case .distinct: return "(\(operands.joined(separator: " IS DISTINCT FROM ")))"
    case .notDistinct: return "(\(operands.joined(separator: " IS NOT DISTINCT FROM ")))"
    case .nullIf: return "NULLIF(\(operands.joined(separator: ", ")))"
    case .inList:
      let word = operation.name.name == "<>" ? "NOT IN" : "IN"
      return "(\(operands[0]) \(word) (\(operands.dropFirst().joined(separator: ", "))))"
    case .between: return between(operands, "BETWEEN")
    case .notBetween: return between(operands, "NOT BETWEEN")
    case .betweenSymmetric: return between(operands, "BETWEEN SYMMETRIC")
    case .notBetweenSymmetric: return between(operands, "NOT BETWEEN SYMMETRIC")
    }
  }

  private func between(_ operands: [String], _ word: String) -> String {
    operands.count == 3 ? "(\(operands[0]) \(word) \(operands[1]) AND \(operands[2]))" : ""
  }

  private func text(_ subquery: Subquery) -> String {
    let query = "(\(text(subquery.query)))"
    let test = subquery.test.map(text) ?? ""
    switch subquery.kind {
    case .exists: return "EXISTS " + query
    case .scalar, .other: return query
    case .array: return "ARRAY" + query
    case .any(nil): return "(\(test) IN \(query))"
    case .any(let comparison?): return "(\(test) \(operatorName(comparison)) ANY \(query))"
    case .all(let comparison): return "(\(test) \(operatorName(comparison ?? ObjectName("="))) ALL \(query))"
    }
  }

  private func text(_ conditional: Conditional) -> String {
    var result = "CASE"
    if let operand = conditional.operand { result += " " + text(operand) }
    for branch in conditional.branches { result += " WHEN \(text(branch.condition)) THEN \(text(branch.result))" }
    if let otherwise = conditional.otherwise { result += " ELSE \(text(otherwise))" }
    return result + " END"
  }

  private func text(_ selector: Expression.Selector) -> String {
    switch selector {
    case .field(let name): ".\(name.sqlIdentifier)"
    case .all: ".*"
    case .element(let index): "[\(text(index))]"
    case .slice(let lower, let upper): "[\(lower.map(text) ?? ""):\(upper.map(text) ?? "")]"
    }
  }
}

extension Expression.Literal {
  /// The constant as SQL writes it.
  public var sql: String {
    switch self {
    case .null: "NULL"
    case .integer(let number): number < 0 ? "(\(number))" : String(number)
    case .number(let text): text
    case .string(let text): text.sqlLiteral
    case .boolean(let flag): flag ? "TRUE" : "FALSE"
    case .bits(let text): (text.first == "x" ? "X" : "B") + "'\(text.dropFirst())'"
    }
  }
}

extension TypeName {
  /// The type as SQL writes it.
  public var sql: String {
    if isColumnType { return name.sql + "%TYPE" }
    var result: String
    if name.schema == "pg_catalog", name.name == "interval" {
      result = "interval" + (modifiers.first.map { "(\($0))" } ?? "")
    } else if name.schema == "pg_catalog", name.name == "bpchar", modifiers.isEmpty {
      result = "bpchar"
    } else {
      let plain = name.schema == "pg_catalog" ? ObjectName(name.name) : name
      result = (name.schema == "pg_catalog" && name.name == "char" ? "\"char\"" : plain.sql)
      if !modifiers.isEmpty { result += "(\(modifiers.joined(separator: ",")))" }
    }
    if arrayDimensions > 0 { result += "[]" }
    return (isSet ? "SETOF " : "") + result
  }
}
