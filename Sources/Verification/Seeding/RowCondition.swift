import PostgresSyntax

extension Expression {
  /// Whether a row fulfils a simple condition on its columns; nil where that can't be told.
  func holds(for value: (String) -> String?) -> Bool? {
    switch self {
    case .boolean(.and, let operands, _):
      let results = operands.map { $0.holds(for: value) }
      return results.contains(false) ? false : results.contains(nil) ? nil : true
    case .boolean(.or, let operands, _):
      let results = operands.map { $0.holds(for: value) }
      return results.contains(true) ? true : results.contains(nil) ? nil : false
    case .boolean(.not, let operands, _): return operands.first?.holds(for: value).map { !$0 }
    case .test(.null, let operand, _): return operand.plainColumn.map { value($0) == nil }
    case .test(.notNull, let operand, _): return operand.plainColumn.map { value($0) != nil }
    case .test(.isTrue, let operand, _): return operand.holds(for: value)
    case .literal(.boolean(let constant), _): return constant
    case .operation(let operation):
      guard operation.kind == .plain, operation.operands.count == 2, let column = operation.operands[0].plainColumn,
        let constant = operation.operands[1].constant, let own = value(column)
      else { return nil }
      switch operation.name.name {
      case "=": return own == constant
      case "<>", "!=": return own != constant
      default: return nil
      }
    default:
      // A column that says yes or no.
      return plainColumn.flatMap { value($0) }.flatMap { ["true": true, "t": true, "false": false, "f": false][$0] }
    }
  }
}
