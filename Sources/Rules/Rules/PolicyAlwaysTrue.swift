import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/policy-always-true.md.
struct PolicyAlwaysTrue: Rule {
  static let id = "policy-always-true"
  static let severity = Severity.error
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.securedTables.flatMap { table in
      table.policies.compactMap { policy -> Diagnostic? in
        let definition = policy.definition
        guard definition.isPermissive, !definition.isForTrustedRoles else { return nil }
        let using = definition.using?.isAlwaysTrue == true
        let check = definition.withCheck?.isAlwaysTrue == true
        guard using || check, let (severity, note) = weight(policy, table, chain, usesUsing: using) else { return nil }
        return diagnostic(
          "policy '\(policy.name)' is true for every row", about: policy, severity: severity, notes: [note],
          help: "compare a column of the row with who asks")
      }
    }
  }

  private func weight(_ policy: Policy, _ table: Relation, _ chain: Chain, usesUsing: Bool) -> (Severity, String)? {
    let security = RowSecurity(table: table)
    let definition = policy.definition
    // Restrictive policies need a permissive one beside them (PostgreSQL documentation, `CREATE POLICY`).
    let isRestricted = table.policies.contains { other in
      !other.definition.isPermissive && other.definition.overlaps(definition)
        && !security.isolatingColumns(usesUsing ? other.definition.using : other.definition.effectiveCheck).isEmpty
    }
    if isRestricted { return nil }
    let isolating = table.policies.first { other in
      other.name != policy.name && other.definition.isPermissive && other.definition.overlaps(definition)
        && !security.isolatingColumns(usesUsing ? other.definition.using : other.definition.effectiveCheck).isEmpty
    }
    if definition.command == "all", usesUsing, definition.isForEveryone {
      return (.error, "it is for every command and every role: row level security protects nothing here")
    }
    if usesUsing, let declared = table.columns.first(where: { chain.tenantColumns.contains($0.name) }) {
      return (.error, "'\(declared.name)' says whose a row is, and the policy doesn't look at it")
    }
    // A role of its own is meant to have what others haven't.
    if !definition.isForEveryone, !definition.roles.contains(where: { ["anon", "authenticated"].contains($0.text) }) {
      return nil
    }
    // What is open to read is meant to be, unless a column says whose the rows are.
    if definition.command == "select", isolating == nil || isolating?.definition.command == "all",
      chain.ownerColumn(of: table) == nil || policy.origin?.isExplained == true
        || definition.saysPublic(policy.name)
          && chain.tenantColumn(of: table) == nil
    {
      return nil
    }
    if let isolating, definition.command == "select", isolating.definition.command == "all" {
      return (.info, "everybody sees all rows, and '\(isolating.name)' only says who may write them")
    }
    if let isolating, definition.command != "select" || !definition.saysPublic(policy.name) {
      return (.warning, "it is joined by OR with '\(isolating.name)', which then keeps nothing apart")
    }
    let who = definition.isForEveryone ? "every role with the privilege" : definition.roles.map(\.text).quotedList()
    switch definition.command {
    case "select": return (.info, "\(who) \(definition.roles.count > 1 ? "see" : "sees") all rows")
    case "insert": return (.info, "\(who) can insert any row")
    default:
      return (
        .warning,
        "\(who) that may \(definition.command == "all" ? "write to" : definition.command) the table can do so with any row"
      )
    }
  }
}

extension CreatePolicy {
  /// Whether the policy's name says that everybody is meant to see the rows.
  fileprivate func saysPublic(_ name: String) -> Bool {
    ["public", "everyone", "anyone", "all users", "viewable", "read"].contains { name.lowercased().contains($0) }
  }
}
