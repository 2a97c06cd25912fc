import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/definer-public.md.
struct DefinerPublic: Rule {
  static let id = "definer-public"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    let open = chain.definerRoutines.filter { routine, _ in
      !chain.final.returnsTrigger(routine) && routine.definition.body.map { $0.language != "c" } == true
        && chain.final.privileges(on: routine)[Catalog.everyone]?.contains("EXECUTE") == true
    }
    return open.map { routine, origin in
      diagnostic(
        "everybody may call '\(routine.displayName)', which runs as its owner",
        at: origin.mention(of: routine.name.name),
        of: origin, notes: ["PUBLIC may execute every new function"],
        help:
          "add `REVOKE EXECUTE ON FUNCTION \(routine.name.sql)(\(chain.final.signature(of: routine))) FROM PUBLIC;` and grant it to the roles that need it"
      )
    }
  }
}
