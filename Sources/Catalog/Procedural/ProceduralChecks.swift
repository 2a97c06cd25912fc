import PostgresSyntax

/// What RETURN may give in the routine whose body is read.
struct ReturnRules {
  var givesNothing: Bool
  var hasOutput: Bool
  var returnsSet: Bool

  init(_ routine: Routine) {
    givesNothing = routine.result == .void || routine.result == .eventTrigger
    hasOutput = !routine.output.isEmpty
    returnsSet = routine.returnsSet
  }

  /// Those of a DO block.
  init() {
    givesNothing = true
    hasOutput = false
    returnsSet = false
  }

  /// What the server has against `RETURN` with or without a value (PostgreSQL source, `make_return_stmt`).
  func problem(withReturn hasValue: Bool, isProcedure: Bool) -> (message: String, sqlState: String)? {
    if isProcedure { return hasValue ? ("RETURN cannot have a parameter in a procedure", "42601") : nil }
    if returnsSet {
      return hasValue ? ("RETURN cannot have a parameter in function returning set", "42804") : nil
    }
    if givesNothing { return hasValue ? ("RETURN cannot have a parameter in function returning void", "42804") : nil }
    if hasOutput { return hasValue ? ("RETURN cannot have a parameter in function with OUT parameters", "42804") : nil }
    return hasValue ? nil : ("missing expression at or near ';'", "42601")
  }
}

extension CodeText {
  /// What is wrong with the number of values that RAISE is given for its format (PostgreSQL documentation, section 43.9).
  func problem(withRaise range: Range<Int>) -> String? {
    var tokens = source.tokens(in: range)
    if let first = tokens.first, first.kind == .word, Self.levels.contains(source.identifier(first) ?? "") {
      tokens.removeFirst()
    }
    // Strings that follow each other are one.
    let format = tokens.prefix { $0.kind == .string }.map { source.text($0.range) }
    guard !format.isEmpty, format.allSatisfy({ $0.hasPrefix("'") }) else { return nil }
    let wanted = format.joined().replacing("%%", with: "").count { $0 == "%" }
    var given = 0
    var depth = 0
    for token in tokens.dropFirst(format.count) {
      let word = source.text(token.range)
      if word == "(" || word == "[" { depth += 1 }
      if word == ")" || word == "]" { depth -= 1 }
      guard depth == 0 else { continue }
      if token.kind == .word, source.identifier(token) == "using" { break }
      if word == "," { given += 1 }
    }
    if given > wanted { return "too many parameters specified for RAISE" }
    return given < wanted ? "too few parameters specified for RAISE" : nil
  }

  private static let levels: Set<String> = ["debug", "log", "info", "notice", "warning", "exception"]
}
