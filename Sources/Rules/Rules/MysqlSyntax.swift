import PostgresSyntax

/// See rules/mysql-syntax.md.
struct MysqlSyntax: DialectSyntax {
  static let id = "mysql-syntax"
  static let dialect = Dialect.mysql
}
