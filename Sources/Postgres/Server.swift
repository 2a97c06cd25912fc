import Foundation

/// A PostgreSQL server to work on.
public struct Server: Sendable {
  /// libpq's connection parameters, without the database.
  private let parameters: [(key: String, value: String)]
  /// What the names of our databases begin with.
  public let prefix: String
  /// The folder of a throwaway server's socket; nil for a server that was there before.
  public let socketFolder: String?

  /// A throwaway server.
  init(socketFolder: String) {
    self.socketFolder = socketFolder
    prefix = "schemacheck_"
    parameters = [
      ("host", socketFolder), ("port", "5432"), ("user", "postgres"), ("client_encoding", "UTF8"),
      ("application_name", "schemacheck"), ("connect_timeout", "10"),
    ]
  }

  /// - Parameters:
  ///   - url: how to reach a server that is there: a URL or a connection string (PostgreSQL documentation, section 34.1.1).
  ///   - prefix: what the names of the run's databases begin with.
  init(url: String, prefix: String) {
    socketFolder = nil
    self.prefix = prefix
    // Of two names of databases, the first may be a whole URL, and the second counts.
    parameters = [
      ("dbname", url), ("client_encoding", "UTF8"), ("application_name", prefix), ("connect_timeout", "10"),
      ("fallback_application_name", "schemacheck"),
    ]
  }

  /// The name of the run's database for a purpose.
  public func database(_ purpose: String) -> String { prefix + purpose }

  /// A session with one of the server's databases; with the one of the URL where none is named.
  ///
  /// - Throws: `PostgresError` where the server refuses it; `ServerError` without libpq.
  public func connect(to database: String?) throws -> Connection {
    try Connection(parameters + (database.map { [("dbname", $0)] } ?? []))
  }

  /// Whether the server can be reached again within some seconds, after the crash of a session has ended all of them.
  public var comesBack: Bool {
    for _ in 0..<50 {
      if (try? connectAsAdministrator()) != nil { return true }
      usleep(100_000)
    }
    return false
  }

  /// A session with the database that databases are made and dropped from.
  ///
  /// - Throws: `PostgresError` where the server refuses it.
  public func connectAsAdministrator() throws -> Connection {
    try connect(to: socketFolder == nil ? nil : "postgres")
  }
}
