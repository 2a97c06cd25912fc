import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/rls-without-policy.md.
struct RlsWithoutPolicy: Rule {
  static let id = "rls-without-policy"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    let tables = chain.securedTables.filter { table in
      !table.policies.contains { $0.definition.isPermissive || $0.definition.using?.isAlwaysFalse == true }
        && !chain.final.mayHaveChanged(table) && chain.psqlCommands.isEmpty
    }
    let isSupabase =
      chain.set.layout == "supabase" || chain.final.hasRole("service_role")
      || chain.securedTables.flatMap(\.policies).contains { $0.definition.using?.callsSupabase == true }
    // Where most tables have none, that is the design: one finding says so.
    let isDesign = tables.count > 3 && tables.count * 2 > chain.securedTables.count
    return tables.prefix(isDesign ? 1 : tables.count).compactMap { table in
      let hasOthers = !table.policies.isEmpty
      return diagnostic(
        "table '\(table.name.name)' has row level security and no \(hasOthers ? "permissive " : "")policy",
        // Supabase's service role bypasses policies, and a table that only it uses needs none.
        about: table, severity: isSupabase ? .info : Self.severity,
        notes: ["nobody but its owner, superusers and roles with BYPASSRLS sees or writes a row"]
          + (isDesign ? ["\(tables.count) tables have none"] : []),
        help: hasOthers
          ? "restrictive policies only take away: add a permissive one"
          : "add a policy, or allow this where only such roles use the table")
    }
  }
}

extension Expression {
  /// Whether it asks Supabase who asks.
  fileprivate var callsSupabase: Bool {
    var found = false
    walk { if case .call(let call) = $0, call.name.schema == "auth" { found = true } }
    return found
  }
}
