/// What PostgreSQL has to say against a statement.
public struct PostgresError: Error, Hashable, Sendable {
  /// Five characters (PostgreSQL documentation, appendix A); nil where the error is the connection's.
  public var sqlState: String?
  public var message: String
  public var detail: String?
  public var hint: String?
  /// Where in the statement, in characters from 1.
  public var position: Int?
  public var constraint: String?
  /// The table, column and data type that it is about, where the server says so.
  public var table: String?
  public var column: String?
  public var dataType: String?
  /// The file of the server's source that reports it, such as `tablecmds.c`.
  public var sourceFile: String?
  /// Whether the connection is gone with it.
  public var isConnectionLost: Bool
}

/// Why there is no server to work with.
public struct ServerError: Error, Hashable, Sendable {
  /// One sentence that says what to do.
  public var message: String

  public init(_ message: String) {
    self.message = message
  }
}
