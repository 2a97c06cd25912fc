import Diagnostics

/// See rules/syntax-error.md.
struct SyntaxError: Rule {
  static let id = "syntax-error"
  static let severity = Severity.error
  static let category = Category.dialect

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.syntaxErrors.map { unparsed in
      var diagnostic = Diagnostic(
        rule: Self.id, severity: Self.severity, category: Self.category,
        message: unparsed.error.message.replacing("\"", with: "'"), range: unparsed.file.range(unparsed.error.range),
        migration: unparsed.migration, direction: unparsed.direction,
        notes: ["the statement is left out of the replay; those around it are not"],
        help: "PostgreSQL's grammar accepts the statement only up to here", sqlState: "42601")
      if let newer = NewerSyntax(unparsed) { explain(&diagnostic, newer, chain.declaredVersion) }
      return diagnostic
    }
  }

  /// An error only where the migrations are known to be for an older server.
  private func explain(_ diagnostic: inout Diagnostic, _ newer: NewerSyntax, _ version: Int?) {
    diagnostic.message = "\(newer.construct) needs PostgreSQL \(newer.version)"
    if let version, version >= newer.version {
      diagnostic.severity = .info
      diagnostic.help = "nothing is wrong: schemacheck reads the grammar of PostgreSQL 15"
    } else {
      diagnostic.severity = version == nil ? .warning : .error
      diagnostic.help =
        version == nil
        ? "say with pg-version which server the migrations are for" : "write it as older versions have it"
    }
    if version.map({ $0 >= newer.version }) ?? true { diagnostic.sqlState = nil }
  }
}
