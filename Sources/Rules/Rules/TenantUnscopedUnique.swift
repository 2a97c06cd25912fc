import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/tenant-unscoped-unique.md.
struct TenantUnscopedUnique: Rule {
  static let id = "tenant-unscoped-unique"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.filter { !$0.isPartition }.flatMap { table -> [Diagnostic] in
      guard let tenant = chain.tenantColumn(of: table), RowSecurity(table: table).letsTenantsWrite else { return [] }
      return chain.final.indexes(on: table.oid).compactMap { index in
        let columns = index.elements.compactMap(\.column)
        guard index.isUnique, !columns.contains(tenant.name), index.constraint != table.primaryKey?.name,
          let origin = index.origin, origin.migration != nil,
          !columns.contains(where: { table.isGenerated($0) || $0.isGlobal || table.refersToATenant($0, chain) }),
          // What is unique below something else is unique below that one's tenant.
          columns.count < 2 || !columns.contains(where: { $0.hasSuffix("_id") || $0.hasSuffix("Id") }),
          !chain.isReferenced(columns, of: table),
          !index.filterColumns.contains(tenant.name)
        else { return nil }
        let constraint = table.constraints.first { $0.name == index.constraint }
        return diagnostic(
          "'\(index.name.name)' is unique across all tenants",
          at: constraint?.offset.map { origin.file.elementRange(at: $0, within: origin.range) }
            ?? origin.mention(of: index.name.name), of: origin,
          notes: ["a tenant learns from the error that another one has the value, and can keep it from using it"],
          help: "add '\(tenant.name)' to its columns")
      }
    }
  }
}

extension Chain {
  /// Whether a foreign key refers to the columns.
  fileprivate func isReferenced(_ columns: [String], of table: Relation) -> Bool {
    final.tables(referencing: table.oid).contains { other in
      other.constraints.contains { $0.foreignKey?.target == table.oid && $0.foreignKey?.targetColumns == columns }
    }
  }
}

extension Relation {
  /// Whether the server makes the column's values, so that nobody can try one.
  fileprivate func isGenerated(_ name: String) -> Bool {
    guard let column = column(name) else { return false }
    if column.identity != nil { return true }
    return column.defaultValue.map {
      ["gen_random_uuid", "uuid_generate_v4", "nextval"].contains($0.functionName ?? "")
    } ?? false
  }
}

extension Expression {
  /// The function that it calls, if it is a call.
  var functionName: String? { if case .call(let call) = self { call.name.name } else { nil } }
}

extension String {
  /// Whether a column of that name is unique in the world, or can't be guessed.
  fileprivate var isGlobal: Bool {
    let words = [
      "hash", "token", "secret", "external", "stripe", "domain", "hostname", "oauth", "provider", "uuid", "nonce",
      "key",
    ]
    return words.contains { lowercased().contains($0) }
  }
}

extension Relation {
  /// Whether a column refers to a row that itself belongs to one tenant.
  fileprivate func refersToATenant(_ name: String, _ chain: Chain) -> Bool {
    constraints.contains { constraint in
      guard let key = constraint.foreignKey, constraint.columns == [name], let target = chain.final.relation(key.target)
      else { return false }
      return chain.ownerColumn(of: target) != nil
    }
  }
}
