import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/permissive-policy-widens.md.
struct PermissivePolicyWidens: Rule {
  static let id = "permissive-policy-widens"
  static let severity = Severity.error
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.securedTables.flatMap { table -> [Diagnostic] in
      let security = RowSecurity(table: table)
      let permissive = table.policies.filter { $0.definition.isPermissive && !$0.definition.isForTrustedRoles }
      return permissive.compactMap { policy in
        guard let condition = policy.definition.using, condition.isAboutRowsOnly,
          let isolating = permissive.first(where: { other in
            other.name != policy.name && other.definition.overlaps(policy.definition)
              && !security.isolatingColumns(other.definition.using).isEmpty
          }), !restricts(table, policy, security)
        else { return nil }
        let columns = security.ownColumns(condition)
        guard !columns.contains(where: { $0.saysShared }) else { return nil }
        let isFilter = columns.allSatisfy(\.saysRemoved)
        let column = security.isolatingColumns(isolating.definition.using).sorted().first ?? ""
        return diagnostic(
          "policy '\(policy.name)' lets through what '\(isolating.name)' is to keep apart", about: policy,
          severity: isFilter ? .error : .warning,
          labels: isolating.origin.map { [$0.label("this one compares '\(column)'", naming: isolating.name)] } ?? [],
          notes: [
            "permissive policies are joined by OR: a row that either of them accepts is visible, whoever asks"
          ], help: "make it `AS RESTRICTIVE`, or put its condition into '\(isolating.name)'")
      }
    }
  }

  /// Whether a restrictive policy keeps rows apart all the same.
  private func restricts(_ table: Relation, _ policy: Policy, _ security: RowSecurity) -> Bool {
    table.policies.contains { other in
      !other.definition.isPermissive && other.definition.overlaps(policy.definition)
        && !security.isolatingColumns(other.definition.using).isEmpty
    }
  }
}

extension Expression {
  /// Whether it looks at the row and at constants only, so that it says nothing of who asks.
  fileprivate var isAboutRowsOnly: Bool {
    var isAbout = true
    var namesColumn = false
    walk { expression in
      switch expression {
      case .call(let call) where call.name.name != "now": isAbout = false
      case .subquery: isAbout = false
      case .value(let name, _, _) where !name.hasPrefix("current_time") && name != "current_date": isAbout = false
      case .column: namesColumn = true
      default: break
      }
    }
    return isAbout && namesColumn
  }
}

extension String {
  /// Whether a column of that name marks rows that everybody is meant to see.
  fileprivate var saysShared: Bool {
    [
      "public", "publish", "visib", "sharing", "privat", "shared", "approved", "listed", "open", "template", "global",
      "verified",
    ].contains {
      lowercased().contains($0)
    }
  }

  /// Whether a column of that name marks rows that nobody should see any more.
  fileprivate var saysRemoved: Bool {
    ["delet", "archiv", "remov", "trash", "purged", "hidden"].contains { lowercased().contains($0) }
  }
}
