import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/not-in-null.md.
struct NotInNull: Rule {
  static let id = "not-in-null"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    var found: [Diagnostic] = []
    step.statement.action.walkExpressions { expression in
      guard case .boolean(.not, let operands, _) = expression, case .subquery(let subquery)? = operands.first,
        case .any(nil) = subquery.kind, subquery.offset >= 0,
        let column = subquery.query.nullableResult(in: step.before)
      else { return }
      found.append(
        diagnostic(
          "NOT IN finds nothing as soon as '\(column)' has a NULL", at: step.notIn(before: subquery.offset), of: step,
          notes: ["whether a value differs from NULL isn't known, so the condition is never true"],
          help: "use NOT EXISTS, or leave NULLs out in the subquery"))
    }
    return found
  }
}

extension Query {
  /// The column that it gives, if that is one column of one table and may be NULL.
  fileprivate func nullableResult(in catalog: Catalog) -> String? {
    guard targets.count == 1, let name = targets[0].value.plainColumn, from.count == 1,
      case .relation(let reference, _) = from[0], let table = catalog.relation(reference.name), table.isTable,
      let column = table.column(name), !column.isNotNull
    else { return nil }
    var isExcluded = false
    for condition in filter?.conjuncts ?? [] {
      if case .test(.notNull, let operand, _) = condition, operand.plainColumn == name { isExcluded = true }
      if condition.columnNames.contains(name), case .operation = condition { isExcluded = true }
    }
    return isExcluded ? nil : "\(table.name.name).\(name)"
  }
}

extension Step {
  /// The words NOT IN that a subquery belongs to.
  fileprivate func notIn(before offset: Int) -> Range<Int> {
    let tokens = file.tokens(in: statement.range)
    for (a, b) in zip(tokens, tokens.dropFirst())
    where file.identifier(a) == "not" && file.identifier(b) == "in" && a.range.lowerBound <= offset
      && offset <= b.range.upperBound + 1
    {
      return a.range.lowerBound..<b.range.upperBound
    }
    return offset..<offset + 1
  }
}
