public struct CreateAggregate: Hashable, Sendable {
  public var name: ObjectName
  public var arguments: [CreateFunction.Argument]
  public var orReplace: Bool
  /// How many of the arguments are direct; nil for an ordinary aggregate.
  public var directArguments: Int?
  public var transitionFunction: ObjectName?
  public var transitionType: TypeName?
  public var finalFunction: ObjectName?
  /// `FINALFUNC_EXTRA`
  public var hasExtraFinalArguments = false
}

public struct CreateOperator: Hashable, Sendable {
  public var name: ObjectName
  public var left: TypeName?
  public var right: TypeName?
  public var function: ObjectName?
}

public struct CreateOperatorClass: Hashable, Sendable {
  public var name: ObjectName
  public var family: ObjectName?
  public var method: String
  public var type: TypeName
  public var isDefault: Bool
}

public struct CreateCast: Hashable, Sendable {
  public enum Context: Hashable, Sendable { case explicit, assignment, implicit }
  public var source: TypeName
  public var target: TypeName
  public var function: Target?
  public var context: Context
}

public struct CreateStatistics: Hashable, Sendable {
  public var name: ObjectName?
  public var table: Reference?
  public var kinds: [String]
  public var columns: [String]
  public var expressions: [Expression]
  public var ifNotExists: Bool
}

public struct CreatePublication: Hashable, Sendable {
  public enum Change: Hashable, Sendable { case create, add, set, drop, options }
  public var name: String
  public var isForAllTables: Bool
  public var tables: [Reference]
  public var schemas: [String]
  public var change: Change
  /// For each table, the columns that are published; none for all.
  public var columns: [[String]] = []
  /// For each table, the rows that are.
  public var filters: [Expression?] = []
  /// The statements of `publish`; nil where the option isn't given.
  public var publishes: Set<String>?
}

public struct Definition: Hashable, Sendable {
  public var target: Target
  public var orReplace: Bool
  public var ifNotExists: Bool
  /// Whether the statement changes an object that exists.
  public var isAlter: Bool
  /// What the definition refers to: it must exist.
  public var references: [Target]
  /// `SCHEMA`, `FROM` and the like, as written.
  public var options: [String: String]
}
