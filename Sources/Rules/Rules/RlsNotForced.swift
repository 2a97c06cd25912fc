import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/rls-not-forced.md.
struct RlsNotForced: Rule {
  static let id = "rls-not-forced"
  static let severity = Severity.info
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    let tables = chain.securedTables.filter { !$0.forcesRowSecurity && !$0.policies.isEmpty }
    return tables.prefix(1).compactMap { table in
      diagnostic(
        "policies of '\(table.name.name)' don't apply to its owner", about: table,
        notes: ["a program that connects as the role that runs the migrations sees all rows"]
          + (tables.count > 1
            ? ["the same holds for \(tables.count - 1) other \(tables.count == 2 ? "table" : "tables")"] : []),
        help: "connect as another role, or add FORCE ROW LEVEL SECURITY")
    }
  }
}
