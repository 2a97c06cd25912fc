import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/policy-ignores-row.md.
struct PolicyIgnoresRow: Rule {
  static let id = "policy-ignores-row"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.securedTables.flatMap { table -> [Diagnostic] in
      guard let owner = chain.ownerColumn(of: table) else { return [] }
      let security = RowSecurity(table: table)
      return table.policies.compactMap { policy in
        guard policy.definition.isPermissive, !policy.definition.isForTrustedRoles,
          let condition = policy.definition.using ?? policy.definition.withCheck,
          !condition.isAlwaysTrue, !condition.isAlwaysFalse, security.ownColumns(condition).isEmpty,
          condition.dependsOnSession, !condition.asksForPrivilegedRole, !chain.calls(condition, on: table)
        else { return nil }
        return diagnostic(
          "policy '\(policy.name)' doesn't look at the row", about: policy,
          notes: ["who fulfils the condition gets every row of '\(table.name.name)', whatever its '\(owner.name)' is"],
          help: "compare '\(owner.name)' with who asks")
      }
    }
  }
}

extension Expression {
  /// Whether the condition asks for a role that is meant to get everything.
  fileprivate var asksForPrivilegedRole: Bool {
    var found = false
    let words = [
      "admin", "service", "super", "staff", "owner", "moderator", "manager", "moderat", "team_member", "internal",
      "operator", "approver", "reviewer", "system", "role",
    ]
    func check(_ text: String) { if words.contains(where: { text.lowercased().contains($0) }) { found = true } }
    walk { expression in
      switch expression {
      case .literal(.string(let text), _): if text != "authenticated", text != "role" { check(text) }
      case .call(let call): if call.name.name != "role" { check(call.name.name) }
      case .column(let path, _, _): check(path.last ?? "")
      default: break
      }
    }
    return found
  }
}

extension Chain {
  /// Whether the condition calls a function of the schema's own, which may look at anything.
  fileprivate func calls(_ condition: Expression, on table: Relation) -> Bool {
    var found = false
    condition.walk {
      if case .call(let call) = $0, !call.arguments.isEmpty, !final.definedRoutines(call).isEmpty { found = true }
    }
    return found
  }
}
