import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/grant-to-public.md.
struct GrantToPublic: Rule {
  static let id = "grant-to-public"
  static let severity = Severity.warning
  static let category = Category.security

  private static let lowTrust: Set<String> = ["anon", "anonymous", "web_anon", "guest", "visitor"]

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward else { return [] }
    switch step.statement.action {
    case .grant(let grant) where grant.isGrant:
      guard grant.grantees.contains(.public), grant.isAboutRows else { return [] }
      return [finding("everybody who can connect gets the privilege", step)]
    case .defaultPrivileges(let change) where change.grant.isGrant && change.grant.kind == .table:
      let role = change.grant.grantees.first { $0 == .public || Self.lowTrust.contains($0.text) }
      return role.map { role in
        [
          finding(
            "'\(role.text)' gets the privilege on every table that is still to be made", step,
            note: "nobody decides for each table whether visitors may see it")
        ]
      } ?? []
    default: return []
    }
  }

  private func finding(
    _ message: String, _ step: Step, note: String = "what is granted to PUBLIC can't be revoked from one role"
  ) -> Diagnostic {
    diagnostic(
      message, at: step.statement.range, of: step, notes: [note],
      help: "grant it to the roles that need it")
  }
}

extension Grant {
  /// Whether it gives access to rows, or lets objects be made.
  fileprivate var isAboutRows: Bool {
    switch kind {
    case .table, .view, .materializedView, .foreignTable, .sequence: true
    default: false
    }
  }
}
