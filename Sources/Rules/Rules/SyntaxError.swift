import Diagnostics

/// See rules/syntax-error.md.
struct SyntaxError: Rule {
  static let id = "syntax-error"
  static let severity = Severity.error
  static let category = Category.dialect

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.syntaxErrors.map { unparsed in
      Diagnostic(
        rule: Self.id, severity: Self.severity, category: Self.category,
        message: unparsed.error.message.replacing("\"", with: "'"), range: unparsed.file.range(unparsed.error.range),
        migration: unparsed.migration, direction: unparsed.direction,
        labels: [], notes: ["the statement is left out of the replay; those around it are not"],
        help: "PostgreSQL's grammar accepts the statement only up to here", sqlState: "42601")
    }
  }
}
