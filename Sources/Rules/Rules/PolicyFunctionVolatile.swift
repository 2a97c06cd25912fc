import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/policy-function-volatile.md.
struct PolicyFunctionVolatile: Rule {
  static let id = "policy-function-volatile"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    var seen: Set<String> = []
    return chain.securedTables.flatMap { table in
      table.policies.compactMap { policy -> Diagnostic? in
        guard let call = policy.definition.volatileCall(in: chain.final), let origin = policy.origin,
          seen.insert(call.name.name).inserted
        else { return nil }
        let uses = chain.securedTables.flatMap(\.policies).count {
          $0.definition.volatileCall(in: chain.final)?.name == call.name
        }
        let definition = chain.final.definedRoutines(call).first?.origin
        return diagnostic(
          "policy '\(policy.name)' calls the volatile function '\(call.name)' for every row", about: policy,
          at: call.offset >= 0 ? origin.file.nameRange(at: call.offset, within: origin.range) : nil,
          labels: definition.map {
            [$0.label("it is volatile, as functions are unless they say otherwise", naming: call.name.name)]
          } ?? [],
          notes: ["no index can be used for the condition, and the function runs once for each row"]
            + (uses > 1 ? ["\(uses) policies call it"] : []),
          help: "declare the function STABLE")
      }
    }
  }
}

extension CreatePolicy {
  fileprivate func volatileCall(in catalog: Catalog) -> FunctionCall? {
    var found: FunctionCall?
    // What is only checked when a row is written is no condition that an index could serve.
    for condition in [using, command == "insert" ? nil : withCheck].compactMap({ $0 }) {
      condition.walkOutsideSubqueries { expression in
        guard case .call(let call) = expression, found == nil, catalog.volatility(of: call) == .volatile,
          !catalog.isInlined(call)
        else { return }
        found = call
      }
    }
    return found
  }
}

extension Catalog {
  /// Whether the planner puts the function's body in its place: one query in SQL, without rights or settings of its own.
  fileprivate func isInlined(_ call: FunctionCall) -> Bool {
    let routines = definedRoutines(call)
    return !routines.isEmpty
      && routines.allSatisfy { routine in
        guard let body = routine.definition.body, body.language == "sql", !routine.isSecurityDefiner,
          routine.definition.settings.isEmpty, !routine.returnsSet
        else { return false }
        let actions = body.statements ?? parse(SourceFile(path: "", text: body.text)).statements.map(\.action)
        guard actions.count == 1, case .query(let query) = actions[0], query.from.isEmpty else { return false }
        return query.targets.allSatisfy { volatility(of: $0.value) != .volatile }
      }
  }
}

extension Expression {
  /// Visits the expression and what is in it, but for subqueries.
  func walkOutsideSubqueries(_ visit: (Expression) -> Void) {
    if case .subquery = self { return }
    visit(self)
    for child in children { child.walkOutsideSubqueries(visit) }
  }
}
