import PostgresSyntax

/// Finding the function or operator that a name and argument types mean.
///
/// Source: PostgreSQL documentation, sections 10.2 "Operators" and 10.3 "Functions"; `func_get_detail` and
/// `func_select_candidate` of the server's source.
extension Catalog {
  enum Resolved<Found> {
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

  func operators(_ name: ObjectName) -> [Operator] {
    let builtIn = BuiltIns.shared.operators(named: name.name)
    let path = name.schema.map { [$0] } ?? lookupPath
    var found: [Operator] = []
    for schema in path {
      for candidate in builtIn {
        let home = candidate.extension.isEmpty ? candidate.schema : extensions[candidate.extension]?.schema
        if home == schema { found.append(candidate) }
      }
      for oid in operatorNames[ObjectName(schema: schema, name.name)] ?? [] {
        if let created = operators[oid] { found.append(Operator(created)) }
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
      guard count >= parameters.count - 1 else { return nil }
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

  // MARK: - Operators

  func resolve(_ candidates: [Operator], left: OID??, right: OID?) -> Resolved<Operator> {
    let arguments = left.map { [$0, right] } ?? [right]
    let fitting = candidates.filter { left == nil ? $0.left == .none : $0.left != .none }
    guard !fitting.isEmpty else { return .none }
    // One operand of unknown type is first taken to be of the other's type.
    if arguments.count == 2, let known = sameType(arguments) {
      let pair = [known, known]
      if let exact = fitting.first(where: { [$0.left, $0.right] == pair }) { return .found(exact) }
      let plain = base(of: known)
      if plain != known, let exact = fitting.first(where: { [$0.left, $0.right] == [plain, plain] }) {
        return .found(exact)
      }
    }
    return choose(fitting, arguments) {
      $0.left == .none ? [$0.right] : [$0.left, $0.right]
    } result: {
      ($0.result, false)
    }
  }

  private func sameType(_ arguments: [OID?]) -> OID? {
    guard let left = arguments[0], let right = arguments[1] else { return nil }
    if left == .unknown, right != .unknown { return right }
    if right == .unknown, left != .unknown { return left }
    return nil
  }

  // MARK: - Choosing

  private func choose<Candidate>(
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

/// What polymorphic parameters stand for in one call (PostgreSQL documentation, section 38.2.5).
struct Polymorphic {
  private let catalog: Catalog
  private(set) var element: OID?
  private var array: OID?
  private var range: OID?
  private var multirange: OID?
  private(set) var isConsistent = true
  /// Whether some polymorphic argument's type isn't known.
  private var isOpen = false
  private var compatible: [OID?] = []
  private var compatibleRange: OID?

  init(_ catalog: Catalog, parameters: [OID], arguments: [OID?]) {
    self.catalog = catalog
    for (parameter, argument) in zip(parameters, arguments) {
      switch Catalog.family(of: parameter) {
      case nil: continue
      case .simple?: addSimple(parameter, argument)
      case .compatible?: addCompatible(parameter, argument)
      }
    }
    check()
  }

  private mutating func addSimple(_ parameter: OID, _ argument: OID?) {
    guard let argument else {
      isOpen = true
      return
    }
    guard argument != .unknown else { return }
    switch parameter {
    case .anyArray: array = merged(array, catalog.base(of: argument))
    case .anyRange: range = merged(range, catalog.base(of: argument))
    case .anyMultirange: multirange = merged(multirange, catalog.base(of: argument))
    default:
      element = merged(element, argument)
      guard let facts = catalog.facts(of: catalog.base(of: argument)) else { return }
      if parameter == .anyNonArray, facts.isArray { isConsistent = false }
      if parameter == .anyEnum, facts.kind != .enumeration { isConsistent = false }
    }
  }

  private mutating func merged(_ known: OID?, _ value: OID) -> OID {
    if let known, known != value { isConsistent = false }
    return value
  }

  private mutating func addCompatible(_ parameter: OID, _ argument: OID?) {
    guard let argument else {
      isOpen = true
      return
    }
    guard argument != .unknown else { return }
    let plain = catalog.base(of: argument)
    let facts = catalog.facts(of: plain)
    switch parameter {
    case .anyCompatibleArray:
      guard let facts else { return }
      if facts.isArray { compatible.append(facts.element) } else { isConsistent = false }
    case .anyCompatibleRange:
      guard let facts else { return }
      if facts.kind == .range {
        compatible.append(facts.subtype)
        compatibleRange = plain
      } else {
        isConsistent = false
      }
    case .anyCompatibleMultirange:
      if facts?.kind != .multirange { isConsistent = false }
    case .anyCompatibleNonArray:
      if facts?.isArray == true { isConsistent = false }
      compatible.append(argument)
    default: compatible.append(argument)
    }
  }

  private mutating func check() {
    if let array, array != .anyArray, let facts = catalog.facts(of: array) {
      guard facts.isArray else {
        isConsistent = false
        return
      }
      if let element, element != facts.element { isConsistent = false }
      element = element ?? facts.element
    }
    if let range, let facts = catalog.facts(of: range) {
      guard facts.kind == .range else {
        isConsistent = false
        return
      }
      if let element, element != facts.subtype { isConsistent = false }
      element = element ?? facts.subtype
    }
    if let multirange, let facts = catalog.facts(of: multirange) {
      guard facts.kind == .multirange else {
        isConsistent = false
        return
      }
      if let range, range != facts.counterpart { isConsistent = false }
      range = range ?? facts.counterpart
      element = element ?? catalog.facts(of: facts.counterpart)?.subtype
    }
    if !compatible.isEmpty, case .failure = catalog.commonType(compatible) { isConsistent = false }
  }

  /// What a result type stands for; nil where that isn't known.
  func result(_ type: OID) -> OID? {
    switch type {
    case .anyElement, .anyNonArray, .anyEnum: return element ?? (isOpen ? nil : .unknown)
    case .anyArray:
      if let array { return array }
      guard let element, element != .unknown else { return nil }
      let over = catalog.array(of: element)
      return over == .none ? nil : over
    case .anyRange: return range
    case .anyMultirange:
      return multirange ?? range.flatMap { catalog.facts(of: $0)?.counterpart }
    case .anyCompatible, .anyCompatibleNonArray: return isOpen ? nil : common
    case .anyCompatibleArray:
      guard !isOpen, let common else { return nil }
      return catalog.array(of: common)
    case .anyCompatibleRange: return compatibleRange
    case .anyCompatibleMultirange: return compatibleRange.flatMap { catalog.facts(of: $0)?.counterpart }
    default: return type
    }
  }

  private var common: OID? {
    if compatible.isEmpty { return .text }
    if case .success(let type) = catalog.commonType(compatible) { return type }
    return nil
  }
}
