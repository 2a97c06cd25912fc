import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/policy-missing-check.md.
struct PolicyMissingCheck: Rule {
  static let id = "policy-missing-check"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.securedTables.flatMap { table in
      let security = RowSecurity(table: table)
      return table.policies.compactMap { policy -> Diagnostic? in
        let definition = policy.definition
        guard definition.isPermissive, !definition.isForTrustedRoles, ["all", "update"].contains(definition.command),
          let check = definition.withCheck
        else { return nil }
        let kept = security.isolatingColumns(definition.using)
        guard !kept.isEmpty, kept.isDisjoint(with: security.ownColumns(check)),
          kept.isDisjoint(with: security.isolatingColumns(check))
        else { return nil }
        let column = kept.sorted()[0]
        return diagnostic(
          "with policy '\(policy.name)', a row can be given to somebody else", about: policy,
          notes: ["USING looks at '\(column)' of the old row, WITH CHECK doesn't look at that of the new one"],
          help: "repeat the condition on '\(column)' in WITH CHECK, or leave WITH CHECK out")
      }
    }
  }
}
