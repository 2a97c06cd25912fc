import PostgresSyntax

/// What conditions come to without a row.
extension Expression {
  /// Whether it is true whatever the row is: `TRUE`, `1 = 1`, `… OR TRUE`, a column equal to itself.
  var isAlwaysTrue: Bool {
    switch self {
    case .literal(.boolean(let value), _): value
    case .cast(let operand, let type, _):
      type.name.name == "bool" && (operand.isAlwaysTrue || operand.constantText == "t")
    case .boolean(.or, let operands, _): operands.contains(where: \.isAlwaysTrue)
    case .boolean(.and, let operands, _): operands.allSatisfy(\.isAlwaysTrue)
    case .boolean(.not, let operands, _): operands.allSatisfy(\.isAlwaysFalse)
    case .test(.isTrue, let operand, _): operand.isAlwaysTrue
    case .operation(let operation): operation.comparesEqualConstants == true
    default: false
    }
  }

  /// Whether no row fulfils it.
  var isAlwaysFalse: Bool {
    switch self {
    case .literal(.boolean(let value), _): !value
    case .cast(let operand, let type, _):
      type.name.name == "bool" && (operand.isAlwaysFalse || operand.constantText == "f")
    case .boolean(.and, let operands, _): operands.contains(where: \.isAlwaysFalse)
    case .boolean(.or, let operands, _): operands.allSatisfy(\.isAlwaysFalse)
    case .boolean(.not, let operands, _): operands.allSatisfy(\.isAlwaysTrue)
    case .operation(let operation): operation.comparesEqualConstants == false
    default: false
    }
  }
}

extension Operation {
  /// For `=` and `<>` between two constants of one kind, whether it holds.
  fileprivate var comparesEqualConstants: Bool? {
    guard kind == .plain, operands.count == 2, case .literal(let a, _) = operands[0],
      case .literal(let b, _) = operands[1], a != .null, b != .null
    else { return nil }
    switch name.name {
    case "=": return a == b
    case "<>", "!=": return a != b
    default: return nil
    }
  }
}
