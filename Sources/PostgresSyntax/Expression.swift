/// A value expression. Offsets are bytes of the file, -1 where the grammar keeps none.
public indirect enum Expression: Hashable, Sendable {
  /// `a`, `t.a`, `s.t.a`; `isWhole` for `t.*`.
  case column([String], isWhole: Bool, offset: Int)
  case literal(Literal, offset: Int)
  case call(FunctionCall)
  /// An operator with its operands; comparisons with `ANY`, `IN` and `BETWEEN` keep the operator's name.
  case operation(String, [Expression], offset: Int)
  case boolean(BooleanOperator, [Expression], offset: Int)
  case cast(Expression, TypeName, offset: Int)
  case subquery(Query, test: Expression?, offset: Int)
  /// Any other construct, by the grammar's name for it, with the expressions inside.
  case other(String, [Expression])

  public enum Literal: Hashable, Sendable {
    case null, integer(Int), number(String), string(String), boolean(Bool), bits(String)
  }

  public enum BooleanOperator: String, Hashable, Sendable {
    case and = "AND", or = "OR", not = "NOT"
  }
}

public struct FunctionCall: Hashable, Sendable {
  public var name: ObjectName
  public var arguments: [Expression]
  /// The call's `FILTER`, `ORDER BY` and `OVER` expressions.
  public var modifiers: [Expression]
  public var isStar: Bool
  public var offset: Int
}

/// A `SELECT`, `VALUES` or set operation.
public struct Query: Hashable, Sendable {
  public var with: [CommonTableExpression] = []
  public var targets: [Target] = []
  public var from: [FromItem] = []
  public var filter: Expression?
  /// GROUP BY, HAVING, ORDER BY, LIMIT, VALUES and window definitions.
  public var otherExpressions: [Expression] = []
  /// Both sides of UNION, INTERSECT and EXCEPT.
  public var operands: [Query] = []
  /// `SELECT … INTO`
  public var into: Reference?

  public init() {}

  public struct Target: Hashable, Sendable {
    public var name: String?
    public var value: Expression
    public var offset: Int
  }
}

public struct CommonTableExpression: Hashable, Sendable {
  public var name: String
  public var statement: Action
}

public indirect enum FromItem: Hashable, Sendable {
  case relation(Reference, alias: String?)
  case subquery(Query, alias: String?)
  case function([Expression], alias: String?)
  case join(FromItem, FromItem, condition: Expression?)
  case other([Expression])
}
