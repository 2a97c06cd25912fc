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
          labels: definition.map { [$0.label("it is volatile, as functions are unless they say otherwise", naming: call.name.name)] } ?? [],
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
    for condition in [using, withCheck].compactMap({ $0 }) {
      condition.walk { expression in
        guard case .call(let call) = expression, found == nil,
          catalog.volatility(of: call) == .volatile
        else { return }
        found = call
      }
    }
    return found
  }
}
