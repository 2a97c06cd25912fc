import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/tenant-column-nullable.md.
struct TenantColumnNullable: Rule {
  static let id = "tenant-column-nullable"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.filter { !$0.isPartition }.compactMap { table in
      guard let column = chain.tenantColumn(of: table), !column.isNotNull,
        table.hasRowSecurity || chain.tenantColumns.contains(column.name),
        !table.provesNotNull(column.name),
        !chain.final.indexes(on: table.oid).contains(where: { $0.filterColumns.contains(column.name) }),
        !table.constraints.contains(where: { $0.isCheck && $0.columns.contains(column.name) }),
        !table.constraints.contains(where: { $0.columns == [column.name] && $0.foreignKey?.onDelete == .setNull })
      else { return nil }
      return diagnostic(
        "'\(table.name.name).\(column.name)' says whose a row is, and may be NULL", about: column, of: table,
        notes: ["a row without it belongs to nobody: policies hide it from all, or show it to all"],
        help: "make it NOT NULL")
    }
  }
}
