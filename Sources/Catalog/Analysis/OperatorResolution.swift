import PostgresSyntax
import Synchronization

/// Finding the operator that a name and operand types mean.
///
/// Source: PostgreSQL documentation, section 10.2 "Operators".
extension Catalog {
  /// - Parameter left: nil for a prefix operator.
  func resolveOperator(_ name: ObjectName, left: OID??, right: OID?) -> Resolved<Operator> {
    let extensions = BuiltIns.shared.operators(named: name.name).extensions.filter { installed($0) != nil }
    guard isOnlyBuiltIn(name, left, right, extensions) else {
      return resolve(operators(name), left: left, right: right)
    }
    return ResolvedOperators.shared.find(.init(name: name.name, left: left, right: right, extensions: extensions)) {
      resolve(operators(name), left: left, right: right)
    }
  }

  /// Whether nothing that the migrations create can have a say, and extensions are where operators are looked for.
  private func isOnlyBuiltIn(_ name: ObjectName, _ left: OID??, _ right: OID?, _ installed: Set<String>) -> Bool {
    name.schema == nil && !hasCastBetweenBuiltIns && right?.isCreated != true && (left ?? nil)?.isCreated != true
      && !session.path.contains("pg_catalog") && !operatorNames.keys.contains { $0.name == name.name }
      && installed.allSatisfy { session.path.contains(extensions[$0]?.schema ?? "") }
  }

  private func operators(_ name: ObjectName) -> [Operator] {
    let builtIn = BuiltIns.shared.operators(named: name.name).all
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

  private func resolve(_ candidates: [Operator], left: OID??, right: OID?) -> Resolved<Operator> {
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
}

/// What the server's own operators mean for its own types, each looked for once.
private final class ResolvedOperators: Sendable {
  static let shared = ResolvedOperators()

  struct Key: Hashable {
    var name: String
    var left: OID??
    var right: OID?
    var extensions: Set<String>
  }

  private let known = Mutex<[Key: Catalog.Resolved<Operator>]>([:])

  func find(_ key: Key, _ resolve: () -> Catalog.Resolved<Operator>) -> Catalog.Resolved<Operator> {
    if let found = known.withLock({ $0[key] }) { return found }
    let found = resolve()
    known.withLock { $0[key] = found }
    return found
  }
}
