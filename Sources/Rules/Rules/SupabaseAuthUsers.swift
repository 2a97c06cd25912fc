import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/supabase-auth-users.md.
struct SupabaseAuthUsers: Rule {
  static let id = "supabase-auth-users"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.final.views.compactMap { view in
      guard view.name.schema == "public", view.options["security_invoker"] == nil,
        let query = view.view?.query,
        query.relations().contains(where: { $0.name == ObjectName(schema: "auth", "users") })
      else { return nil }
      return diagnostic(
        "view '\(view.name.name)' shows 'auth.users' to the roles of the API", about: view,
        notes: ["views of the schema 'public' are part of the API, and read as their owner"],
        help: "copy what is needed to a table of your own by a trigger, or move the view to a schema that isn't exposed"
      )
    }
  }
}
