import PostgresSyntax

/// The types of function calls.
extension Analyzer {
  mutating func type(of call: FunctionCall) -> DataType? {
    let result = resolve(call)
    return result?.type
  }

  struct CallResult {
    var type: DataType?
    var function: Function?
    var polymorphic: Polymorphic?
    var returnsSet = false
  }

  /// The types of a call's arguments, and their names in named notation.
  mutating func arguments(of call: FunctionCall) -> (types: [OID?], names: [String?]) {
    var types: [OID?] = []
    var names: [String?] = []
    for argument in call.arguments {
      if case .argument(let name, let value, _) = argument {
        names.append(name)
        types.append(type(of: value)?.oid)
      } else {
        names.append(nil)
        types.append(type(of: argument)?.oid)
      }
    }
    return (types, names)
  }

  /// Finds the function and what it gives; nil where that isn't known.
  mutating func resolve(_ call: FunctionCall) -> CallResult? {
    let candidates = catalog.functions(call.name)
    let isAggregate = !candidates.isEmpty && candidates.allSatisfy { $0.kind == .aggregate } && call.window == nil
    if isAggregate { aggregates.append(aggregateLevel(of: call)) }
    var (arguments, names) = arguments(of: call)
    for key in call.orderBy {
      let sorted = type(of: key.value)
      // The aggregated arguments of an ordered-set aggregate stand in its ORDER BY.
      if call.isWithinGroup {
        arguments.append(sorted?.oid)
        names.append(nil)
      }
    }
    if let filter = call.filter { at(.filter("FILTER")) { $0.requireBoolean(filter, "FILTER") } }
    if isAggregate { aggregates.removeLast() }
    if let window = call.window { analyze(window) }
    if arguments == [.unknown], names[0] == nil, call.orderBy.isEmpty, !call.isStar, call.window == nil,
      let target = catalog.typeNumber(call.name), !candidates.contains(where: { $0.arguments == [.unknown] })
    {
      // `type 'text'` written as a call: an untyped constant becomes a value of the type.
      check(call.arguments[0], as: DataType(target))
      return CallResult(type: DataType(target), function: nil, polymorphic: nil)
    }
    switch catalog.resolve(candidates, arguments: arguments, names: names, isVariadic: call.isVariadic) {
    case .found(let match): return found(match, call, arguments)
    case .result(let type, let isSet):
      return CallResult(type: type.map { DataType($0) }, function: nil, polymorphic: nil, returnsSet: isSet)
    case .unknown:
      if call.window == nil, candidates.contains(where: { $0.kind == .aggregate }) {
        noteAggregate(at: aggregateLevel(of: call))
      }
      return nil
    case .ambiguous:
      reject("function \(signature(call, arguments)) is not unique", "42725", at: call.offset)
      return nil
    case .none: return missing(call, arguments, candidates)
    }
  }

  private mutating func found(_ match: Catalog.Match, _ call: FunctionCall, _ arguments: [OID?]) -> CallResult {
    let function = match.function
    if let oid = function.oid { uses.add(oid) }
    if let state = catalog.installed(function.extension) { uses.add(state.oid) }
    for (argument, parameter) in zip(call.arguments, match.parameters) where !Catalog.isPolymorphic(parameter) {
      if case .argument(_, let value, _) = argument {
        check(value, as: DataType(parameter))
      } else {
        check(argument, as: DataType(parameter))
      }
    }
    checkKind(function, call)
    let polymorphic = Polymorphic(catalog, parameters: match.parameters, arguments: arguments)
    let type = polymorphic.result(function.result).flatMap { known(DataType($0)) }
    return CallResult(
      type: type?.oid == .unknown ? DataType(.text) : type, function: function, polymorphic: polymorphic,
      returnsSet: function.returnsSet)
  }

  /// Aggregates, window functions, procedures and sets each have their places.
  private mutating func checkKind(_ function: Function, _ call: FunctionCall) {
    let name = call.name.name
    if call.window != nil {
      guard function.kind == .aggregate || function.kind == .window else {
        reject(
          "OVER specified, but \(name) is not a window function nor an aggregate function", "42809", at: call.offset)
        return
      }
      if place != .query { reject("window functions are not allowed in \(place.text)", "42P20", at: call.offset) }
      return
    }
    switch function.kind {
    case .window: reject("window function \(name) requires an OVER clause", "42P20", at: call.offset)
    case .aggregate:
      let level = aggregateLevel(of: call)
      checkAggregate(call, at: level)
      noteAggregate(at: level)
    case .procedure: reject("\(name) is a procedure", "42809", at: call.offset)
    case .function:
      if call.isStar || call.isDistinct || call.isWithinGroup || call.filter != nil {
        let what = call.isStar ? "(*)" : call.isDistinct ? "DISTINCT" : call.isWithinGroup ? "WITHIN GROUP" : "FILTER"
        reject("\(what) specified, but \(name) is not an aggregate function", "42809", at: call.offset)
      }
      if function.returnsSet, let obstacle = obstacleToSets, place == .query {
        reject("set-returning functions are not allowed in \(obstacle)", "0A000", at: call.offset)
      }
      if function.returnsSet, !aggregates.isEmpty, place == .query {
        reject("aggregate function calls cannot contain set-returning function calls", "0A000", at: call.offset)
      }
      if function.returnsSet, place != .query, place != .filter("GROUP BY") {
        reject("set-returning functions are not allowed in \(place.text)", "0A000", at: call.offset)
      }
      // A function in SQL is replaced by its body before this is checked.
      if function.volatility != .immutable, !function.isInlined, [.index, .generated, .partition].contains(place) {
        reject(
          "functions in \(Self.immutablePlaces[place.text] ?? place.text) must be marked IMMUTABLE", "42P17",
          at: call.offset)
      }
    }
  }

  private static let immutablePlaces = ["index expressions": "index expression"]

  private mutating func missing(_ call: FunctionCall, _ arguments: [OID?], _ candidates: [Function]) -> CallResult? {
    // `type(value)` and `column(row)` look like calls.
    if arguments.count == 1, call.orderBy.isEmpty, !call.isStar, !call.isDistinct, call.window == nil {
      if let target = catalog.typeNumber(call.name) {
        if catalog.canCoerce(arguments[0], to: target, .explicit) {
          return CallResult(type: DataType(target), function: nil, polymorphic: nil)
        }
      }
      if arguments[0] == nil { return nil }
      if let row = arguments[0], let fields = catalog.fields(of: row), call.name.schema == nil,
        let field = fields.first(where: { $0.name == call.name.name })
      {
        return CallResult(type: known(field.type), function: nil, polymorphic: nil)
      }
    }
    if let schema = call.name.schema, !catalog.hasSchema(schema) {
      reject(.undefined(ObjectID(.schema, schema)), at: call.offset, isCertain: isCertain)
      return nil
    }
    guard !catalog.hasUnknownExtension || call.name.schema == "pg_catalog" else { return nil }
    if candidates.isEmpty {
      let types = arguments.map { text($0) }.joined(separator: ", ")
      reject(
        .undefined(ObjectID(.function, schema: call.name.schema, call.name.name, signature: types)), at: call.offset,
        isCertain: isCertain)
      return nil
    }
    reject(
      .noFunction(
        call.name.description, types: arguments.map { text($0) },
        candidates: candidates.map { candidate in
          "\(candidate.name)(\(candidate.arguments.map { text($0) }.joined(separator: ", ")))"
        }), at: call.offset,
      isCertain: isSettled(
        arguments,
        offers: BuiltIns.shared.functions(named: call.name.name).filter { !$0.extension.isEmpty }.map(\.arguments)))
    return nil
  }

  /// Whether nothing outside the migrations can have a function or operator for these types.
  ///
  /// - Parameter offers: the parameters of those of that name that extensions bring.
  func isSettled(_ types: [OID?], offers: [[OID]]) -> Bool {
    if isCertain { return true }
    return !offers.contains { $0.count == types.count && $0.allSatisfy(\.isBuiltIn) }
      && types.allSatisfy { $0.map { $0.isBuiltIn || catalog.facts(of: $0) != nil } ?? false }
  }

  private func signature(_ call: FunctionCall, _ arguments: [OID?]) -> String {
    "\(call.name)(\(arguments.map { text($0) }.joined(separator: ", ")))"
  }

  mutating func analyze(_ window: Window) {
    for expression in window.expressions { _ = type(of: expression) }
  }
}
