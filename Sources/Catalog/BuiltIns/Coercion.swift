/// Which values can stand where a type is expected.
///
/// Source: PostgreSQL documentation, chapter 10 "Type Conversion"; the names of the functions in the server's
/// `parse_coerce.c` are given where the rules are theirs.
extension Catalog {
  enum Conversion {
    case none
    case same
    case binary
    case function
    /// By the text form of the value.
    case text
  }

  /// How a value gets from one type to another in a context (`find_coercion_pathway`).
  func conversion(from source: OID, to target: OID, _ context: Cast.Context) -> Conversion {
    let source = base(of: source)
    let target = base(of: target)
    if source == target { return .same }
    if let cast = cast(from: source, to: target) {
      return cast.context <= context ? (cast.isBinary ? .binary : .function) : .none
    }
    guard let from = facts(of: source), let to = facts(of: target) else { return .none }
    // Every range has a cast to its multirange.
    if from.kind == .range, from.counterpart == target { return context >= .explicit ? .function : .none }
    // The two vector types would capture what is meant for arrays (`find_coercion_pathway`).
    if from.isArray, to.isArray, target != .int2Vector, target != .oidVector {
      let inner = conversion(from: from.element, to: to.element, context)
      return inner == .none ? .none : inner == .same || inner == .binary ? .binary : .function
    }
    if context >= .assignment, to.category == "S" { return .text }
    if context >= .explicit, from.category == "S" { return .text }
    return .none
  }

  private func cast(from source: OID, to target: OID) -> Cast? {
    if let known = SystemTypes.shared.casts[CastKey(source, target)],
      known.extension.isEmpty || extensions[known.extension] != nil
    {
      return known
    }
    guard source.isCreated || target.isCreated || hasCastBetweenBuiltIns else { return nil }
    return casts.values.first { $0.source == source && $0.target == target }?.cast
  }

  /// Whether a value may stand where a type is expected (`can_coerce_type`). A type that isn't known may.
  func canCoerce(_ source: OID?, to target: OID, _ context: Cast.Context) -> Bool {
    guard let source else { return true }
    if source == target || target == .any { return true }
    if Self.isPolymorphic(target) || source == .unknown { return true }
    guard let from = facts(of: source), let to = facts(of: target) else { return true }
    if conversion(from: source, to: target, context) != .none { return true }
    let plain = base(of: source)
    if target == .record, facts(of: plain)?.kind == .composite { return true }
    if source == .record, to.kind == .composite { return true }
    if target == .recordArray, from.isArray, facts(of: from.element)?.kind == .composite { return true }
    return inherits(plain, from: target)
  }

  /// Whether a row type is that of a table that inherits from another one's, or is of that type.
  private func inherits(_ source: OID, from target: OID) -> Bool {
    guard let relation = relations[source], relations[target] != nil else { return false }
    return relation.ofType == target || relation.parents.contains { $0 == target || inherits($0, from: target) }
  }

  static func isPolymorphic(_ oid: OID) -> Bool { family(of: oid) != nil }

  enum Polymorphism { case simple, compatible }

  static func family(of oid: OID) -> Polymorphism? {
    switch oid {
    case .anyElement, .anyArray, .anyNonArray, .anyEnum, .anyRange, .anyMultirange: .simple
    case .anyCompatible, .anyCompatibleArray, .anyCompatibleNonArray, .anyCompatibleRange, .anyCompatibleMultirange:
      .compatible
    default: nil
    }
  }

  /// Whether a value of one type is, without any change, one of the other (`IsBinaryCoercible`).
  func isBinaryCoercible(_ source: OID, to target: OID) -> Bool {
    if source == target || target == .any || target == .anyElement { return true }
    let plain = base(of: source)
    if plain == target { return true }
    guard let facts = facts(of: plain) else { return false }
    switch target {
    case .anyArray: return facts.isArray
    case .anyNonArray: return !facts.isArray
    case .anyEnum: return facts.kind == .enumeration
    case .anyRange: return facts.kind == .range
    case .anyMultirange: return facts.kind == .multirange
    case .record: return facts.kind == .composite
    case .recordArray: return facts.isArray && self.facts(of: facts.element)?.kind == .composite
    default: break
    }
    guard let cast = cast(from: plain, to: target) else { return false }
    return cast.isBinary && cast.context == .implicit
  }

  /// The type that a list of values gets together (`select_common_type`), as in UNION, CASE and VALUES. Nil where some
  /// type isn't known; `.failure` with the two that don't go together.
  func commonType(_ types: [OID?]) -> Result<OID?, TypeMismatch> {
    var known: [OID] = []
    for type in types {
      guard let type else { return .success(nil) }
      known.append(type)
    }
    guard let first = known.first else { return .success(.text) }
    if first != .unknown, known.allSatisfy({ $0 == first }) { return .success(first) }
    var chosen = base(of: first)
    guard var facts = facts(of: chosen) else { return .success(nil) }
    for type in known.dropFirst() {
      let next = base(of: type)
      guard next != .unknown, next != chosen else { continue }
      guard let other = self.facts(of: next) else { return .success(nil) }
      if chosen == .unknown {
        chosen = next
        facts = other
      } else if other.category != facts.category {
        return .failure(TypeMismatch(left: chosen, right: next))
      } else if !facts.isPreferred, canCoerce(chosen, to: next, .implicit), !canCoerce(next, to: chosen, .implicit) {
        chosen = next
        facts = other
      }
    }
    if chosen == .unknown { return .success(.text) }
    for type in known where !canCoerce(type, to: chosen, .implicit) {
      return .failure(TypeMismatch(left: type, right: chosen))
    }
    return .success(chosen)
  }
}

struct TypeMismatch: Error {
  var left: OID
  var right: OID
}
