import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/json-unchecked.md.
struct JsonUnchecked: Rule {
  static let id = "json-unchecked"
  static let severity = Severity.info
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    let tables = chain.tables.filter { !$0.isPartition }
    let checked = tables.flatMap { table in table.columns.filter { table.checksShape(of: $0) }.map { (table, $0) } }
    guard checked.count >= 2, let (siblingTable, sibling) = checked.first else { return [] }
    let all = tables.reduce(0) { $0 + $1.columns.count { $0.type?.oid == .jsonb } }
    // A few checks are no rule, but for the other columns of their tables.
    let isRule = checked.count * 2 >= all
    return tables.filter { table in isRule || checked.contains { $0.0.oid == table.oid } }.flatMap {
      table -> [Diagnostic] in
      let unchecked = table.columns.filter { $0.type?.oid == .jsonb && !table.checksShape(of: $0) }
      return unchecked.prefix(1).compactMap { column in
        diagnostic(
          "'\(table.name.name).\(column.name)' takes any JSON", about: column, of: table,
          notes: [
            "'\(siblingTable.name.name).\(sibling.name)' and \(checked.count - 1) more are checked for their shape"
          ] + (unchecked.count > 1 ? ["so does \(unchecked.dropFirst().map(\.name).quotedList())"] : []),
          help: "add `CHECK (jsonb_typeof(\(column.name.sqlIdentifier)) = 'object')`")
      }
    }
  }
}

extension Relation {
  fileprivate func checksShape(of column: Column) -> Bool {
    column.type?.oid == .jsonb
      && constraints.contains {
        $0.isCheck && $0.columns.contains(column.name) && $0.expression?.checksShapeOfJSON == true
      }
  }
}

extension Expression {
  fileprivate var checksShapeOfJSON: Bool {
    var found = false
    walk { expression in
      switch expression {
      case .call(let call) where call.name.name.hasSuffix("_typeof") || call.name.name.contains("schema"): found = true
      case .operation(let operation) where ["?", "?&", "?|"].contains(operation.name.name): found = true
      default: break
      }
    }
    return found
  }
}
