import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/policy-null-owner.md.
struct PolicyNullOwner: Rule {
  static let id = "policy-null-owner"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.securedTables.flatMap { table in
      table.policies.compactMap { policy -> Diagnostic? in
        guard !policy.definition.isForTrustedRoles, let origin = policy.origin,
          let (column, offset) = [policy.definition.using, policy.definition.withCheck].lazy
            .compactMap({ $0?.nullOwner }).first
        else { return nil }
        let writes = policy.definition.command != "select"
        return diagnostic(
          "rows whose '\(column)' is NULL are everybody's", about: policy,
          at: offset.map { origin.file.nameRange(at: $0, within: origin.range) },
          notes: [writes ? "everybody can write such rows" : "everybody sees such rows"],
          help: "leave `\(column) IS NULL` out, and make the column NOT NULL")
      }
    }
  }
}

extension Expression {
  /// A column that may be NULL, in a condition that otherwise compares it with who asks.
  fileprivate var nullOwner: (column: String, offset: Int?)? {
    var found: (String, Int?)?
    walk { expression in
      guard found == nil, case .boolean(.or, let operands, _) = expression else { return }
      for operand in operands {
        guard case .test(.null, .column(let path, _, let offset), _) = operand, let name = path.last else { continue }
        let compares = operands.contains { other in
          guard case .operation(let operation) = other, operation.name.name == "=" else { return false }
          return other.columnNames.contains(name) && other.dependsOnSession
        }
        if compares { found = (name, offset < 0 ? nil : offset) }
      }
    }
    return found
  }
}
