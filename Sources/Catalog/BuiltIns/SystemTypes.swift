/// What the type rules need to know of a type.
struct TypeFacts: Sendable {
  /// As in `pg_type.typtype`: b, c, d, e, p, r, m.
  enum Kind: Sendable { case base, composite, domain, enumeration, pseudo, range, multirange, shell }

  var oid: OID
  var name: String
  var schema: String
  var `extension`: String = ""
  var kind: Kind
  /// As in `pg_type.typcategory`.
  var category: Character
  var isPreferred = false
  var element = OID.none
  /// The type of its arrays; 0 where it has none.
  var array = OID.none
  /// What a domain is over.
  var base = OID.none
  var subtype = OID.none
  /// The multirange of a range, the range of a multirange.
  var counterpart = OID.none
  var hasCollation = false
  var takesModifiers = false

  var isArray: Bool { category == "A" && element != .none || oid == .recordArray }
}

/// The types of the server and of extensions, and the casts between them.
struct SystemTypes: Sendable {
  static let shared = SystemTypes()

  private(set) var byNumber: [OID: TypeFacts] = [:]
  /// By schema and name, the server's own.
  private(set) var byName: [String: OID] = [:]
  private(set) var ofExtensions: [String: [OID]] = [:]
  private(set) var casts: [CastKey: Cast] = [:]

  private init() {
    for line in BuiltIns.shared.lines("t") {
      let oid = line.oid(2)
      let facts = TypeFacts(
        oid: oid, name: line[1], schema: line[4], extension: line[3], kind: Self.kind(line[5]),
        category: line[6].first ?? "U", isPreferred: line[7] == "p", element: line.oid(8),
        array: line[3].isEmpty ? line.oid(9) : OID(oid.number + 1), base: line.oid(10), subtype: line.oid(11),
        counterpart: line.oid(12), hasCollation: line[13] == "c", takesModifiers: line[14] == "m")
      byNumber[oid] = facts
      if line[3].isEmpty {
        byName[line[1]] = oid
      } else {
        ofExtensions[line[1], default: []].append(oid)
        byNumber[facts.array] = TypeFacts(
          oid: facts.array, name: "_" + line[1], schema: line[4], extension: line[3], kind: .base, category: "A",
          element: oid, hasCollation: facts.hasCollation)
      }
    }
    for line in BuiltIns.shared.lines("c") {
      casts[CastKey(line.oid(1), line.oid(3))] = Cast(
        context: line[4] == "i" ? .implicit : line[4] == "a" ? .assignment : .explicit, isBinary: line[5] == "b",
        extension: line[2])
    }
  }

  private static func kind(_ code: String) -> TypeFacts.Kind {
    switch code {
    case "c": .composite
    case "d": .domain
    case "e": .enumeration
    case "p": .pseudo
    case "r": .range
    case "m": .multirange
    default: .base
    }
  }
}

struct CastKey: Hashable, Sendable {
  var source: OID
  var target: OID

  init(_ source: OID, _ target: OID) {
    self.source = source
    self.target = target
  }
}

struct Cast: Sendable {
  enum Context: Int, Comparable, Sendable {
    case implicit, assignment, explicit
    static func < (a: Context, b: Context) -> Bool { a.rawValue < b.rawValue }
  }

  var context: Context
  /// Whether the value's bytes stay as they are.
  var isBinary: Bool
  var `extension` = ""
}
