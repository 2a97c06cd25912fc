import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/volatility.md.
struct Volatility: Rule {
  static let id = "volatility"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.final.allRoutines.compactMap { routine in
      guard let origin = routine.origin, origin.migration != nil, let body = routine.definition.body,
        !body.text.isEmpty,
        routine.volatility != .volatile
      else { return nil }
      let text = CodeText(body, in: origin.file, within: origin.range)
      for inner in text.statements(language: body.language) {
        guard let reason = reason(inner.action, routine, chain) else { continue }
        return diagnostic(
          "'\(routine.displayName)' is declared \(routine.volatility.rawValue.uppercased()), but \(reason)",
          at: origin.mention(of: routine.name.name), of: origin,
          labels: [Diagnostic.Label(range: origin.file.range(inner.range), text: "here")],
          notes: [
            routine.volatility == .immutable
              ? "PostgreSQL works it out once and keeps the value, in a plan or in an index"
              : "PostgreSQL may call it less often than the query says"
          ], help: "declare it \(reason.hasPrefix("writes") ? "VOLATILE" : "STABLE")")
      }
      return nil
    }
  }

  private func reason(_ action: Action, _ routine: Routine, _ chain: Chain) -> String? {
    switch action {
    case .insert(let change), .update(let change), .delete(let change), .merge(let change):
      return "writes to '\(change.table.name)'"
    default: break
    }
    guard routine.volatility == .immutable else { return nil }
    for query in action.queries {
      if let table = query.relations().lazy.compactMap({ chain.final.relation($0.name) }).first(where: \.isTable) {
        return "reads '\(table.name.name)'"
      }
    }
    var found: String?
    action.walkExpressions { expression in
      guard found == nil, case .call(let call) = expression else { return }
      if ["now", "current_setting", "random", "clock_timestamp", "nextval", "timeofday"].contains(call.name.name) {
        found = "calls \(call.name.name)()"
      }
    }
    return found
  }
}
