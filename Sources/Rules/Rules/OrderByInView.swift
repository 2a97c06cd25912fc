import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/order-by-in-view.md.
final class OrderByInView: Rule {
  static let id = "order-by-in-view"
  static let severity = Severity.info
  static let category = Category.design

  private var found: [LastingFinding] = []

  init() {}

  func check(_ chain: Chain) -> [Diagnostic] { found.lasting(in: chain) }

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    found += finding(step).map {
      LastingFinding(diagnostic: $0, origin: step.origin, name: step.statement.action.viewName)
    }
    return []
  }

  private func finding(_ step: Step) -> [Diagnostic] {
    guard step.isForward, case .createView(let view) = step.statement.action, let key = view.query.orderBy.first,
      view.query.limit == nil, view.query.distinct == nil
    else { return [] }
    let offset = key.value.offset
    let tokens = step.file.tokens(in: step.statement.range)
    let words = zip(tokens, tokens.dropFirst()).filter { a, b in
      step.file.identifier(a) == "order" && step.file.identifier(b) == "by"
    }
    guard let (order, by) = words.last(where: { offset < 0 || $0.0.range.lowerBound < offset }) else { return [] }
    return [
      diagnostic(
        "the view sorts its rows for every query", at: order.range.lowerBound..<by.range.upperBound, of: step,
        notes: ["a query that joins or filters the view pays for the order and need not keep it"],
        help: "sort in the query that shows the rows")
    ]
  }
}
