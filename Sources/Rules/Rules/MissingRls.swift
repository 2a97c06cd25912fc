import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/missing-rls.md.
struct MissingRls: Rule {
  static let id = "missing-rls"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    let tables = chain.tables.filter { !$0.isPartition && !$0.isAssumed }
    let schemas = Dictionary(grouping: tables) { $0.name.schema }.mapValues(Neighbours.init)
    return tables.compactMap { table in
      guard !table.hasRowSecurity, table.persistence != .temporary, !chain.final.mayHaveChanged(table),
        let neighbours = schemas[table.name.schema], let reason = reason(table, neighbours, chain)
      else { return nil }
      return diagnostic(
        "table '\(table.name.name)' has no row level security", about: table,
        severity: reason.isDeclared ? .error : .warning, notes: [reason.text],
        help: "add `ALTER TABLE \(table.displaySQL) ENABLE ROW LEVEL SECURITY;` and a policy")
    }
  }

  /// The tables of one schema, and which of them have policies.
  private struct Neighbours {
    let count: Int
    let secured: [Relation]

    init(_ tables: [Relation]) {
      count = tables.count
      secured = tables.filter { $0.hasRowSecurity && !$0.policies.isEmpty }
    }
  }

  private func reason(_ table: Relation, _ neighbours: Neighbours, _ chain: Chain) -> (text: String, isDeclared: Bool)?
  {
    if let column = table.columns.first(where: { chain.tenantColumns.contains($0.name) }) {
      // Where rights are given to others and none to this table, nobody reaches it.
      let isReached =
        !chain.final.privileges(on: table).isEmpty || !chain.tables.contains { !chain.final.privileges(on: $0).isEmpty }
      return ("its column '\(column.name)' says whose a row is", isReached)
    }
    let secured = neighbours.secured
    guard !secured.isEmpty, !isOutOfReach(table, of: secured, chain) else { return nil }
    if let column = chain.ownerColumn(of: table), secured.contains(where: { $0.column(column.name) != nil }) {
      return ("it has the column '\(column.name)', as tables with policies do", false)
    }
    // Rows that belong to rows of a protected table are as private as those.
    let owners = table.constraints.compactMap { $0.foreignKey?.target }
    if let owner = secured.first(where: { owners.contains($0.oid) && chain.ownerColumn(of: $0) != nil }) {
      return ("its rows belong to rows of '\(owner.name.name)', which has policies", false)
    }
    // A list of values belongs to nobody.
    guard !table.hasForeignKey || table.columns.count > 3 else { return nil }
    guard table.columns.count > 3 else { return nil }
    let others = neighbours.count - 1
    return secured.count >= 3 && secured.count * 4 >= others * 3
      ? ("\(secured.count) of \(others) other tables of the schema have it", false) : nil
  }

  /// Whether the policies of other tables are all for roles that have privileges there and none here.
  private func isOutOfReach(_ table: Relation, of secured: [Relation], _ chain: Chain) -> Bool {
    let policies = secured.flatMap(\.policies).map(\.definition)
    guard !policies.contains(where: \.isForEveryone) else { return false }
    let roles = Set(policies.flatMap(\.roles).map(\.text))
    func reached(_ table: Relation) -> Bool { !roles.isDisjoint(with: chain.final.privileges(on: table).keys) }
    return secured.contains(where: reached) && !reached(table)
  }
}
