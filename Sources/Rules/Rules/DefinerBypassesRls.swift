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
      let made = body.text.variablesOfNewRows
      for inner in text.statements(language: body.language) {
        guard let reference = inner.action.tablesWritten.first, !inner.action.dependsOnCaller,
          !inner.action.addsTo(made),
          let table = chain.final.relation(reference.name), table.hasRowSecurity, !table.forcesRowSecurity
        else { continue }
        return diagnostic(
          "'\(routine.displayName)' writes to '\(table.name.name)' as its owner, to whom the policies don't apply",
          at: inner.range, of: origin,
          labels: table.policies.first?.origin.map {
            [$0.label("a policy that isn't asked", naming: table.policies[0].name)]
          } ?? [],
          notes: ["whoever may call it can write what the policies forbid"],
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

  /// Whether it inserts rows that belong to rows which the same function has just made.
  fileprivate func addsTo(_ variables: Set<Substring>) -> Bool {
    guard case .insert(let insert) = self, !variables.isEmpty else { return false }
    return insert.source?.values.joined().contains { value in
      var found = false
      value.walk { if case .column(let path, _, _) = $0, variables.contains(path[0][...]) { found = true } }
      return found
    } == true
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

  /// Whether roles may call it that aren't trusted with everything anyway. What a trigger writes follows from the row
  /// that fires it, which the policies have let through.
  fileprivate func isCalledByOthers(_ routine: Routine) -> Bool {
    if final.returnsTrigger(routine) { return false }
    return final.privileges(on: routine).contains { role, held in
      held.contains("EXECUTE") && !RoleName.role(role, offset: -1).isTrusted
    }
  }
}

extension String {
  /// The variables that hold what `INSERT … RETURNING … INTO` gave, in lower case.
  fileprivate var variablesOfNewRows: Set<Substring> {
    guard containsBytes(of: "INTO") || containsBytes(of: "into") else { return [] }
    return lowercased().split(separator: ";").reduce(into: []) { found, statement in
      let words = statement.split { !($0.isLetter || $0.isNumber || $0 == "_") }
      guard words.contains("insert"), let returning = words.firstIndex(of: "returning"),
        let into = words[returning...].firstIndex(of: "into"),
        let target = words[(into + 1)...].first(where: { $0 != "strict" })
      else { return }
      found.insert(target)
    }
  }

  fileprivate var asksWhoCalls: Bool {
    let plain = containsBytes(of: "\"") ? filter { $0 != "\"" } : self
    return ["auth.uid()", "auth.email()", "auth.jwt()", "auth.role()", "session_user", "current_setting("].contains {
      plain.containsBytes(of: $0)
    }
  }

  fileprivate var words: Set<Substring> { Set(split { !($0.isLetter || $0.isNumber || $0 == "_") }) }
}
