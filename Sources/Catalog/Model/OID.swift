import PostgresSyntax

/// The number by which the catalog knows an object, whatever its name becomes.
///
/// Built-in objects have the server's own numbers, those of extensions the numbers of the exported data, and what the
/// migrations create follows. Numbers are two apart: the odd one is the array of a type.
public struct OID: Hashable, Comparable, Sendable {
  public var number: Int32

  public init(_ number: Int32) {
    self.number = number
  }

  static let none = OID(0)
  static let firstExtension = OID(100_000)
  static let firstCreated = OID(1_000_000)

  var isBuiltIn: Bool { number < Self.firstExtension.number }
  var isCreated: Bool { number >= Self.firstCreated.number }

  public static func < (a: OID, b: OID) -> Bool { a.number < b.number }
}

/// An object, or the part of one that something can depend on.
public struct Address: Hashable, Sendable {
  public enum Class: UInt8, Hashable, Sendable {
    case schema, relation, column, defaultValue, constraint, index, trigger, policy, rule
    case type, routine, `operator`, cast, `extension`, role, other
  }

  public var kind: Class
  /// For a column or default, the relation's.
  public var oid: OID
  /// The column's number; 0 for the whole object.
  public var column: Int32

  public init(_ kind: Class, _ oid: OID, column: Int32 = 0) {
    self.kind = kind
    self.oid = oid
    self.column = column
  }
}

/// A type with its modifiers, as a column or a result has it.
public struct DataType: Hashable, Sendable {
  public var oid: OID
  /// What `format_type` shows in parentheses: `50`, `10,2`, `Point,4326`; for an interval its fields.
  public var modifier: String?

  public init(_ oid: OID, modifier: String? = nil) {
    self.oid = oid
    self.modifier = modifier
  }
}

/// Types that the analysis itself speaks of. Source: PostgreSQL source, `catalog/pg_type.dat`.
extension OID {
  public static let boolean = OID(16)
  static let bytea = OID(17)
  static let char = OID(18)
  static let name = OID(19)
  static let int2Vector = OID(22)
  static let oidVector = OID(30)
  public static let bigint = OID(20)
  public static let smallint = OID(21)
  public static let integer = OID(23)
  static let regproc = OID(24)
  public static let text = OID(25)
  static let oidType = OID(26)
  static let tid = OID(27)
  static let xid = OID(28)
  static let cid = OID(29)
  public static let json = OID(114)
  static let xml = OID(142)
  public static let real = OID(700)
  public static let doublePrecision = OID(701)
  public static let money = OID(790)
  static let unknown = OID(705)
  public static let bpchar = OID(1042)
  public static let varchar = OID(1043)
  public static let date = OID(1082)
  public static let time = OID(1083)
  public static let timestamp = OID(1114)
  public static let timestamptz = OID(1184)
  public static let interval = OID(1186)
  public static let timetz = OID(1266)
  static let bit = OID(1560)
  static let varbit = OID(1562)
  public static let numeric = OID(1700)
  static let refcursor = OID(1790)
  static let record = OID(2249)
  static let cstring = OID(2275)
  static let any = OID(2276)
  static let anyArray = OID(2277)
  static let void = OID(2278)
  static let trigger = OID(2279)
  static let anyElement = OID(2283)
  static let anyNonArray = OID(2776)
  static let recordArray = OID(2287)
  public static let uuid = OID(2950)
  static let regclass = OID(2205)
  static let regtype = OID(2206)
  static let regnamespace = OID(4089)
  static let regrole = OID(4096)
  static let anyEnum = OID(3500)
  public static let jsonb = OID(3802)
  static let anyRange = OID(3831)
  static let eventTrigger = OID(3838)
  static let anyMultirange = OID(4537)
  static let anyCompatibleMultirange = OID(4538)
  static let anyCompatible = OID(5077)
  static let anyCompatibleArray = OID(5078)
  static let anyCompatibleNonArray = OID(5079)
  static let anyCompatibleRange = OID(5080)
}
