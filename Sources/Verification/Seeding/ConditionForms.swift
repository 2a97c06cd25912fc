import PostgresSyntax

extension Expression {
  /// Whether there are several ways for it to be as wanted.
  func offersChoice(_ holds: Bool) -> Bool {
    switch self {
    case .boolean(.or, let operands, _): holds ? true : operands.contains { $0.offersChoice(false) }
    case .boolean(.and, let operands, _): holds ? operands.contains { $0.offersChoice(true) } : true
    case .boolean(.not, let operands, _): operands.contains { $0.offersChoice(!holds) }
    case .cast(let operand, _, _): operand.offersChoice(holds)
    default: false
    }
  }

  /// The column that it is, but for casts. In the checks of a domain that is VALUE.
  var plainColumn: String? {
    switch self {
    case .column(let path, false, _): path.last
    case .cast(let operand, _, _), .collate(let operand, _, _): operand.plainColumn
    default: nil
    }
  }

  /// Whether it says yes or no.
  var isCondition: Bool {
    switch self {
    case .test, .boolean: true
    case .operation(let operation): ["=", "<>", "<", "<=", ">", ">="].contains(operation.name.name)
    case .cast(let operand, _, _): operand.isCondition
    default: false
    }
  }

  /// The columns that a function is applied to, if this is a call of one of them.
  func arguments(of functions: [String]) -> [String]? {
    guard case .call(let call) = self, functions.contains(call.name.name) else { return nil }
    let columns = call.arguments.compactMap(\.plainColumn)
    return columns.count == call.arguments.count ? columns : nil
  }

  /// The column whose first or last characters it is.
  var endOfColumn: (column: String, isPrefix: Bool)? {
    switch self {
    case .cast(let operand, _, _): return operand.endOfColumn
    case .call(let call):
      guard let column = call.arguments.first?.plainColumn else { return nil }
      switch call.name.name {
      case "left": return (column, true)
      case "right": return (column, false)
      case "substring", "substr": return call.arguments.dropFirst().first?.constant == "1" ? (column, true) : nil
      default: return nil
      }
    default: return nil
    }
  }

  /// The column of which it is the month, the day and the like: what holds for the one holds for the other, as a rule.
  var truncatedColumn: String? {
    switch self {
    case .cast(let operand, _, _): return operand.truncatedColumn
    case .call(let call) where ["date_trunc", "timezone"].contains(call.name.name):
      return call.arguments.dropFirst().first.flatMap { $0.plainColumn ?? $0.truncatedColumn }
    default: return nil
    }
  }

  /// The pattern of `SIMILAR TO`, as the server writes it.
  var similarPattern: String? {
    guard case .call(let call) = self, call.name.name == "similar_to_escape" else { return nil }
    return call.arguments.first?.constant
  }

  /// The column that a function is applied to, if this is a call of one of them.
  func argument(of functions: [String]) -> String? {
    switch self {
    case .cast(let operand, _, _): operand.argument(of: functions)
    case .call(let call) where functions.contains(call.name.name): call.arguments.first?.plainColumn
    default: nil
    }
  }

  var lengthOfTrimmed: String? {
    guard case .call(let call) = self, ["length", "char_length", "character_length"].contains(call.name.name) else {
      return nil
    }
    return call.arguments.first?.argument(of: ["btrim", "trim", "ltrim", "rtrim"])
  }

  /// The text of a constant.
  var constant: String? {
    switch self {
    case .literal(.string(let text), _): text
    case .literal(.integer(let value), _): String(value)
    case .literal(.number(let value), _): value
    case .literal(.boolean(let value), _): value ? "true" : "false"
    case .cast(let operand, _, _): operand.constant
    case .operation(let operation) where operation.operands.count == 1 && operation.name.name == "-":
      operation.operands[0].constant.map { "-" + $0 }
    default: nil
    }
  }

  /// The elements of a constant array.
  var constantElements: [String]? {
    switch self {
    case .array(let elements, _):
      let values = elements.map(\.constant)
      return values.contains { $0 == nil } ? nil : values.compactMap { $0 }
    case .cast(let operand, _, _): return operand.constantElements
    case .literal(.string(let text), _): return ArrayText.elements(of: text)
    default: return nil
    }
  }
}

extension Conditional {
  /// The conditions of which one must be true for it to hold, or not to.
  func ways(_ holds: Bool) -> [Expression] {
    func outcome(_ expression: Expression) -> Expression {
      holds ? expression : .boolean(.not, [expression], offset: -1)
    }
    let tests = branches.map { branch in
      operand.map { operand in
        Expression.operation(
          Operation(kind: .plain, name: ObjectName("="), operands: [operand, branch.condition], offset: -1))
      } ?? branch.condition
    }
    var ways = zip(tests, branches).map { Expression.boolean(.and, [$0, outcome($1.result)], offset: -1) }
    if let otherwise {
      let none = tests.map { Expression.boolean(.not, [$0], offset: -1) }
      ways.append(.boolean(.and, none + [outcome(otherwise)], offset: -1))
    }
    return ways
  }
}
