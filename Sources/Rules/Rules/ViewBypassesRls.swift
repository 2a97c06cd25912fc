import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/view-bypasses-rls.md.
struct ViewBypassesRls: Rule {
  static let id = "view-bypasses-rls"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.final.views.compactMap { view in
      guard let origin = view.origin, origin.migration != nil, let query = view.view?.query,
        view.options["security_invoker"].map({ ["false", "off", "0"].contains($0.lowercased()) }) ?? true,
        let table = query.relations().lazy.compactMap({ chain.final.relation($0.name) })
          .first(where: { $0.hasRowSecurity && !$0.policies.isEmpty })
      else { return nil }
      let isStored = view.kind == .materializedView
      return diagnostic(
        isStored
          ? "materialised view '\(view.name.name)' keeps rows of '\(table.name.name)' whatever its policies say"
          : "view '\(view.name.name)' shows rows of '\(table.name.name)' whatever its policies say",
        about: view,
        labels: table.policies[0].origin.map { [$0.label("one of the policies", naming: table.policies[0].name)] }
          ?? [],
        notes: [
          isStored
            ? "a materialised view has no policies of its own"
            : "a view reads as its owner, to whom the policies don't apply"
        ],
        help: isStored
          ? "don't grant it to roles that the policies are for"
          : "create it WITH (security_invoker = true)\(chain.postgresVersion < 15 ? ", which needs PostgreSQL 15" : "")"
      )
    }
  }
}
