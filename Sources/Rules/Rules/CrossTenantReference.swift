import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/cross-tenant-reference.md.
struct CrossTenantReference: Rule {
  static let id = "cross-tenant-reference"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.filter { !$0.isPartition }.flatMap { table -> [Diagnostic] in
      guard let tenant = chain.tenantColumn(of: table), RowSecurity(table: table).letsTenantsWrite else { return [] }
      return table.constraints.compactMap { constraint in
        guard let key = constraint.foreignKey, !constraint.columns.contains(tenant.name),
          let origin = constraint.origin,
          origin.migration != nil, let target = chain.final.relation(key.target),
          let other = chain.tenantColumn(of: target), other.isNotNull, !key.targetColumns.contains(other.name)
        else { return nil }
        let name = target.name.name
        return diagnostic(
          "a row of '\(table.name.name)' may refer to a row of '\(name)' that belongs to another tenant",
          at: constraint.offset.map { origin.file.elementRange(at: $0, within: origin.range) } ?? origin.range,
          of: origin, notes: ["the foreign key doesn't look at '\(tenant.name)', and no policy applies to it"],
          help:
            "make (\(other.name), \(key.targetColumns.joined(separator: ", "))) unique in '\(name)', and refer to both columns"
        )
      }
    }
  }
}
