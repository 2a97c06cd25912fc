import PostgresSyntax

extension Catalog {
  /// How far the value of an expression can change from one call to the next: that of its most volatile function.
  ///
  /// A function that nothing is known of counts as immutable: what isn't known raises no finding.
  /// Source: PostgreSQL documentation, section 38.7 "Function Volatility Categories".
  public func volatility(of expression: Expression) -> Volatility {
    var result = Volatility.immutable
    expression.walk { part in
      switch part {
      case .call(let call): result = max(result, volatility(of: call))
      case .value: result = max(result, .stable)
      default: break
      }
    }
    return result
  }

  /// That of the function called, whatever its arguments are.
  public func volatility(of call: FunctionCall) -> Volatility {
    functions(call.name).filter { function in
      function.variadic != .none
        || (function.arguments.count - function.defaults...function.arguments.count).contains(call.arguments.count)
    }.map(\.volatility).min() ?? .immutable
  }

  /// The functions that a call can mean and that the migrations or their baseline define.
  public func definedRoutines(_ call: FunctionCall) -> [Routine] {
    routines(call.name).filter { routine in
      call.arguments.count <= routine.arguments.count
        && call.arguments.count >= routine.arguments.count - routine.defaults
    }
  }
}
