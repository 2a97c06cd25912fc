import PostgresSyntax

/// See rules/sqlite-syntax.md.
struct SqliteSyntax: DialectSyntax {
  static let id = "sqlite-syntax"
  static let dialect = Dialect.sqlite
}
