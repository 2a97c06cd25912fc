extension Deparser {
  public func text(_ query: Query) -> String {
    var result = with(query.with, isRecursive: query.isRecursive)
    if let operation = query.setOperation, query.operands.count == 2 {
      let word = operation.kind.rawValue + (operation.isAll ? " ALL" : "")
      result += "(\(text(query.operands[0]))) \(word) (\(text(query.operands[1])))"
    } else if !query.values.isEmpty {
      result += "VALUES " + query.values.map { "(\(list($0)))" }.joined(separator: ", ")
    } else {
      result += select(query)
    }
    if !query.orderBy.isEmpty { result += " ORDER BY \(keys(query.orderBy))" }
    if let limit = query.limit, !limit.isNullLiteral { result += " LIMIT \(text(limit))" }
    if let skip = query.skip { result += " OFFSET \(text(skip))" }
    for lock in query.locking { result += " FOR \(lock.strength)" }
    return result
  }

  private func select(_ query: Query) -> String {
    var result = "SELECT"
    switch query.distinct {
    case .all?: result += " DISTINCT"
    case .on(let keys)?: result += " DISTINCT ON (\(list(keys)))"
    case nil: break
    }
    result += query.targets.isEmpty ? "" : " " + query.targets.map(text).joined(separator: ", ")
    if !query.from.isEmpty { result += " FROM " + query.from.map(text).joined(separator: ", ") }
    if let filter = query.filter { result += " WHERE \(text(filter))" }
    if !query.groupBy.isEmpty { result += " GROUP BY \(query.groupBy.map(grouping).joined(separator: ", "))" }
    if let having = query.having { result += " HAVING \(text(having))" }
    let windows = query.windows.map { "\(($0.name ?? "").sqlIdentifier) AS \(text($0, isReference: false))" }
    if !windows.isEmpty { result += " WINDOW \(windows.joined(separator: ", "))" }
    return result
  }

  private func grouping(_ expression: Expression) -> String {
    guard case .other(_, let sets) = expression else { return text(expression) }
    return "GROUPING SETS (\(sets.map { "(\(text($0)))" }.joined(separator: ", ")))"
  }

  private func text(_ target: Query.Target) -> String {
    text(target.value) + (target.name.map { " AS \($0.sqlIdentifier)" } ?? "")
  }

  private func with(_ list: [CommonTableExpression], isRecursive: Bool) -> String {
    guard !list.isEmpty else { return "" }
    let items = list.map { item -> String in
      let columns = item.columns.isEmpty ? "" : " (\(item.columns.map(\.sqlIdentifier).joined(separator: ", ")))"
      let hint = item.isMaterialized.map { $0 ? "MATERIALIZED " : "NOT MATERIALIZED " } ?? ""
      return "\(item.name.sqlIdentifier)\(columns) AS \(hint)(\(text(item.statement)))"
    }
    return "WITH \(isRecursive ? "RECURSIVE " : "")\(items.joined(separator: ", ")) "
  }

  private func text(_ action: Action) -> String { if case .query(let query) = action { text(query) } else { "" } }

  private func text(_ item: FromItem) -> String {
    switch item {
    case .relation(let reference, let alias):
      guard let current = relation(reference.name) else { return reference.name.sql + text(alias) }
      // Under its old name and with its old columns, so that the rest of the query still fits.
      let renamed = Alias(
        name: alias?.name ?? reference.name.name,
        columns: alias?.columns.isEmpty == false ? alias!.columns : current.columns)
      let needsAlias = alias != nil || current.name.name != reference.name.name || !current.columns.isEmpty
      return current.name.sql + (needsAlias ? text(renamed) : "")
    case .subquery(let query, let alias, let isLateral):
      return (isLateral ? "LATERAL " : "") + "(\(text(query)))" + text(alias)
    case .function(let item): return text(item)
    case .join(let join): return text(join)
    case .other(let expressions, let alias, _): return "(\(list(expressions)))" + text(alias)
    }
  }

  private func text(_ alias: Alias?) -> String {
    guard let alias else { return "" }
    let columns = alias.columns.isEmpty ? "" : "(\(alias.columns.map(\.sqlIdentifier).joined(separator: ", ")))"
    return " AS \(alias.name.sqlIdentifier)\(columns)"
  }

  private func text(_ item: FunctionItem) -> String {
    let calls = item.calls.map { text($0.expression) }
    var result = item.isLateral ? "LATERAL " : ""
    result += item.isRowsFrom ? "ROWS FROM (\(calls.joined(separator: ", ")))" : calls.joined(separator: ", ")
    if item.hasOrdinality { result += " WITH ORDINALITY" }
    let definitions = item.calls.first?.columns ?? []
    guard !definitions.isEmpty, !item.isRowsFrom else { return result + text(item.alias) }
    let columns = definitions.map { "\($0.name.sqlIdentifier) \($0.type?.sql ?? "text")" }.joined(separator: ", ")
    return result + " AS \(item.alias.map { $0.name.sqlIdentifier } ?? "")(\(columns))"
  }

  private func text(_ join: Join) -> String {
    let kind = join.kind == .inner ? "" : " \(join.kind.rawValue)"
    var word = "\(kind) JOIN"
    if join.isNatural { word = " NATURAL\(word)" }
    if join.kind == .inner, !join.isNatural, join.using.isEmpty, join.condition == nil { word = " CROSS JOIN" }
    var result = "\(text(join.left))\(word) \(nested(join.right))"
    if !join.using.isEmpty {
      result += " USING (\(join.using.map(\.sqlIdentifier).joined(separator: ", ")))"
      if let alias = join.usingAlias { result += " AS \(alias.sqlIdentifier)" }
    }
    if let condition = join.condition { result += " ON \(text(condition))" }
    return join.alias == nil ? result : "(\(result))" + text(join.alias)
  }

  private func nested(_ item: FromItem) -> String {
    if case .join(let join) = item, join.alias == nil { "(\(text(item)))" } else { text(item) }
  }
}

extension Expression {
  /// `LIMIT ALL` comes as a null.
  fileprivate var isNullLiteral: Bool { if case .literal(.null, _) = self { true } else { false } }
}
