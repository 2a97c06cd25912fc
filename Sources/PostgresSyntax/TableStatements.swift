public struct CreateTable: Hashable, Sendable {
  public var table: Reference
  public var columns: [ColumnDefinition]
  public var constraints: [ConstraintDefinition]
  /// MySQL's `INDEX name (columns)`, which PostgreSQL takes for a column.
  public var inlineIndexes: [InlineIndexClause]
  public var inherits: [Reference]
  public var partitionKey: PartitionKey?
  /// The table that this one is a partition of, with the kind of its bound.
  public var partitionOf: Reference?
  public var likes: [Reference]
  public var ofType: TypeName?
  public var ifNotExists: Bool
  public var persistence: Persistence
}

public enum Persistence: String, Hashable, Sendable {
  case permanent, unlogged, temporary
}

public struct PartitionKey: Hashable, Sendable {
  /// `range`, `list` or `hash`
  public var strategy: String
  /// Column names; nil for an expression.
  public var columns: [String?]
}

public struct InlineIndexClause: Hashable, Sendable {
  public var name: String
  public var columns: [String]
  /// Where the clause's keyword starts.
  public var offset: Int
}

public struct ColumnDefinition: Hashable, Sendable {
  public var name: String
  public var type: TypeName?
  public var constraints: [ConstraintDefinition]
  public var collation: ObjectName?
  public var offset: Int

  public var expressions: [Expression] { constraints.flatMap(\.expressions) }
}

public struct ConstraintDefinition: Hashable, Sendable {
  public var name: String?
  public var kind: Kind
  public var isDeferrable: Bool
  public var isInitiallyDeferred: Bool
  public var isNotValid: Bool
  public var offset: Int

  public enum Kind: Hashable, Sendable {
    case notNull, null
    case `default`(Expression)
    /// `always` or by default.
    case identity(always: Bool)
    case generated(Expression)
    case check(Expression)
    case primaryKey(KeyColumns)
    case unique(KeyColumns, nullsNotDistinct: Bool)
    case foreignKey(ForeignKey)
    case exclusion(columns: [String?], method: String, expressions: [Expression])
    case other
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
    case .exclusion(_, _, let expressions): expressions
    case .notNull, .null, .identity, .primaryKey, .unique, .foreignKey, .other: []
    }
  }
}

public struct AlterTable: Hashable, Sendable {
  public var kind: ObjectKind
  public var table: Reference
  public var ifExists: Bool
  public var changes: [Change]

  public enum Change: Hashable, Sendable {
    case addColumn(ColumnDefinition, ifNotExists: Bool)
    case dropColumn(String, ifExists: Bool, cascade: Bool)
    case setType(column: String, TypeName, using: Expression?)
    /// `nil` drops the default.
    case setDefault(column: String, Expression?)
    case setNotNull(column: String)
    case dropNotNull(column: String)
    case addIdentity(column: String, always: Bool)
    case dropIdentity(column: String)
    case addConstraint(ConstraintDefinition)
    case dropConstraint(String, ifExists: Bool, cascade: Bool)
    case validateConstraint(String)
    case alterConstraint(String, isDeferrable: Bool, isInitiallyDeferred: Bool)
    case rowSecurity(RowSecurityChange)
    case setOwner(String)
    case attachPartition(Reference)
    case detachPartition(Reference)
    case setPersistence(Persistence)
    case other(String)

    public var expressions: [Expression] {
      switch self {
      case .addColumn(let column, _): column.expressions
      case .setType(_, _, let using): using.map { [$0] } ?? []
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

  public struct Element: Hashable, Sendable {
    /// The column, or nil for an expression.
    public var column: String?
    public var expression: Expression?
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
  public var isMaterializedView: Bool
  public var ifNotExists: Bool
  public var persistence: Persistence
}
