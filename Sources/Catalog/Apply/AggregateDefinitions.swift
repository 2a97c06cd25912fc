import PostgresSyntax

/// CREATE AGGREGATE (PostgreSQL documentation, section 38.12 "User-Defined Aggregates").
extension Application {
  mutating func createAggregate(_ statement: CreateAggregate) {
    let name = newName(statement.name)
    let arguments = statement.arguments.map { dataType($0.type)?.oid ?? .none }
    guard let transition = transitionType(statement, arguments) else { return }
    let result = checkFunctions(of: statement, arguments, transition)
    let definition = CreateFunction(
      name: statement.name, isProcedure: false, orReplace: statement.orReplace, arguments: statement.arguments,
      volatility: "immutable", isSecurityDefiner: false, settings: [])
    var routine = Routine(
      oid: catalog.newOID(), name: name, kind: .aggregate, arguments: arguments,
      argumentNames: statement.arguments.map { $0.name ?? "" }, output: [], result: result, returnsSet: false,
      variadic: .none, defaults: 0, volatility: .immutable, isSecurityDefiner: false,
      directArguments: statement.directArguments, definition: definition, origin: origin)
    if let last = statement.arguments.last, last.mode == .variadic, let type = arguments.last {
      routine.variadic = catalog.facts(of: type)?.element ?? .any
    }
    let id = ObjectID(.aggregate, schema: name.schema, name.name, signature: catalog.signature(of: routine))
    if let known = (catalog.routineNames[name] ?? []).compactMap({ catalog.routines[$0] }).first(where: {
      $0.arguments == arguments
    }) {
      guard statement.orReplace else {
        reject(.duplicate(id), related: known.origin)
        return
      }
      if !known.isAggregate || (known.directArguments == nil) != (statement.directArguments == nil) {
        reject("cannot change routine kind", "42809")
        return
      }
      if known.result != result, known.result != .none, result != .none {
        reject("cannot change return type of existing function", "42P13")
        return
      }
      routine.oid = known.oid
      altered(id)
    } else {
      catalog.routineNames.update(name, default: []) { $0.append(routine.oid) }
      created(id)
    }
    catalog.routines[routine.oid] = routine
    noteNeeds(of: routine)
    for function in [statement.transitionFunction, statement.finalFunction].compactMap({ $0 }) {
      for found in catalog.routines(function) {
        catalog.dependencies.add(Address(.routine, routine.oid), needs: found.oid)
      }
    }
  }

  /// The type of the state; nil where the statement has none that can be worked with.
  private mutating func transitionType(_ statement: CreateAggregate, _ arguments: [OID]) -> OID? {
    guard let name = statement.transitionType else {
      reject("aggregate stype must be specified", "42P13")
      return nil
    }
    guard statement.transitionFunction != nil else {
      reject("aggregate sfunc must be specified", "42P13")
      return nil
    }
    guard let type = dataType(name)?.oid else { return OID.none }
    if !Catalog.canDetermine(type, from: arguments) {
      reject("cannot determine transition data type", "42P13")
      return nil
    }
    return type
  }

  /// Looks for the functions with the arguments that they will get, and gives the type of the aggregate's result.
  private mutating func checkFunctions(of statement: CreateAggregate, _ arguments: [OID], _ transition: OID) -> OID {
    let direct = statement.directArguments ?? 0
    let aggregated = statement.directArguments == nil ? arguments : Array(arguments.dropFirst(direct))
    if let function = statement.transitionFunction {
      let isVariadic = statement.arguments.last?.mode == .variadic
      let found = aggregateFunction(function, [transition] + aggregated, isVariadic: isVariadic)
      if let found, found.type != transition, transition != .none, catalog.facts(of: transition) != nil {
        reject(
          "return type of transition function \(function) is not \(catalog.format(transition))", "42804")
      }
    }
    guard let function = statement.finalFunction else { return transition }
    var given = [transition] + arguments.prefix(direct)
    if statement.hasExtraFinalArguments { given += aggregated }
    return aggregateFunction(function, given)?.type ?? .none
  }

  /// The function that takes just these types, without conversions at run time (PostgreSQL source,
  /// `lookup_agg_function`); nil where it isn't known.
  private mutating func aggregateFunction(
    _ name: ObjectName, _ types: [OID], isVariadic: Bool = false
  ) -> (function: Function, type: OID)? {
    guard requireFunction(name), !types.contains(.any),
      types.allSatisfy({ $0 != .none && catalog.facts(of: $0) != nil })
    else { return nil }
    let candidates = catalog.functions(name)
    let names = [String?](repeating: nil, count: types.count)
    switch catalog.resolve(candidates, arguments: types, names: names, isVariadic: isVariadic) {
    case .found(let match):
      let needsConversion = zip(match.parameters, types).contains { parameter, type in
        !Catalog.isPolymorphic(parameter) && !catalog.isBinaryCoercible(type, to: parameter)
      }
      if needsConversion {
        reject("function \(name) requires run-time type coercion", "42804")
        return nil
      }
      let result =
        match.parameters == types
        ? match.function.result
        : Polymorphic(catalog, parameters: match.parameters, arguments: types).result(match.function.result)
      return result.map { (match.function, $0) }
    case .none:
      reject(
        .noFunction(name.description, types: types.map { catalog.format($0) }, candidates: []),
        isCertain: catalog.isComplete)
      return nil
    default: return nil
    }
  }
}

extension Catalog {
  /// Whether a polymorphic type follows from the types of the arguments (PostgreSQL source,
  /// `check_valid_polymorphic_signature`).
  static func canDetermine(_ type: OID, from arguments: [OID]) -> Bool {
    let wanted: Set<OID>
    switch type {
    case .anyRange, .anyMultirange: wanted = [.anyRange, .anyMultirange]
    case .anyCompatibleRange, .anyCompatibleMultirange: wanted = [.anyCompatibleRange, .anyCompatibleMultirange]
    default:
      guard let family = family(of: type) else { return true }
      return arguments.contains { self.family(of: $0) == family }
    }
    return arguments.contains(where: wanted.contains)
  }
}
