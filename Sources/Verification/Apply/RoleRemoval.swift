import Migrations
import Postgres
import PostgresSyntax

/// DROP ROLE where other databases of a verification still have rights of the role's: they would not be there if each had a
/// server of its own. The role is put aside under another name instead.
enum RoleRemoval {
  /// What the names of roles that were put aside begin with.
  static let prefix = "schemacheck_was_"

  private struct Holding: Decodable {
    var name: String
    var isHeldHere: Bool
    var isHeldElsewhere: Bool
  }

  /// What to send in place of the statement; nil where it can be sent as it is.
  ///
  /// - Throws: `PostgresError` where the server rejects the question.
  static func substitute(for action: Action, _ connection: Connection) throws -> String? {
    guard case .drop(let drop) = action, drop.kind == .role, !connection.isInFailedTransaction else { return nil }
    let names = drop.objects.map(\.name.name)
    let holdings = try connection.rows(
      ofQuery: """
        SELECT r.rolname AS name,
               coalesce(bool_or(d.dbid IN (0, c.oid)), false) AS is_held_here,
               coalesce(bool_or(d.dbid NOT IN (0, c.oid)), false) AS is_held_elsewhere
        FROM pg_catalog.pg_roles r
        JOIN pg_catalog.pg_database c ON c.datname = pg_catalog.current_database()
        LEFT JOIN pg_catalog.pg_shdepend d
          ON d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = r.oid
        WHERE r.rolname IN (\(names.map(\.sqlLiteral).joined(separator: ", ")))
        GROUP BY r.rolname
        """, Holding.self)
    guard holdings.contains(where: \.isHeldElsewhere), !holdings.contains(where: \.isHeldHere),
      drop.ifExists || holdings.count == names.count
    else { return nil }
    return holdings.map { holding in
      holding.isHeldElsewhere
        ? "ALTER ROLE \(holding.name.sqlIdentifier) RENAME TO \((prefix + holding.name).sqlIdentifier)"
        : "DROP ROLE \(holding.name.sqlIdentifier)"
    }.joined(separator: "; ")
  }

  /// Puts aside the roles that a verification has made, so that they can be made again in another database.
  ///
  /// - Throws: `PostgresError` where the server refuses it.
  static func putAside(_ roles: Set<String>, _ admin: Connection) throws {
    for role in roles.sorted() {
      try admin.execute("ALTER ROLE \(role.sqlIdentifier) RENAME TO \((prefix + role).sqlIdentifier)")
    }
  }

  /// Gives roles that were put aside their names back, in place of those that were made meanwhile.
  ///
  /// - Parameter earlier: those that were put aside before, and stay so.
  /// - Throws: `PostgresError` where the server refuses it.
  static func undo(besides earlier: Set<String> = [], _ admin: Connection) throws {
    for name in try rolesAside(admin).subtracting(earlier).sorted() {
      let original = String(name.dropFirst(prefix.count)).sqlIdentifier
      try admin.execute("DROP ROLE IF EXISTS \(original)")
      try admin.execute("ALTER ROLE \(name.sqlIdentifier) RENAME TO \(original)")
    }
  }

  /// The names under which roles are put aside.
  static func rolesAside(_ admin: Connection) throws -> Set<String> {
    try admin.roleNames().filter { $0.hasPrefix(prefix) }
  }
}

extension MigrationSet {
  /// Whether some file has the name of the role, and so may have made it.
  public func mentions(role: String) -> Bool {
    files.contains { $0.bytes.firstRange(of: Array(role.utf8)) != nil }
  }
}
