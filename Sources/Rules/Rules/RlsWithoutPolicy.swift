import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/rls-without-policy.md.
struct RlsWithoutPolicy: Rule {
  static let id = "rls-without-policy"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.securedTables.compactMap { table in
      guard !table.policies.contains(where: { $0.definition.isPermissive }) else { return nil }
      let hasOthers = !table.policies.isEmpty
      return diagnostic(
        "table '\(table.name.name)' has row level security and no \(hasOthers ? "permissive " : "")policy", about: table,
        notes: ["nobody but its owner, superusers and roles with BYPASSRLS sees or writes a row"],
        help: hasOthers ? "restrictive policies only take away: add a permissive one" : "add a policy, or allow this where only such roles use the table")
    }
  }
}
