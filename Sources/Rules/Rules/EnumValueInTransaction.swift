import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/enum-value-in-transaction.md.
struct EnumValueInTransaction: Rule {
  static let id = "enum-value-in-transaction"
  static let severity = Severity.error
  static let category = Category.reference

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard chain.transaction.isCertainlyInside, !chain.transaction.newValues.isEmpty, step.outcome.sqlState == nil else {
      return []
    }
    return chain.transaction.newValues.compactMap { type, value, origin in
      guard let offset = step.place(ofValue: value, of: type) else { return nil }
      return diagnostic(
        "the enum value '\(value)' is used in the transaction that adds it",
        at: step.file.elementRange(at: offset, within: offset..<step.file.literalEnd(at: offset)), of: step,
        labels: [origin.label("added here", naming: "")],
        notes: ["a new value can be used once the transaction that adds it has ended"],
        help: "add the value in a migration of its own, before this one", sqlState: "55P04")
    }
  }
}

extension Step {
  /// Where the statement writes a value of an enum: compared with or stored in a column of the type, or cast to it.
  fileprivate func place(ofValue value: String, of type: OID) -> Int? {
    var found: Int?
    func note(_ expression: Expression?) {
      if case .literal(.string(value), let offset)? = expression, offset >= 0, found == nil { found = offset }
    }
    func isOfType(_ column: String, _ table: Relation?) -> Bool { table?.column(column)?.type?.oid == type }
    let table = statement.action.changedTable.flatMap { before.relation($0.name) }
    statement.action.walkExpressions { expression in
      switch expression {
      case .cast(let operand, let name, _): if before.dataType(name)?.oid == type { note(operand) }
      case .operation(let operation):
        let named = operation.operands.contains {
          if case .column(let path, _, _) = $0 { isOfType(path.last ?? "", table) } else { false }
        }
        if named { operation.operands.forEach { note($0) } }
      default: break
      }
    }
    switch statement.action {
    case .insert(let insert):
      let names = insert.columns.isEmpty ? table?.columns.map(\.name) ?? [] : insert.columns.map(\.name)
      for row in insert.source?.values ?? [] {
        for (name, value) in zip(names, row) where isOfType(name, table) { note(value) }
      }
    case .update(let update): for column in update.columns where isOfType(column.name, table) { note(column.value) }
    case .alterTable(let change):
      for case .setDefault(let column, let value) in change.changes where isOfType(column, table) { note(value) }
      for case .addColumn(let column, _) in change.changes
      where column.type.flatMap({ before.dataType($0)?.oid }) == type {
        for case .default(let value) in column.constraints.map(\.kind) { note(value) }
      }
    default: break
    }
    return found
  }
}

extension Action {
  /// The table that the statement changes or whose rows it does.
  var changedTable: Reference? {
    switch self {
    case .insert(let change), .update(let change), .delete(let change), .merge(let change): change.table
    case .alterTable(let change): change.table
    case .createIndex(let index): index.table
    case .createPolicy(let policy), .alterPolicy(let policy): policy.table
    default: nil
    }
  }
}

extension SourceFile {
  /// Where the constant that begins at a place ends.
  func literalEnd(at offset: Int) -> Int {
    var lexer = Lexer(bytes, in: offset..<bytes.count)
    return lexer.next()?.range.upperBound ?? offset
  }
}
