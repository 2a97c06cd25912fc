/// A claim that a project makes about its schema: given some rows, what a query then shows or a statement runs into.
public struct Scenario: Sendable {
  /// A value as the configuration gives it.
  public enum Value: Sendable, Hashable {
    case null
    /// A constant in the type's own notation.
    case text(String)
    /// SQL that gives the value.
    case expression(String)
  }

  /// What is to come of it.
  public enum Expectation: Sendable {
    /// The rows of the query, in any order unless it is said to matter. Of each only the named columns count.
    case rows([[String: Value]], isOrdered: Bool)
    /// The SQLSTATE of the rejection (PostgreSQL documentation, appendix A).
    case error(String)
    /// The statements run, and the query finds at least one row.
    case something
    /// The statements run, and the query finds nothing.
    case nothing
  }

  public var name: String
  /// The migration that is applied after the rows are there; nil for all of them before.
  public var migration: String?
  /// Rows by table, in the order in which they are added.
  public var given: [(table: String, rows: [[String: Value]])] = []
  /// Who does it, by the name of the identity; nil for the administrator.
  public var identity: String?
  /// What is done with the rows.
  public var statements: [String] = []
  /// What shows the outcome.
  public var query: String?
  public var expected: Expectation = .something
  /// Where the configuration says it, such as `schemacheck.yml:12`.
  public var place: String

  public init(name: String, place: String) {
    self.name = name
    self.place = place
  }
}

/// The objects that a project says it has.
public struct DeclaredInventory: Sendable {
  /// Names by kind: tables, views, indexes, functions, triggers, policies, sequences, types.
  public var names: [String: [String]]

  public init(names: [String: [String]]) { self.names = names }

  /// The kinds that can be declared.
  public static let kinds = ["tables", "views", "indexes", "functions", "triggers", "policies", "sequences", "types"]
}

/// A failure that a project knows of and lives with.
public struct AcceptedFailure: Sendable {
  /// The check's id, in which `*` stands for anything.
  public var pattern: String
  public var reason: String
  public var place: String

  public init(pattern: String, reason: String, place: String) {
    self.pattern = pattern
    self.reason = reason
    self.place = place
  }
}
