import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/policy-without-role.md.
struct PolicyWithoutRole: Rule {
  static let id = "policy-without-role"
  static let severity = Severity.info
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    let policies = chain.securedTables.flatMap(\.policies).filter {
      $0.definition.roles.isEmpty || $0.definition.roles == [.public]
    }
    return policies.prefix(1).compactMap { policy in
      diagnostic(
        "policy '\(policy.name)' names no role", about: policy,
        notes: [
          "it is evaluated for every role, also for those that may never see a row"
        ] + (policies.count > 1 ? ["\(policies.count) policies name none"] : []),
        help: "say with TO which role it is for")
    }
  }
}
