import Postgres
import PostgresSyntax

/// The databases of one throwaway server that a verification works on.
struct Databases: Sendable {
  var server: Server
  /// The search path that the platform sets; nil for the server's own.
  var searchPath: [String]?

  /// Makes a database, empty or a copy of another to which nobody is connected.
  ///
  /// - Throws: `PostgresError` where the server refuses it.
  func create(_ name: String, copying template: String = "template0") throws {
    let admin = try server.connectAsAdministrator()
    // Copying files is quicker where nothing waits for the disk.
    let strategy = server.socketFolder != nil && admin.majorVersion >= 15 ? " STRATEGY file_copy" : ""
    try admin.execute("CREATE DATABASE \(name) TEMPLATE \(template)\(strategy)")
    if let searchPath {
      try admin.execute(
        "ALTER DATABASE \(name) SET search_path = \(searchPath.map(\.sqlIdentifier).joined(separator: ", "))")
    }
  }

  /// Makes roles, unless they are there.
  func create(_ roles: [String]) throws {
    guard !roles.isEmpty else { return }
    let there = try self.roles()
    let admin = try server.connectAsAdministrator()
    for role in roles where !there.contains(role) { try admin.execute("CREATE ROLE \(role.sqlIdentifier)") }
  }

  /// The names of all roles.
  func roles() throws -> Set<String> {
    try server.connectAsAdministrator().roleNames()
  }

  /// Lets `body` work as if some roles were not there.
  func without<Value>(_ roles: Set<String>, _ body: () throws -> Value) throws -> Value {
    let admin = try server.connectAsAdministrator()
    try RoleRemoval.putAside(roles, admin)
    let result = Result { try body() }
    try RoleRemoval.undo(admin)
    return try result.get()
  }

  func drop(_ name: String) throws {
    let admin = try server.connectAsAdministrator()
    try admin.execute("DROP DATABASE \(name) WITH (FORCE)")
  }

  /// Lets `body` work on a copy that is gone afterwards.
  ///
  /// - Parameter connection: the one session with the database, which is closed for the time of copying.
  func withCopy<Value>(of template: String, leaving connection: Connection? = nil, _ body: (Connection) throws -> Value)
    throws -> Value
  {
    let name = "\(template)_copy"
    connection?.close()
    let made = Result { try create(name, copying: template) }
    try connection?.reopen()
    try made.get()
    let aside = try RoleRemoval.rolesAside(try server.connectAsAdministrator())
    let result = Result { try body(try server.connect(to: name)) }
    try drop(name)
    try RoleRemoval.undo(besides: aside, try server.connectAsAdministrator())
    return try result.get()
  }
}
