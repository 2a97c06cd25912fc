/// A server that was there before: each run has databases of its own, which are gone afterwards, and touches nothing else.
public enum ExistingServer {
  /// Works on a server and leaves it as it was: the run's databases are dropped, and the roles that came into being
  /// meanwhile and that the run knows by name.
  ///
  /// What a run that was killed has left is dropped first: its databases carry the number of a lock that it no longer
  /// holds.
  ///
  /// - Parameters:
  ///   - url: a URL or connection string, of a database from which others can be made.
  ///   - roles: whether a role of that name is the run's to drop.
  /// - Throws: `ServerError` where the server can't be reached or used, and what `body` throws.
  public static func run<Value: Sendable>(
    _ url: String, roles isOwn: (String) -> Bool, _ body: (Server) throws -> Value
  ) throws -> Value {
    let number = Int32.random(in: 0x1000_0000...0x7fff_ffff)
    let server = Server(url: url, prefix: "schemacheck_\(String(number, radix: 16))_")
    let guardian: Connection
    do {
      guardian = try server.connect(to: nil)
      try guardian.query("SELECT pg_catalog.pg_advisory_lock($1, $2)", [lockSpace, String(number)])
      try sweep(guardian)
    } catch let error as PostgresError {
      throw ServerError("cannot use the server of --server: \(error.message)")
    }
    let before = try guardian.roleNames()
    let result = Result { try body(server) }
    try? drop(prefix: server.prefix, guardian)
    for role in try guardian.roleNames().subtracting(before) where isOwn(role) { try? guardian.dropRole(role) }
    return try result.get()
  }

  /// The first half of the advisory locks of our runs: "sche" in ASCII.
  private static let lockSpace = String(0x7363_6865)

  private static func sweep(_ connection: Connection) throws {
    let names = try connection.execute(
      "SELECT datname FROM pg_catalog.pg_database WHERE datname ~ '^schemacheck_[0-9a-f]{8}_'"
    ).values.compactMap { $0.first ?? nil }
    for prefix in Set(names.map { String($0.prefix("schemacheck_".count + 9)) }) {
      guard let number = Int32(prefix.dropFirst("schemacheck_".count).dropLast(), radix: 16) else { continue }
      let key = [lockSpace, String(number)]
      let isFree =
        try connection.query("SELECT pg_catalog.pg_try_advisory_lock($1, $2)", key).values.first?.first == "t"
      guard isFree else { continue }
      try drop(prefix: prefix, connection)
      try connection.query("SELECT pg_catalog.pg_advisory_unlock($1, $2)", key)
    }
  }

  private static func drop(prefix: String, _ connection: Connection) throws {
    let names = try connection.query(
      "SELECT datname FROM pg_catalog.pg_database WHERE pg_catalog.starts_with(datname, $1)", [prefix]
    ).values
    for case let name? in names.compactMap(\.first) { try connection.execute("DROP DATABASE \"\(name)\" WITH (FORCE)") }
  }
}

extension Connection {
  fileprivate func dropRole(_ role: String) throws {
    let quoted = "\"" + role.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    try execute("DROP OWNED BY \(quoted)")
    try execute("DROP ROLE \(quoted)")
  }
}

extension Connection {
  /// The names of the server's roles.
  ///
  /// - Throws: `PostgresError` where the connection is lost.
  public func roleNames() throws(PostgresError) -> Set<String> {
    Set(try execute("SELECT rolname FROM pg_catalog.pg_roles").values.compactMap { $0.first ?? nil })
  }
}
