/// A value expression. Offsets are bytes of the file, -1 where the grammar keeps none.
public indirect enum Expression: Hashable, Sendable {
  /// `a`, `t.a`, `s.t.a`; `isWhole` for `t.*`.
  case column([String], isWhole: Bool, offset: Int)
  /// `$1`
  case parameter(Int, offset: Int)
  case literal(Literal, offset: Int)
  case call(FunctionCall)
  case operation(Operation)
  case boolean(BooleanOperator, [Expression], offset: Int)
  /// `IS NULL`, `IS NOT TRUE` and the like.
  case test(Test, Expression, offset: Int)
  case cast(Expression, TypeName, offset: Int)
  case collate(Expression, ObjectName, offset: Int)
  case subquery(Subquery)
  case conditional(Conditional)
  /// `COALESCE`, `GREATEST`, `LEAST`
  case choice(Choice, [Expression], offset: Int)
  case array([Expression], offset: Int)
  case row([Expression], offset: Int)
  /// `value.field`, `value[1]`, `value[1:2]`
  case selection(Expression, [Selector])
  /// `CURRENT_DATE` and its relatives, by their names in lower case.
  case value(String, precision: Int?, offset: Int)
  /// `name => value`
  case argument(String, Expression, offset: Int)
  case grouping([Expression], offset: Int)
  /// `DEFAULT` where a value is expected.
  case defaultValue(offset: Int)
  /// Any other construct, by the grammar's name for it, with the expressions inside.
  case other(String, [Expression])

  public enum Literal: Hashable, Sendable {
    case null, integer(Int), number(String), string(String), boolean(Bool), bits(String)
  }

  public enum BooleanOperator: String, Hashable, Sendable {
    case and = "AND", or = "OR", not = "NOT"
  }

  public enum Test: String, Hashable, Sendable {
    case null = "IS NULL"
    case notNull = "IS NOT NULL"
    case isTrue = "IS TRUE"
    case notTrue = "IS NOT TRUE"
    case isFalse = "IS FALSE"
    case notFalse = "IS NOT FALSE"
    case unknown = "IS UNKNOWN"
    case notUnknown = "IS NOT UNKNOWN"
  }

  public enum Choice: String, Hashable, Sendable {
    case coalesce = "COALESCE"
    case greatest = "GREATEST"
    case least = "LEAST"
  }

  public enum Selector: Hashable, Sendable {
    case field(String)
    case all
    case element(Expression)
    case slice(Expression?, Expression?)
  }
}

/// An operator with its operands.
public struct Operation: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case plain
    /// `left op ANY (array)`, `left op ALL (array)`
    case any, all
    case distinct, notDistinct
    case nullIf
    /// `left IN (…)`; the operator is `=`, or `<>` for NOT IN. The first operand is the left side.
    case inList
    case like, caseInsensitiveLike, similar
    case between, notBetween, betweenSymmetric, notBetweenSymmetric
  }

  public var kind: Kind
  public var name: ObjectName
  /// One for a prefix operator.
  public var operands: [Expression]
  public var offset: Int

  package init(kind: Kind, name: ObjectName, operands: [Expression], offset: Int) {
    self.kind = kind
    self.name = name
    self.operands = operands
    self.offset = offset
  }
}

public struct FunctionCall: Hashable, Sendable {
  public var name: ObjectName
  public var arguments: [Expression]
  public var orderBy: [SortKey] = []
  public var filter: Expression?
  public var window: Window?
  public var isStar = false
  public var isDistinct = false
  public var isVariadic = false
  public var isWithinGroup = false
  public var offset: Int

  /// The call's `FILTER`, `ORDER BY` and `OVER` expressions.
  public var modifiers: [Expression] {
    guard !orderBy.isEmpty || filter != nil || window != nil else { return [] }
    return orderBy.map(\.value) + (filter.map { [$0] } ?? []) + (window?.expressions ?? [])
  }
}

public struct Subquery: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case exists, scalar, array
    /// The operator that compares; nil for `IN`.
    case any(ObjectName?)
    case all(ObjectName?)
    case other
  }

  public var kind: Kind
  public var query: Query
  public var test: Expression?
  public var offset: Int
}

/// `CASE`
public struct Conditional: Hashable, Sendable {
  public struct Branch: Hashable, Sendable {
    public var condition: Expression
    public var result: Expression

    package init(condition: Expression, result: Expression) {
      self.condition = condition
      self.result = result
    }
  }

  public var operand: Expression?
  public var branches: [Branch]
  public var otherwise: Expression?
  public var offset: Int
}

public struct SortKey: Hashable, Sendable {
  public var value: Expression
  public var isDescending: Bool
  /// `NULLS FIRST` or `NULLS LAST` as written.
  public var nullsFirst: Bool?
  public var using: ObjectName?
}

public struct Window: Hashable, Sendable {
  /// The window's name in a WINDOW clause, or the one that `OVER name` uses.
  public var name: String?
  /// The window that this one builds on.
  public var base: String?
  public var partitionBy: [Expression]
  public var orderBy: [SortKey]
  /// The frame's options as the grammar has them (PostgreSQL source, `FRAMEOPTION_`).
  public var frame: Int
  public var frameStart: Expression?
  public var frameEnd: Expression?

  public var expressions: [Expression] {
    partitionBy + orderBy.map(\.value) + [frameStart, frameEnd].compactMap { $0 }
  }
}
