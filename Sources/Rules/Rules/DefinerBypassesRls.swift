import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/definer-bypasses-rls.md.
struct DefinerBypassesRls: Rule {
  static let id = "definer-bypasses-rls"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    let asking = chain.routinesThatAskWhoCalls
    return chain.definerRoutines.compactMap { routine, origin in
      guard let body = routine.definition.body, chain.isCalledByOthers(routine), !body.text.asksWhoCalls,
        asking.isDisjoint(with: body.text.words)
      else {
        return nil
      }
      let text = CodeText(body, in: origin.file, within: origin.range)
      for inner in text.statements(language: body.language) {
        guard let reference = inner.action.tablesWritten.first, !inner.action.dependsOnCaller,
          let table = chain.final.relation(reference.name), table.hasRowSecurity, !table.forcesRowSecurity
        else { continue }
        return diagnostic(
          "'\(routine.displayName)' writes to '\(table.name.name)' as its owner, to whom the policies don't apply",
          at: inner.range, of: origin,
          labels: table.policies.first?.origin.map {
            [$0.label("a policy that isn't asked", naming: table.policies[0].name)]
          } ?? [],
          notes: ["whoever may call it, or fires its trigger, can write what the policies forbid"],
          help: "make it SECURITY INVOKER, or check in the function whose row it is")
      }
      return nil
    }
  }
}

extension Action {
  /// The table whose rows the statement changes.
  fileprivate var tablesWritten: [Reference] {
    switch self {
    case .insert(let change), .update(let change), .delete(let change), .merge(let change): [change.table]
    default: []
    }
  }

  /// Whether it asks for the caller itself.
  fileprivate var dependsOnCaller: Bool {
    var found = false
    walkExpressions { expression in
      if case .call(let call) = expression {
        if call.name.schema == "auth" || call.name.name == "current_setting" || call.name.name.hasPrefix("current_") {
          found = true
        }
      }
    }
    return found
  }
}

extension Chain {
  /// The names of functions that ask who calls them.
  fileprivate var routinesThatAskWhoCalls: Set<Substring> {
    Set(final.allRoutines.filter { $0.definition.body?.text.asksWhoCalls == true }.map { $0.name.name[...] })
  }

  /// Whether a trigger runs the function, or roles may call it that aren't trusted with everything anyway.
  fileprivate func isCalledByOthers(_ routine: Routine) -> Bool {
    if final.returnsTrigger(routine) { return true }
    return final.privileges(on: routine).contains { role, held in
      held.contains("EXECUTE") && !RoleName.role(role, offset: -1).isTrusted
    }
  }
}

extension String {
  fileprivate var asksWhoCalls: Bool {
    ["auth.uid()", "auth.jwt()", "auth.role()", "session_user"].contains { utf8.firstRange(of: $0.utf8) != nil }
  }

  fileprivate var words: Set<Substring> { Set(split { !($0.isLetter || $0.isNumber || $0 == "_") }) }
}
