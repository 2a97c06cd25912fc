import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/window-over-key.md.
struct WindowOverKey: Rule {
  static let id = "window-over-key"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.direction != .down else { return [] }
    var found: [Diagnostic] = []
    for query in step.statement.action.queries.flatMap(\.allQueries) {
      guard query.from.count == 1, case .relation(let reference, _) = query.from[0],
        let table = step.before.relation(reference.name), table.isTable
      else { continue }
      let constants = Set((query.filter?.conjuncts ?? []).compactMap(\.constantColumn))
      for target in query.targets {
        target.value.walk { expression in
          guard found.isEmpty, case .call(let call) = expression, let window = call.window, window.name == nil,
            !window.partitionBy.isEmpty
          else { return }
          let names = window.partitionBy.compactMap(\.plainColumn)
          guard names.count == window.partitionBy.count,
            let key = step.before.uniqueColumns(of: table).first(where: { Set($0).isSubset(of: constants.union(names)) }
            )
          else { return }
          found.append(finding(call, key, table, constants, step))
        }
      }
    }
    return found
  }

  private func finding(_ call: FunctionCall, _ key: [String], _ table: Relation, _ constants: Set<String>, _ step: Step)
    -> Diagnostic
  {
    let fixed = key.filter(constants.contains)
    return diagnostic(
      "each partition of the window has one row: (\(key.joined(separator: ", "))) is unique in '\(table.name.name)'",
      at: call.offset >= 0 ? step.file.nameRange(at: call.offset, within: step.statement.range) : step.statement.range,
      of: step,
      notes: ["\(call.name.name) finds no other row, and gives NULL or 1 for every row"]
        + (fixed.isEmpty ? [] : ["the condition fixes \(fixed.quotedList())"]),
      help: "partition by fewer columns, or keep a row for each period")
  }
}

extension Catalog {
  /// The sets of columns that no two rows of a table share.
  fileprivate func uniqueColumns(of table: Relation) -> [[String]] {
    indexes(on: table.oid).filter { $0.isUnique && !$0.isPartial && $0.elements.allSatisfy { $0.column != nil } }
      .map { $0.elements.compactMap(\.column) }
  }
}

extension Expression {
  /// The column that it is, if it is one.
  var plainColumn: String? { if case .column(let path, isWhole: false, _) = self { path.last } else { nil } }

  /// The column that it compares with a constant for equality.
  fileprivate var constantColumn: String? {
    guard case .operation(let operation) = self, operation.kind == .plain, operation.name.name == "=",
      operation.operands.count == 2
    else { return nil }
    switch (operation.operands[0], operation.operands[1]) {
    case (let column, .literal), (.literal, let column): return column.plainColumn
    default: return nil
    }
  }
}
