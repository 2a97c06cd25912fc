/// A name as the statement wrote it, with the schema only where the statement gave one.
public struct ObjectName: Hashable, Sendable, CustomStringConvertible {
  public var schema: String?
  public var name: String

  public init(schema: String? = nil, _ name: String) {
    self.schema = schema
    self.name = name
  }

  /// The name as a person writes it, unquoted.
  public var description: String { schema.map { "\($0).\(name)" } ?? name }
}

/// A name at a place. `offset` is where its first part starts, in bytes of the file.
public struct Reference: Hashable, Sendable {
  public var name: ObjectName
  public var offset: Int

  public init(_ name: ObjectName, at offset: Int) {
    self.name = name
    self.offset = offset
  }
}

/// The kinds of object that statements create, drop, comment on and grant.
public enum ObjectKind: String, Hashable, Sendable {
  case schema, table, view
  case materializedView = "materialized view"
  case sequence, index, column, constraint, type, domain
  case function, procedure, aggregate, routine, trigger, policy, rule, role, `extension`, statistics, collation
  case attribute
  case domainConstraint = "domain constraint"
  case textSearchConfiguration = "text search configuration"
  case textSearchDictionary = "text search dictionary"
  case textSearchParser = "text search parser"
  case textSearchTemplate = "text search template"
  case `operator`
  case operatorClass = "operator class"
  case operatorFamily = "operator family"
  case cast, language, database
  case publication, subscription
  case foreignTable = "foreign table"
  case foreignServer = "server"
  case foreignDataWrapper = "foreign-data wrapper"
  case eventTrigger = "event trigger"
  case accessMethod = "access method"
  case largeObject = "large object"
  case tablespace, conversion, transform
  case userMapping = "user mapping"
  case other = "object"

  /// Kinds that share PostgreSQL's `pg_class`, and so one name space per schema.
  public var isRelation: Bool {
    switch self {
    case .table, .view, .materializedView, .sequence, .index, .foreignTable: true
    default: false
    }
  }

  public var isRoutine: Bool {
    switch self {
    case .function, .procedure, .aggregate, .routine: true
    default: false
    }
  }
}

/// A data type as a statement names it.
public struct TypeName: Hashable, Sendable {
  /// `int4` and the like carry the schema `pg_catalog` where the grammar supplies it.
  public var name: ObjectName
  /// What stands in parentheses: length, precision and scale, or an extension's own words.
  public var modifiers: [String]
  /// The fields of an interval, such as `DAY TO SECOND`, as the grammar's mask.
  public var intervalFields: Int?
  public var arrayDimensions: Int
  public var isSet: Bool
  /// `table.column%TYPE`
  public var isColumnType: Bool
  public var offset: Int

  public init(
    name: ObjectName, modifiers: [String] = [], arrayDimensions: Int = 0, isSet: Bool = false,
    isColumnType: Bool = false, offset: Int = 0
  ) {
    self.name = name
    self.modifiers = modifiers
    self.arrayDimensions = arrayDimensions
    self.isSet = isSet
    self.isColumnType = isColumnType
    self.offset = offset
  }
}

extension String {
  /// The name as SQL must spell it: quoted where PostgreSQL would otherwise fold or reject it.
  public var sqlIdentifier: String {
    let isPlain =
      !isEmpty
      && utf8.enumerated().allSatisfy { index, byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "$"): index > 0
        default: false
        }
      }
    guard isPlain, !Keyword.reserved.contains(self) else {
      return "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
    return self
  }

  /// Whether it is a keyword that must be quoted to name anything (PostgreSQL documentation, appendix C).
  public var isReservedWord: Bool { Keyword.reserved.contains(self) }

  /// The text as an SQL string constant.
  public var sqlLiteral: String {
    let doubled = split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
    guard doubled.contains("\\") else { return "'\(doubled)'" }
    return "E'" + doubled.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\") + "'"
  }
}

extension ObjectName {
  /// The name as SQL must spell it.
  public var sql: String { (schema.map { $0.sqlIdentifier + "." } ?? "") + name.sqlIdentifier }
}
