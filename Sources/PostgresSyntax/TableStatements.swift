public struct CreateTable: Hashable, Sendable {
  public var table: Reference
  public var columns: [ColumnDefinition]
  public var constraints: [ConstraintDefinition]
  /// MySQL's `INDEX name (columns)`, which PostgreSQL takes for a column.
  public var inlineIndexes: [InlineIndexClause]
  public var inherits: [Reference]
  public var partitionKey: PartitionKey?
  /// The table that this one is a partition of, with its bound.
  public var partitionOf: Reference?
  public var bound: PartitionBound?
  public var likes: [Like]
  public var ofType: TypeName?
  public var ifNotExists: Bool
  public var persistence: Persistence
  /// Storage parameters, as written.
  public var options: [String: String] = [:]
  /// The server of a foreign table.
  public var server: String?
  public var accessMethod: String?
  public var tablespace: String?
  public var onCommit: OnCommit?

  /// What becomes of a temporary table, or of its rows, when the transaction ends.
  public enum OnCommit: Hashable, Sendable { case preserveRows, deleteRows, drop }

  /// `LIKE table INCLUDING …`
  public struct Like: Hashable, Sendable {
    /// What the clause copies (PostgreSQL source, `TableLikeOption`).
    public struct Options: OptionSet, Hashable, Sendable {
      public var rawValue: UInt32
      public init(rawValue: UInt32) { self.rawValue = rawValue }
      public static let comments = Options(rawValue: 1)
      public static let compression = Options(rawValue: 2)
      public static let constraints = Options(rawValue: 4)
      public static let defaults = Options(rawValue: 8)
      public static let generated = Options(rawValue: 16)
      public static let identity = Options(rawValue: 32)
      public static let indexes = Options(rawValue: 64)
      public static let statistics = Options(rawValue: 128)
      public static let storage = Options(rawValue: 256)
    }
    public var table: Reference
    public var options: Options
    /// How many columns the statement lists before it.
    public var position: Int
  }
}

/// `FOR VALUES …` or `DEFAULT`
public enum PartitionBound: Hashable, Sendable {
  case `default`
  case list([Expression])
  /// A value, or `MINVALUE` and `MAXVALUE` as columns of these names.
  case range(from: [Expression], to: [Expression])
  case hash(modulus: Int, remainder: Int)
}

public enum Persistence: String, Hashable, Sendable {
  case permanent, unlogged, temporary
}

public struct PartitionKey: Hashable, Sendable {
  /// `range`, `list` or `hash`
  public var strategy: String
  /// Column names; nil for an expression.
  public var columns: [String?]
  public var expressions: [Expression]
  public var offset: Int
}

public struct InlineIndexClause: Hashable, Sendable {
  public var name: String
  public var columns: [String]
  /// Where the clause's keyword starts.
  public var offset: Int
}

extension ColumnDefinition {
  /// `INDEX name (a, b)` parses as a column "index" of the type `name(a, b)`: told apart from a real column by type
  /// modifiers that are columns of the table.
  public func inlineIndex(columns: Set<String>) -> InlineIndexClause? {
    guard name == "index" || name == "key", let type, type.name.schema == nil, !type.modifiers.isEmpty,
      type.modifiers.allSatisfy(columns.contains)
    else { return nil }
    return InlineIndexClause(name: type.name.name, columns: type.modifiers, offset: offset)
  }
}

public struct ColumnDefinition: Hashable, Sendable {
  public var name: String
  public var type: TypeName?
  public var constraints: [ConstraintDefinition]
  public var collation: ObjectName?
  public var offset: Int
  public var storage: String?
  public var compression: String?

  public var expressions: [Expression] { constraints.flatMap(\.expressions) }
}

public struct ConstraintDefinition: Hashable, Sendable {
  public var name: String?
  public var kind: Kind
  public var isDeferrable: Bool
  public var isInitiallyDeferred: Bool
  public var isNotValid: Bool
  public var isNoInherit = false
  public var offset: Int

  package init(
    name: String?, kind: Kind, isDeferrable: Bool, isInitiallyDeferred: Bool, isNotValid: Bool,
    isNoInherit: Bool = false,
    offset: Int
  ) {
    self.name = name
    self.kind = kind
    self.isDeferrable = isDeferrable
    self.isInitiallyDeferred = isInitiallyDeferred
    self.isNotValid = isNotValid
    self.isNoInherit = isNoInherit
    self.offset = offset
  }

  public enum Kind: Hashable, Sendable {
    case notNull, null
    case `default`(Expression)
    /// `always` or by default.
    case identity(always: Bool, options: CreateSequence.Options)
    case generated(Expression)
    case check(Expression)
    case primaryKey(KeyColumns)
    case unique(KeyColumns, nullsNotDistinct: Bool)
    case foreignKey(ForeignKey)
    case exclusion(Exclusion)
    case other
  }

  public struct Exclusion: Hashable, Sendable {
    public var method: String
    public var elements: [CreateIndex.Element]
    public var operators: [ObjectName]
    public var filter: Expression?
  }

  public struct KeyColumns: Hashable, Sendable {
    /// Empty on a column's own constraint: the column itself is meant.
    public var columns: [String]
    public var including: [String]
    /// `USING INDEX name`
    public var index: String?
  }

  public struct ForeignKey: Hashable, Sendable {
    /// Empty on a column's own constraint.
    public var columns: [String]
    public var target: Reference
    /// Empty where the target's primary key is meant.
    public var targetColumns: [String]
    public var onDelete: Action
    public var onUpdate: Action
    public var match = "SIMPLE"
    /// The columns of `SET NULL (…)`.
    public var setColumns: [String] = []

    public enum Action: String, Hashable, Sendable {
      case noAction = "NO ACTION"
      case restrict = "RESTRICT"
      case cascade = "CASCADE"
      case setNull = "SET NULL"
      case setDefault = "SET DEFAULT"
    }
  }

  public var expressions: [Expression] {
    switch kind {
    case .default(let value), .generated(let value), .check(let value): [value]
    case .exclusion(let exclusion):
      exclusion.elements.compactMap(\.expression) + (exclusion.filter.map { [$0] } ?? [])
    case .notNull, .null, .identity, .primaryKey, .unique, .foreignKey, .other: []
    }
  }
}

public struct AlterTable: Hashable, Sendable {
  public var kind: ObjectKind
  public var table: Reference
  public var ifExists: Bool
  public var changes: [Change]
  /// `ALTER TABLE ONLY`: tables that inherit stay as they are.
  public var isOnly = false
  /// Whether tables of the type that is altered change with it.
  public var isCascade = false

  public enum Change: Hashable, Sendable {
    case addColumn(ColumnDefinition, ifNotExists: Bool)
    case dropColumn(String, ifExists: Bool, cascade: Bool)
    case setType(column: String, TypeName, collation: ObjectName?, using: Expression?)
    /// `nil` drops the default.
    case setDefault(column: String, Expression?)
    case setNotNull(column: String)
    case dropNotNull(column: String)
    case dropExpression(column: String, ifExists: Bool)
    case addIdentity(column: String, always: Bool, options: CreateSequence.Options)
    case setIdentity(column: String, always: Bool?, options: CreateSequence.Options)
    case dropIdentity(column: String, ifExists: Bool)
    case setColumnProperty(column: String, property: String, value: String)
    case addConstraint(ConstraintDefinition)
    case dropConstraint(String, ifExists: Bool, cascade: Bool)
    case validateConstraint(String)
    case alterConstraint(String, isDeferrable: Bool, isInitiallyDeferred: Bool)
    case rowSecurity(RowSecurityChange)
    case setOwner(RoleName)
    case attachPartition(Reference, PartitionBound)
    case detachPartition(Reference, concurrently: Bool)
    case setPersistence(Persistence)
    case inherit(Reference)
    case noInherit(Reference)
    case ofType(TypeName)
    case notOf
    /// Names of storage parameters with their values; nil resets.
    case setOptions([String: String?])
    /// Enables or disables a trigger, `ALL` or `USER`.
    case trigger(String, enables: Bool)
    case rule(String)
    case cluster(String?)
    /// `REPLICA IDENTITY`; with the index of `USING INDEX`.
    case replicaIdentity(String, index: String?)
    case tablespace(String)
    case accessMethod(String)
    case other(String)

    public var expressions: [Expression] {
      switch self {
      case .addColumn(let column, _): column.expressions
      case .setType(_, _, _, let using): using.map { [$0] } ?? []
      case .setDefault(_, let value): value.map { [$0] } ?? []
      case .addConstraint(let constraint): constraint.expressions
      default: []
      }
    }
  }

  public enum RowSecurityChange: Hashable, Sendable {
    case enable, disable, force, noForce
  }
}

public struct CreateIndex: Hashable, Sendable {
  public var name: String?
  public var table: Reference
  public var method: String
  public var elements: [Element]
  public var including: [String]
  public var filter: Expression?
  public var isUnique: Bool
  public var isConcurrent: Bool
  public var ifNotExists: Bool
  public var nullsNotDistinct = false
  public var options: [String: String] = [:]
  public var isOnly = false

  public struct Element: Hashable, Sendable {
    /// The column, or nil for an expression.
    public var column: String?
    public var expression: Expression?
    public var collation: ObjectName?
    public var operatorClass: ObjectName?
    public var isDescending: Bool
    /// The NULLS order where it isn't the default of the direction.
    public var hasUnusualNulls: Bool
  }

  public var expressions: [Expression] { elements.compactMap(\.expression) + (filter.map { [$0] } ?? []) }
}

public struct CreateTableAs: Hashable, Sendable {
  public var table: Reference
  public var columns: [String]
  public var query: Query?
  /// `EXECUTE name`, where that gives the rows.
  public var prepared: String?
  public var isMaterializedView: Bool
  public var ifNotExists: Bool
  public var persistence: Persistence
  public var withData = true
}
