import PostgresSyntax

/// See rules/sqlserver-syntax.md.
struct SqlserverSyntax: DialectSyntax {
  static let id = "sqlserver-syntax"
  static let dialect = Dialect.sqlServer
}
