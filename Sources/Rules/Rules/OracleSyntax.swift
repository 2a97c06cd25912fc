import PostgresSyntax

/// See rules/oracle-syntax.md.
struct OracleSyntax: DialectSyntax {
  static let id = "oracle-syntax"
  static let dialect = Dialect.oracle
}
