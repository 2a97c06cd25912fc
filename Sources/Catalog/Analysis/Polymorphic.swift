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
    if let multirange, let facts = catalog.facts(of: multirange) {
      guard facts.kind == .multirange else {
        isConsistent = false
        return
      }
      if let range, range != facts.counterpart { isConsistent = false }
      range = range ?? facts.counterpart
    }
    if let range, let facts = catalog.facts(of: range) {
      guard facts.kind == .range else {
        isConsistent = false
        return
      }
      if let element, element != facts.subtype { isConsistent = false }
      element = element ?? facts.subtype
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
