/// A `SELECT`, `VALUES` or set operation.
public struct Query: Hashable, Sendable {
  public var with: [CommonTableExpression] = []
  public var isRecursive = false
  public var targets: [Target] = []
  public var distinct: Distinct?
  public var from: [FromItem] = []
  public var filter: Expression?
  public var groupBy: [Expression] = []
  public var having: Expression?
  public var windows: [Window] = []
  public var orderBy: [SortKey] = []
  public var limit: Expression?
  public var skip: Expression?
  /// The rows of `VALUES`.
  public var values: [[Expression]] = []
  public var setOperation: SetOperation?
  /// Both sides of UNION, INTERSECT and EXCEPT.
  public var operands: [Query] = []
  /// `SELECT … INTO`
  public var into: Reference?
  /// `FOR UPDATE` and the like.
  public var locking: [Locking] = []

  public init() {}

  public enum Distinct: Hashable, Sendable {
    case all
    case on([Expression])
  }

  public struct SetOperation: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
      case union = "UNION"
      case intersect = "INTERSECT"
      case except = "EXCEPT"
    }
    public var kind: Kind
    public var isAll: Bool
  }

  public struct Locking: Hashable, Sendable {
    /// `UPDATE`, `NO KEY UPDATE`, `SHARE` or `KEY SHARE`
    public var strength: String
    /// The tables of `OF`; none where all are meant.
    public var tables: [Reference]
  }

  public struct Target: Hashable, Sendable {
    public var name: String?
    public var value: Expression
    public var offset: Int

    package init(name: String?, value: Expression, offset: Int) {
      self.name = name
      self.value = value
      self.offset = offset
    }
  }
}

public struct CommonTableExpression: Hashable, Sendable {
  public var name: String
  public var columns: [String]
  public var statement: Action
  public var offset: Int
  /// `MATERIALIZED` or `NOT MATERIALIZED`, where written.
  public var isMaterialized: Bool?
  /// Columns that `SEARCH` and `CYCLE` add.
  public var addsColumns = false
}

public indirect enum FromItem: Hashable, Sendable {
  case relation(Reference, alias: Alias?)
  case subquery(Query, alias: Alias?, isLateral: Bool)
  case function(FunctionItem)
  case join(Join)
  /// `XMLTABLE` and what the grammar has no model for here, with the expressions inside.
  case other([Expression], alias: Alias?, columns: [(name: String, type: TypeName?)])

  public static func == (a: FromItem, b: FromItem) -> Bool {
    switch (a, b) {
    case (.relation(let a, let x), .relation(let b, let y)): a == b && x == y
    case (.subquery(let a, let x, let k), .subquery(let b, let y, let l)): a == b && x == y && k == l
    case (.function(let a), .function(let b)): a == b
    case (.join(let a), .join(let b)): a == b
    case (.other(let a, let x, _), .other(let b, let y, _)): a == b && x == y
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .relation(let reference, let alias):
      hasher.combine(reference)
      hasher.combine(alias)
    case .subquery(let query, let alias, _):
      hasher.combine(query)
      hasher.combine(alias)
    case .function(let item): hasher.combine(item)
    case .join(let join): hasher.combine(join)
    case .other(let expressions, _, _): hasher.combine(expressions)
    }
  }
}

public struct Alias: Hashable, Sendable {
  public var name: String
  public var columns: [String]
}

/// A function in FROM.
public struct FunctionItem: Hashable, Sendable {
  public struct Call: Hashable, Sendable {
    public var expression: Expression
    /// `AS (name type, …)`
    public var columns: [ColumnDefinition]
  }

  public var calls: [Call]
  public var alias: Alias?
  public var isLateral: Bool
  public var hasOrdinality: Bool
  public var isRowsFrom: Bool
}

public struct Join: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    case inner = "INNER"
    case left = "LEFT"
    case right = "RIGHT"
    case full = "FULL"
  }

  public var kind: Kind
  public var isNatural: Bool
  public var left: FromItem
  public var right: FromItem
  public var using: [String]
  public var usingAlias: String?
  public var condition: Expression?
  public var alias: Alias?
}
