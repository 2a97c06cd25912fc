import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/null-comparison.md.
struct NullComparison: Rule {
  static let id = "null-comparison"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    var found = findings(step.statement.action, step) { $0 }
    if let body = step.body, let text = step.bodyText {
      for inner in text.statements(language: body.language) {
        found += findings(inner.action, step) { inner.offset(of: $0) }
      }
    }
    return found
  }

  private func findings(_ action: Action, _ step: Step, _ place: (Int) -> Int) -> [Diagnostic] {
    var found: [Diagnostic] = []
    action.walkExpressions { expression in
      guard case .operation(let operation) = expression, operation.kind == .plain,
        ["=", "<>", "!="].contains(operation.name.name), operation.offset >= 0,
        operation.operands.contains(where: { if case .literal(.null, _) = $0 { true } else { false } })
      else { return }
      let isEqual = operation.name.name == "="
      let start = place(operation.offset)
      found.append(
        diagnostic(
          "a comparison with NULL is never true", at: start..<start + (isEqual ? 1 : 2), of: step,
          notes: ["it is NULL for every row: WHERE leaves the row out, CHECK lets it pass"],
          help: isEqual ? "write IS NULL" : "write IS NOT NULL"))
    }
    return found
  }
}
