import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/policy-command-gap.md.
struct PolicyCommandGap: Rule {
  static let id = "policy-command-gap"
  static let severity = Severity.warning
  static let category = Category.security

  /// Roles that Supabase grants everything by default.
  private static let grantedByPlatform: Set<String> = ["anon", "authenticated", "service_role", "postgres"]

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.securedTables.flatMap { table -> [Diagnostic] in
      guard !table.policies.isEmpty else { return [] }
      let security = RowSecurity(table: table)
      return ungrantedPolicies(table, chain) + uncoveredPrivileges(table, security, chain)
        + blindWrites(table, security)
    }
  }

  /// Privileges of a role for which no policy lets any row through.
  private func uncoveredPrivileges(_ table: Relation, _ security: RowSecurity, _ chain: Chain) -> [Diagnostic] {
    let privileges = chain.final.privileges(on: table)
    return privileges.keys.sorted().compactMap { role in
      guard role != Catalog.everyone, !Self.grantedByPlatform.contains(role), chain.final.owner(of: table) != role
      else {
        return nil
      }
      let gaps = RowSecurity.commands.filter { command in
        privileges[role]?.contains(command.uppercased()) == true
          && !security.policies(for: command).contains { $0.definition.isPermissive && applies($0, role, chain) }
      }
      guard !gaps.isEmpty, gaps.count < RowSecurity.commands.count else { return nil }
      let list = gaps.map { $0.uppercased() }
      return diagnostic(
        "role '\(role)' may \(list.englishList) rows of '\(table.name.name)', and no policy lets it do so",
        about: table,
        notes: [
          gaps.contains("insert")
            ? "an INSERT fails with 42501; an UPDATE or DELETE finds no rows"
            : "the command finds no rows, without an error"
        ],
        help: "add a policy FOR \(list[0]), or revoke the privilege")
    }
  }

  private func applies(_ policy: Policy, _ role: String, _ chain: Chain) -> Bool {
    policy.definition.isForEveryone
      || !chain.final.groups(of: role).isDisjoint(with: policy.definition.roles.map(\.text))
  }

  /// Policies for roles that lack the privilege.
  private func ungrantedPolicies(_ table: Relation, _ chain: Chain) -> [Diagnostic] {
    guard chain.final.privileges(on: table).values.contains(where: { !$0.isEmpty }) else { return [] }
    return table.policies.compactMap { policy in
      let commands = policy.definition.command == "all" ? RowSecurity.commands : [policy.definition.command]
      for case .role(let role, _) in policy.definition.roles where !Self.grantedByPlatform.contains(role) {
        let isGranted = commands.contains { chain.final.may(role, $0.uppercased(), on: table) }
        if !isGranted, chain.final.owner(of: table) != role {
          return diagnostic(
            "policy '\(policy.name)' is for role '\(role)', which has no privilege for it", about: policy,
            notes: ["the server denies access before it looks at the policy"],
            help:
              "add `GRANT \(commands.map { $0.uppercased() }.joined(separator: ", ")) ON \(table.displaySQL) TO \(role.sqlIdentifier);`"
          )
        }
      }
      return nil
    }
  }

  /// Changes that find no row because nothing lets the role see any.
  private func blindWrites(_ table: Relation, _ security: RowSecurity) -> [Diagnostic] {
    guard security.policies(for: "select").isEmpty,
      let policy = table.policies.first(where: { ["update", "delete"].contains($0.definition.command) })
    else { return [] }
    return [
      diagnostic(
        "policy '\(policy.name)' lets rows be changed that no policy lets anybody see", about: policy,
        notes: ["an UPDATE or DELETE with a condition on a column needs a policy for SELECT as well"],
        help: "add a policy FOR SELECT")
    ].compactMap { $0 }
  }
}
