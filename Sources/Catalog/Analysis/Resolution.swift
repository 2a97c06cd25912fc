import PostgresSyntax

/// Finding the function or operator that a name and argument types mean.
///
/// Source: PostgreSQL documentation, sections 10.2 "Operators" and 10.3 "Functions"; `func_get_detail` and
/// `func_select_candidate` of the server's source.
extension Catalog {
  enum Resolved<Found: Sendable>: Sendable {
    case found(Found)
    /// Several could be meant, but all would give this result.
    case result(OID?, isSet: Bool)
    case none
    case ambiguous
    /// Some argument's type isn't known, or an extension may bring what is meant.
    case unknown
  }

  /// Every function that a name can mean, those of earlier schemas on the path first.
  func functions(_ name: ObjectName) -> [Function] {
    let builtIn = BuiltIns.shared.functions(named: name.name)
    let path = name.schema.map { [$0] } ?? lookupPath
    var found: [Function] = []
    func add(_ candidate: Function) {
      // The same arguments in an earlier schema hide it.
      if name.schema == nil, found.contains(where: { $0.arguments == candidate.arguments }) { return }
      found.append(candidate)
    }
    for schema in path {
      for function in builtIn {
        let home = function.extension.isEmpty ? function.schema : extensions[function.extension]?.schema
        if home == schema { add(function) }
      }
      for oid in routineNames[ObjectName(schema: schema, name.name)] ?? [] {
        if let routine = routines[oid] { add(Function(routine)) }
      }
    }
    return found
  }

  // MARK: - Functions

  struct Match {
    var function: Function
    /// The declared type for each argument of the call.
    var parameters: [OID]
  }

  func resolve(
    _ candidates: [Function], arguments: [OID?], names: [String?], isVariadic: Bool
  ) -> Resolved<Match> {
    var fitting: [Match] = []
    for candidate in candidates {
      guard let match = fit(candidate, count: arguments.count, names: names, isVariadic: isVariadic) else { continue }
      // Of two that take the same, the one that isn't variadic counts.
      if let known = fitting.firstIndex(where: { $0.parameters == match.parameters }) {
        if fitting[known].function.variadic != .none, match.function.variadic == .none { fitting[known] = match }
      } else {
        fitting.append(match)
      }
    }
    guard !fitting.isEmpty else { return .none }
    return choose(fitting, arguments) {
      $0.parameters
    } result: {
      ($0.function.result, $0.function.returnsSet)
    }
  }

  /// The parameters that the arguments of a call go to, if their number and names fit.
  private func fit(_ function: Function, count: Int, names: [String?], isVariadic: Bool) -> Match? {
    var parameters = function.arguments
    let isSpread = function.variadic != .none && function.variadic != .any && !isVariadic
    if names.contains(where: { $0 != nil }) {
      guard let ordered = order(function, names: names) else { return nil }
      return Match(function: function, parameters: ordered.map { parameters[$0] })
    }
    if function.variadic == .any {
      guard count >= parameters.count else { return nil }
      parameters.removeLast()
      while parameters.count < count { parameters.append(.any) }
      return Match(function: function, parameters: parameters)
    }
    if isSpread, count >= parameters.count {
      parameters.removeLast()
      while parameters.count < count { parameters.append(function.variadic) }
      return Match(function: function, parameters: parameters)
    }
    guard count <= parameters.count, count >= parameters.count - function.defaults else { return nil }
    return Match(function: function, parameters: Array(parameters.prefix(count)))
  }

  /// Which parameter each argument is for, with named notation; nil where a name or a needed parameter is missing.
  private func order(_ function: Function, names: [String?]) -> [Int]? {
    var places: [Int] = []
    for (index, name) in names.enumerated() {
      if let name {
        guard let place = function.argumentNames.firstIndex(of: name), !places.contains(place) else { return nil }
        places.append(place)
      } else {
        guard index < function.arguments.count else { return nil }
        places.append(index)
      }
    }
    let required = function.arguments.count - function.defaults
    let given = Set(places)
    guard (0..<max(0, required)).allSatisfy({ given.contains($0) }),
      places.allSatisfy({ $0 < function.arguments.count })
    else { return nil }
    return places
  }

  // MARK: - Choosing

  func choose<Candidate>(
    _ candidates: [Candidate], _ arguments: [OID?], _ parameters: (Candidate) -> [OID],
    result: (Candidate) -> (type: OID, isSet: Bool)
  ) -> Resolved<Candidate> {
    let known = arguments.compactMap { $0 }
    let isComplete = known.count == arguments.count
    if isComplete {
      if let exact = candidates.first(where: { parameters($0) == known }) { return .found(exact) }
    }
    let fitting = candidates.filter { candidate in
      accepts(parameters(candidate), arguments)
    }
    if fitting.isEmpty { return .none }
    if fitting.count == 1 { return .found(fitting[0]) }
    if !isComplete { return common(fitting, result: result) }
    let best = bestOf(fitting, known, parameters)
    switch best.count {
    case 1: return .found(best[0])
    default: return .ambiguous
    }
  }

  /// Whether the arguments can be coerced to the parameters, polymorphic ones being consistent.
  private func accepts(_ parameters: [OID], _ arguments: [OID?]) -> Bool {
    for (parameter, argument) in zip(parameters, arguments) where !canCoerce(argument, to: parameter, .implicit) {
      return false
    }
    return Polymorphic(self, parameters: parameters, arguments: arguments).isConsistent
  }

  private func common<Candidate>(
    _ candidates: [Candidate], result: (Candidate) -> (type: OID, isSet: Bool)
  ) -> Resolved<Candidate> {
    let results = candidates.map(result)
    guard let first = results.first, results.allSatisfy({ $0.type == first.type && $0.isSet == first.isSet }),
      !Self.isPolymorphic(first.type), first.type != .record
    else { return .unknown }
    return .result(first.type, isSet: first.isSet)
  }

  /// `func_select_candidate`
  private func bestOf<Candidate>(
    _ candidates: [Candidate], _ arguments: [OID], _ parameters: (Candidate) -> [OID]
  ) -> [Candidate] {
    let types = arguments.map { base(of: $0) }
    var remaining = mostOf(candidates) { candidate in
      zip(parameters(candidate), types).count { $1 != .unknown && $0 == $1 }
    }
    if remaining.count == 1 { return remaining }
    let categories = types.map { $0 == .unknown ? nil : facts(of: $0)?.category }
    remaining = mostOf(remaining) { candidate in
      zip(parameters(candidate), types.indices).count { parameter, index in
        guard types[index] != .unknown else { return false }
        return parameter == types[index] || categories[index].map { isPreferred(parameter, in: $0) } ?? false
      }
    }
    if remaining.count == 1 || !types.contains(.unknown) { return remaining }
    remaining = byCategories(remaining, types, parameters)
    if remaining.count <= 1 { return remaining }
    // With one known type among the arguments, the unknown ones are taken to be of it.
    let known = Set(types.filter { $0 != .unknown })
    if known.count == 1, let type = known.first {
      let fitting = remaining.filter { candidate in
        accepts(parameters(candidate), types.map { $0 == .unknown ? type : $0 })
      }
      if fitting.count == 1 { return fitting }
    }
    return remaining
  }

  /// For unknown literals: the string category if some candidate takes it, else the one that all agree on.
  private func byCategories<Candidate>(
    _ candidates: [Candidate], _ types: [OID], _ parameters: (Candidate) -> [OID]
  ) -> [Candidate] {
    var chosen: [Character?] = types.map { _ in nil }
    var hasPreferred = types.map { _ in false }
    for index in types.indices where types[index] == .unknown {
      var categories: Set<Character> = []
      for candidate in candidates {
        guard let facts = facts(of: parameters(candidate)[index]) else { return candidates }
        categories.insert(facts.category)
      }
      if categories.contains("S") {
        chosen[index] = "S"
      } else if categories.count == 1 {
        chosen[index] = categories.first
      } else {
        return candidates
      }
      hasPreferred[index] = candidates.contains { candidate in
        isPreferred(parameters(candidate)[index], in: chosen[index] ?? "U")
      }
    }
    let kept = candidates.filter { candidate in
      zip(parameters(candidate), types.indices).allSatisfy { parameter, index in
        guard let category = chosen[index] else { return true }
        guard let facts = facts(of: parameter) else { return false }
        return facts.category == category && (!hasPreferred[index] || facts.isPreferred)
      }
    }
    return kept.isEmpty ? candidates : kept
  }

  private func isPreferred(_ type: OID, in category: Character) -> Bool {
    guard let facts = facts(of: type) else { return false }
    return facts.category == category && facts.isPreferred
  }

  private func mostOf<Candidate>(_ candidates: [Candidate], _ count: (Candidate) -> Int) -> [Candidate] {
    let counts = candidates.map(count)
    let most = counts.max() ?? 0
    return zip(candidates, counts).filter { $1 == most }.map(\.0)
  }
}
