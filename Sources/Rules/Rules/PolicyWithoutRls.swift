import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/policy-without-rls.md.
struct PolicyWithoutRls: Rule {
  static let id = "policy-without-rls"
  static let severity = Severity.error
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.compactMap { table in
      guard !table.hasRowSecurity, let policy = table.policies.first, !chain.final.mayHaveChanged(table) else {
        return nil
      }
      return diagnostic(
        "table '\(table.name.name)' has policies, but row level security is off", about: policy,
        labels: table.origin.map { [$0.label("the table", naming: table.name.name)] } ?? [],
        notes: ["the policies do nothing: everybody who may read the table sees all rows"],
        help: "add `ALTER TABLE \(table.displaySQL) ENABLE ROW LEVEL SECURITY;`")
    }
  }
}
