import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/policy-function-per-row.md.
struct PolicyFunctionPerRow: Rule {
  static let id = "policy-function-per-row"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.securedTables.flatMap { table -> [Diagnostic] in
      perRow(table, chain) + unindexed(table, chain)
    }
  }

  private func perRow(_ table: Relation, _ chain: Chain) -> [Diagnostic] {
    let found = table.policies.compactMap { policy -> (Policy, FunctionCall)? in
      policy.definition.callPerRow(in: chain.final).map { (policy, $0) }
    }
    guard let (policy, call) = found.first, let origin = policy.origin else { return [] }
    return [
      diagnostic(
        "'\(call.name)()' is called for every row of '\(table.name.name)'", about: policy,
        at: call.offset >= 0 ? origin.file.nameRange(at: call.offset, within: origin.range) : nil,
        notes: found.count > 1 ? ["\(found.count) policies of the table do so"] : [],
        help: "write `(SELECT \(call.name)(…))`: then it is called once for each statement")
    ].compactMap { $0 }
  }

  /// A column that every query is filtered by, and that no index begins with.
  private func unindexed(_ table: Relation, _ chain: Chain) -> [Diagnostic] {
    let security = RowSecurity(table: table)
    let columns = table.policies.reduce(into: Set<String>()) { columns, policy in
      if policy.definition.command == "all" || policy.definition.command == "select" {
        columns.formUnion(
          security.isolatingColumns(policy.definition.using).filter { policy.definition.using?.compares($0) == true })
      }
    }
    let indexes = chain.final.indexes(on: table.oid)
    return columns.sorted().compactMap { name in
      guard let column = table.column(name), !indexes.contains(where: { $0.leadingColumns.first == name }),
        !table.constraints.contains(where: { $0.foreignKey != nil && $0.columns == [name] })
      else { return nil }
      return diagnostic(
        "policies compare '\(table.name.name).\(name)' in every query, and no index begins with it", about: column,
        of: table, help: "add `CREATE INDEX ON \(table.displaySQL) (\(name.sqlIdentifier));`")
    }
  }
}

extension CreatePolicy {
  /// A call that depends on the session alone and stands outside of any subquery.
  fileprivate func callPerRow(in catalog: Catalog) -> FunctionCall? {
    // What is written is written row by row in any case.
    using?.callPerRow(in: catalog)
  }
}

extension Expression {
  fileprivate func callPerRow(in catalog: Catalog) -> FunctionCall? {
    if case .subquery = self { return nil }
    if case .call(let call) = self, call.arguments.allSatisfy({ $0.columnNames.isEmpty }),
      call.readsSession(in: catalog)
    {
      return call
    }
    return children.lazy.compactMap { $0.callPerRow(in: catalog) }.first
  }
}

extension FunctionCall {
  /// Whether it is one of the functions that say who asks: the planner doesn't know that they give the same for each row.
  fileprivate func readsSession(in catalog: Catalog) -> Bool {
    if name.schema == "auth" { return ["uid", "jwt", "role", "email"].contains(name.name) }
    guard name.schema == nil || name.schema == "public", name.name != "current_setting" else { return false }
    return catalog.definedRoutines(self).contains { routine in
      routine.volatility == .stable && routine.definition.body?.language == "plpgsql"
    }
  }
}

extension Expression {
  /// Whether the column is compared as it is, so that an index on it serves.
  fileprivate func compares(_ column: String) -> Bool {
    var found = false
    walk { expression in
      if case .operation(let operation) = expression, operation.name.name == "=" {
        if operation.operands.contains(where: { $0.plainColumn == column }) { found = true }
      }
    }
    return found
  }
}
