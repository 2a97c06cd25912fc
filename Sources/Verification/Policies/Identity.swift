import PostgresSyntax

/// What a project says that somebody sees of a table.
public struct VisibleRows: Sendable, Hashable {
  public var table: String
  /// The name of the identity; nil for all.
  public var identity: String?
  /// The condition that the rows fulfil, as the administrator would write it: `true` for all, `false` for none.
  public var condition: String

  public init(table: String, identity: String?, condition: String) {
    self.table = table
    self.identity = identity
    self.condition = condition
  }
}

/// Somebody who uses the database: a role, and what the program sets in its session.
public struct Identity: Sendable, Hashable {
  public var name: String
  public var role: String
  /// Settings by name, as `SET` takes them.
  public var settings: [String: String]
  /// By column, the value that says that a row is this one's.
  public var owns: [String: String]
  /// Whether all rows are this one's to see, as an administrator's are.
  public var seesEverything: Bool

  public init(
    name: String, role: String, settings: [String: String] = [:], owns: [String: String] = [:],
    seesEverything: Bool = false
  ) {
    self.name = name
    self.role = role
    self.settings = settings
    self.owns = owns
    self.seesEverything = seesEverything
  }

  /// What makes a session this one's until the transaction ends.
  var assumption: [String] {
    settings.assignments(isLocal: true) + ["SET LOCAL ROLE \(role.sqlIdentifier)"]
  }
}

extension [String: String] {
  /// What sets settings by name, until the transaction ends or for as long as the session lasts.
  func assignments(isLocal: Bool) -> [String] {
    sorted { $0.key < $1.key }.map {
      "SELECT pg_catalog.set_config(\($0.key.sqlLiteral), \($0.value.sqlLiteral), \(isLocal))"
    }
  }
}
