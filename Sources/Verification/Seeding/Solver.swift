import Diagnostics
import PostgresSyntax

/// Finds out what a row must be like for conditions to hold, or not to hold.
///
/// It understands comparisons of columns with constants and with each other, lists, lengths, patterns, kinds of JSON,
/// tests for NULL, and their combinations. Of OR it picks a way; where that contradicts the rest, another one.
struct Solver {
  /// The present time, in seconds since 1970.
  var now: Double
  private(set) var demand = RowDemand()
  /// Picks the ways.
  private var random: Randomness
  /// Whether a column of the condition at hand may be NULL all the same: a check that says NULL lets the row pass
  /// (PostgreSQL documentation, section 5.4.1).
  private var allowsNull = false
  /// The column that VALUE stands for in a domain's checks.
  private var subject: String?

  /// What a condition shall come to.
  struct Condition {
    enum Result {
      /// A row passes a check that is true or NULL.
      case passes, isTrue, isFalse
    }

    var expression: Expression
    var result: Result
    /// The column whose domain has the condition.
    var subject: String?
    fileprivate var holds: Bool { result != .isFalse }
  }

  private init(now: Double, random: Randomness) {
    self.now = now
    self.random = random
  }

  /// What a row must be like for all conditions to be as wanted; nil where no way was found.
  static func demand(
    _ conditions: [Condition], now: Double, random: inout Randomness, on start: RowDemand = .init()
  ) -> RowDemand? {
    // Those without a choice first: they say which choices are left.
    let ordered =
      conditions.filter { !$0.expression.offersChoice($0.holds) }
      + conditions.filter { $0.expression.offersChoice($0.holds) }
    for _ in 0..<12 {
      var solver = Solver(now: now, random: random)
      _ = random.next()
      solver.demand = start
      if ordered.allSatisfy({ solver.require($0) }) { return solver.demand }
    }
    return nil
  }

  private mutating func require(_ condition: Condition) -> Bool {
    allowsNull = condition.result == .passes
    subject = condition.subject
    return require(condition.expression, condition.holds)
  }

  /// Whether the demand can still be met.
  private mutating func require(_ expression: Expression, _ holds: Bool) -> Bool {
    switch expression {
    case .boolean(.not, let operands, _):
      return operands.allSatisfy { require($0, !holds) }
    case .boolean(.and, let operands, _):
      return holds ? operands.allSatisfy { require($0, true) } : oneOf(operands, false)
    case .boolean(.or, let operands, _):
      return holds ? oneOf(operands, true) : operands.allSatisfy { require($0, false) }
    case .cast(let operand, _, _): return require(operand, holds)
    case .literal(.boolean(let value), _): return value == holds
    case .column(let path, _, _): return set(path) { $0.choose(from: [holds ? "true" : "false"]) }
    case .test(let test, let operand, _): return require(test, operand, holds)
    case .operation(let operation): return require(operation, holds)
    case .call(let call): return require(call, holds)
    case .conditional(let conditional): return oneOf(conditional.ways(holds), true)
    default: return unknown(expression)
    }
  }

  private mutating func oneOf(_ operands: [Expression], _ holds: Bool) -> Bool {
    for operand in operands.shuffled(using: &random) {
      var attempt = self
      if attempt.require(operand, holds) {
        self = attempt
        return true
      }
    }
    return false
  }

  /// Leaves a part that isn't understood to the server. The columns in it get values, so that it says something.
  private mutating func unknown(_ expression: Expression) -> Bool {
    demand.isComplete = false
    return true
  }

  private mutating func set(_ path: [String], _ change: (inout Demand) -> Void) -> Bool {
    guard let column = subject ?? path.last else { return false }
    if demand[column].isNull == true { return allowsNull }
    if !allowsNull { demand[column].isNull = false }
    change(&demand[column])
    return !demand[column].isContradictory
  }

  private mutating func require(_ test: Expression.Test, _ operand: Expression, _ holds: Bool) -> Bool {
    switch test {
    case .null, .notNull:
      let isNull = (test == .null) == holds
      guard let name = operand.plainColumn else { return unknown(operand) }
      let column = subject ?? name
      if let old = demand[column].isNull, old != isNull { return false }
      demand[column].isNull = isNull
      return !demand[column].isContradictory
    case .isTrue, .notFalse: return require(operand, holds)
    case .isFalse, .notTrue: return require(operand, !holds)
    case .unknown, .notUnknown: return unknown(operand)
    }
  }

  private mutating func require(_ operation: Operation, _ holds: Bool) -> Bool {
    let operands = operation.operands
    switch operation.kind {
    case .plain where operands.count == 2:
      return compare(operands[0], operation.name.name, operands[1], holds)
    case .any where operands.count == 2:
      return among(operands[0], operation.name.name, operands[1].constantElements, holds)
        ?? unknown(.operation(operation))
    case .all where operands.count == 2:
      // `<> ALL (list)` is NOT IN.
      guard operation.name.name == "<>" else { return unknown(.operation(operation)) }
      return among(operands[0], "=", operands[1].constantElements, !holds) ?? unknown(.operation(operation))
    case .inList where operands.count >= 2:
      let values = operands.dropFirst().map(\.constant)
      let list = values.contains { $0 == nil } ? nil : values.compactMap { $0 }
      return among(operands[0], "=", list, holds == (operation.name.name == "=")) ?? unknown(.operation(operation))
    case .between, .notBetween:
      guard operands.count == 3 else { return unknown(.operation(operation)) }
      let isInside = holds == (operation.kind == .between)
      if isInside {
        return compare(operands[0], ">=", operands[1], true) && compare(operands[0], "<=", operands[2], true)
      }
      return random.happens(0.5)
        ? compare(operands[0], "<", operands[1], true) : compare(operands[0], ">", operands[2], true)
    case .distinct, .notDistinct:
      return compare(operands[0], operation.kind == .distinct ? "<>" : "=", operands[1], holds)
    case .like, .caseInsensitiveLike:
      let positive = holds == (operation.name.name.hasPrefix("~~"))
      guard positive, let column = operands[0].plainColumn,
        case .text(let pattern)? = operands[1].constant.map(Demand.Constant.text)
      else { return unknown(.operation(operation)) }
      return set([column]) { $0.patterns.append(.init(text: pattern.likeAsRegularExpression, ignoresCase: false)) }
    default: return unknown(.operation(operation))
    }
  }

  /// Nil where the left side isn't understood.
  private mutating func among(_ left: Expression, _ name: String, _ values: [String]?, _ holds: Bool) -> Bool? {
    guard let values else { return nil }
    if name == "=" {
      if let column = left.plainColumn {
        return set([column]) { demand in
          if holds { demand.choose(from: values) } else { demand.excluded.formUnion(values) }
        }
      }
      if let column = left.argument(of: ["jsonb_typeof", "json_typeof"]) {
        return set([column]) { demand in
          if holds { demand.jsonKind = values.first } else { demand.excludedJSONKinds.formUnion(values) }
        }
      }
    }
    if name == "~~" || name == "~", holds, let column = left.plainColumn, let value = values.first {
      return set([column]) {
        $0.patterns.append(.init(text: name == "~" ? value : value.likeAsRegularExpression, ignoresCase: false))
      }
    }
    return nil
  }

  private static let opposites = ["=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"]
  static let mirrored = ["=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="]

  private mutating func compare(_ left: Expression, _ name: String, _ right: Expression, _ holds: Bool) -> Bool {
    let comparison = name == "!=" ? "<>" : name
    guard let opposite = Self.opposites[comparison] else { return match(left, comparison, right, holds) }
    if ["=", "<>"].contains(comparison), left.isCondition, right.isCondition {
      let isEqual = (comparison == "=") == holds
      let value = random.happens(0.5)
      return require(left, value) && require(right, isEqual ? value : !value)
    }
    let wanted = holds ? comparison : opposite
    if let value = bound(right) { return compare(left, wanted, value) }
    if let value = bound(left), let mirrored = Self.mirrored[wanted] { return compare(right, mirrored, value) }
    if let a = left.plainColumn, let b = right.plainColumn {
      if a == b { return ["=", "<=", ">="].contains(wanted) }
      guard set([a], { _ in }), set([b], { _ in }) else { return false }
      demand.relations.append(.init(left: a, comparison: wanted, right: b))
      return true
    }
    return unknown(left)
  }

  private mutating func compare(_ left: Expression, _ comparison: String, _ value: Demand.Constant) -> Bool {
    if let column = left.plainColumn ?? left.truncatedColumn {
      return set([column]) { $0.compare(comparison, value) }
    }
    if let column = left.argument(of: ["jsonb_typeof", "json_typeof"]), case .text(let kind) = value {
      return set([column]) { demand in
        if comparison == "=" { demand.jsonKind = kind } else { demand.excludedJSONKinds.insert(kind) }
      }
    }
    if comparison == "=", case .text(let part) = value, let (column, isPrefix) = left.endOfColumn {
      let text = part.escapedAsRegularExpression
      return set([column]) { $0.patterns.append(.init(text: isPrefix ? "^" + text : text + "$", ignoresCase: false)) }
    }
    guard let number = value.magnitude.map({ Int($0) }) else {
      return blank(left, comparison, value) ?? unknown(left)
    }
    let (minimum, maximum) = Self.limits(comparison, number)
    if let column = left.argument(of: ["length", "char_length", "character_length", "octet_length"]) {
      return set([column]) { $0.length(from: minimum, to: maximum) }
    }
    if let column = left.lengthOfTrimmed {
      return set([column]) { demand in
        demand.isBlank = (maximum ?? 1) <= 0
        if let minimum, minimum > 0 { demand.length(from: minimum) }
      }
    }
    if let columns = left.arguments(of: ["num_nonnulls", "num_nulls"]) {
      let counted = left.arguments(of: ["num_nulls"]) != nil
      return countNulls(columns, counted, minimum ?? 0, maximum ?? columns.count)
    }
    if let column = left.argument(of: ["array_length", "cardinality", "jsonb_array_length", "json_array_length"]) {
      return set([column]) { $0.count(from: minimum, to: maximum) }
    }
    return unknown(left)
  }

  /// Some of the columns get NULL, and the others values.
  private mutating func countNulls(_ columns: [String], _ counted: Bool, _ minimum: Int, _ maximum: Int) -> Bool {
    let least = max(0, minimum)
    let most = min(columns.count, maximum)
    guard least <= most else { return false }
    let number = least + random.below(most - least + 1)
    for (index, column) in columns.shuffled(using: &random).enumerated() {
      let isNull = (index < number) == counted
      if let old = demand[column].isNull, old != isNull { return false }
      demand[column].isNull = isNull
      if demand[column].isContradictory { return false }
    }
    return true
  }

  /// `trim(column) <> ''`
  private mutating func blank(_ left: Expression, _ comparison: String, _ value: Demand.Constant) -> Bool? {
    guard value == .text(""), let column = left.argument(of: ["btrim", "trim", "ltrim", "rtrim"]) else { return nil }
    return set([column]) { $0.isBlank = comparison == "=" }
  }

  /// The numbers that a comparison leaves; the smaller of two ways for `<>`.
  private static func limits(_ comparison: String, _ number: Int) -> (minimum: Int?, maximum: Int?) {
    switch comparison {
    case "=": (number, number)
    case "<": (nil, number - 1)
    case "<=": (nil, number)
    case ">": (number + 1, nil)
    case ">=": (number, nil)
    default: (number + 1, nil)
    }
  }

  /// Patterns and JSON keys.
  private mutating func match(_ left: Expression, _ name: String, _ right: Expression, _ holds: Bool) -> Bool {
    guard let column = left.plainColumn else { return unknown(left) }
    if let pattern = right.similarPattern, (name == "~") == holds {
      return set([column]) { $0.patterns.append(.init(text: pattern.similarAsRegularExpression, ignoresCase: false)) }
    }
    guard let value = right.constant else { return unknown(left) }
    switch (name, holds) {
    // What contains, is contained in or overlaps something, for one is the thing itself.
    case ("@>", true), ("<@", true), ("&&", true):
      // A point is no circle, and a number no range.
      guard random.happens(0.5) else { return unknown(left) }
      return set([column]) { $0.choose(from: [value]) }
    case ("~", true), ("~*", true), ("!~", false), ("!~*", false):
      return set([column]) { $0.patterns.append(.init(text: value, ignoresCase: name.hasSuffix("*"))) }
    case ("~~", true), ("~~*", true), ("!~~", false), ("!~~*", false):
      return set([column]) { $0.patterns.append(.init(text: value.likeAsRegularExpression, ignoresCase: false)) }
    case ("?", true): return set([column]) { $0.jsonFields[value] = "int4" }
    case ("?&", true):
      return set([column]) { demand in
        for key in right.constantElements ?? [] { demand.jsonFields[key] = "int4" }
      }
    default: return unknown(left)
    }
  }

  private mutating func require(_ call: FunctionCall, _ holds: Bool) -> Bool {
    switch (call.name.name, holds) {
    case ("starts_with", true):
      guard let column = call.arguments.first?.plainColumn, let prefix = call.arguments.last?.constant else { break }
      return set([column]) {
        $0.patterns.append(.init(text: "^" + prefix.escapedAsRegularExpression, ignoresCase: false))
      }
    // Which of the parts a row of a hash partition goes to is nobody's choice.
    case ("satisfies_hash_partition", true): return true
    default: break
    }
    return unknown(.call(call))
  }

  private func bound(_ expression: Expression) -> Demand.Constant? {
    switch expression {
    case .literal(.integer(let value), _): return .number(Double(value))
    case .literal(.number(let value), _): return Double(value).map { .number($0) }
    case .literal(.string(let value), _): return .text(value)
    case .literal(.boolean(let value), _): return .text(value ? "true" : "false")
    case .cast(let operand, _, _): return bound(operand)
    case .value(let name, _, _)
    where ["current_date", "current_time", "current_timestamp"].contains(name) || name.hasPrefix("local"):
      return .time(now)
    case .call(let call)
    where ["now", "statement_timestamp", "clock_timestamp", "transaction_timestamp"].contains(call.name.name):
      return .time(now)
    case .operation(let operation) where operation.operands.count == 1 && operation.name.name == "-":
      if case .number(let value)? = bound(operation.operands[0]) { return .number(-value) }
      return nil
    default: return nil
    }
  }
}

extension Demand {
  fileprivate mutating func compare(_ comparison: String, _ value: Constant) {
    switch comparison {
    case "=": choose(from: [value.text])
    case "<>": excluded.insert(value.text)
    case "<", "<=": cap(Bound(value: value, isInclusive: comparison == "<="))
    default: raise(Bound(value: value, isInclusive: comparison == ">="))
    }
  }
}

extension Demand.Constant {
  fileprivate var text: String {
    switch self {
    case .number(let value): value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    case .time(let seconds): Timestamp.text(seconds)
    case .text(let text): text
    }
  }
}
