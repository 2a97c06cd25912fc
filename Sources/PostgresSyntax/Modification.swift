/// INSERT, UPDATE, DELETE or MERGE.
public struct Modification: Hashable, Sendable {
  public var table: Reference
  public var alias: Alias?
  public var columns: [Column] = []
  /// The query or VALUES of an INSERT; nil for `DEFAULT VALUES`.
  public var source: Query?
  public var with: [CommonTableExpression] = []
  public var from: [FromItem] = []
  public var filter: Expression?
  public var conflict: Conflict?
  /// The `WHEN` clauses of MERGE.
  public var cases: [Case] = []
  public var returning: [Query.Target] = []
  /// `OVERRIDING SYSTEM VALUE`
  public var overridesSystemValues = false
  /// `OVERRIDING USER VALUE`
  public var overridesUserValues = false

  package init(table: Reference, alias: Alias? = nil) {
    self.table = table
    self.alias = alias
  }

  public struct Column: Hashable, Sendable {
    public var name: String
    public var selectors: [Expression.Selector]
    /// The new value; nil in the column list of an INSERT.
    public var value: Expression?
    /// The position in the row that `(a, b) = …` assigns, from 0, where the value is that row.
    public var position: Int?
    public var offset: Int
  }

  /// `ON CONFLICT`
  public struct Conflict: Hashable, Sendable {
    /// The columns and expressions of the index that is meant; empty where a constraint or nothing is named.
    public var elements: [CreateIndex.Element]
    public var filter: Expression?
    public var constraint: String?
    public var doesUpdate: Bool
    public var assignments: [Column]
    public var condition: Expression?
    public var offset: Int
  }

  public struct Case: Hashable, Sendable {
    public enum Kind: Hashable, Sendable { case insert, update, delete, nothing }
    public var kind: Kind
    public var isMatched: Bool
    public var condition: Expression?
    public var columns: [Column]
    public var values: [Expression]
    public var overridesSystemValues = false
    public var overridesUserValues = false
  }

  /// The expressions that belong to the statement itself.
  public var ownExpressions: [Expression] {
    columns.compactMap(\.value) + from.flatMap(\.expressions) + (filter.map { [$0] } ?? [])
      + (conflict?.expressions ?? []) + cases.flatMap(\.expressions) + returning.map(\.value)
  }
}

extension Modification.Conflict {
  var expressions: [Expression] {
    elements.compactMap(\.expression) + assignments.compactMap(\.value) + [filter, condition].compactMap { $0 }
  }
}

extension Modification.Case {
  var expressions: [Expression] { columns.compactMap(\.value) + values + (condition.map { [$0] } ?? []) }
}
