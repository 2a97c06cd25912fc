import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/order-by-in-view.md.
struct OrderByInView: Rule {
  static let id = "order-by-in-view"
  static let severity = Severity.info
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.views.compactMap { view, query, origin in
      guard view.kind == .view, let key = query.orderBy.first, query.limit == nil, query.distinct == nil else {
        return nil
      }
      let tokens = origin.file.tokens(in: origin.range)
      let words = zip(tokens, tokens.dropFirst()).filter { a, b in
        origin.file.identifier(a) == "order" && origin.file.identifier(b) == "by"
      }
      let offset = key.value.offset
      guard let (order, by) = words.last(where: { offset < 0 || $0.0.range.lowerBound < offset }) else { return nil }
      return diagnostic(
        "the view sorts its rows for every query", at: order.range.lowerBound..<by.range.upperBound, of: origin,
        notes: ["a query that joins or filters the view pays for the order and need not keep it"],
        help: "sort in the query that shows the rows")
    }
  }
}

extension Chain {
  /// The views of the final schema that the migrations make, with their queries as written and the statements that gave them those.
  var views: [(view: Relation, query: Query, origin: Origin)] {
    final.views.compactMap { view in
      guard let shown = view.view, let origin = shown.origin, origin.migration != nil else { return nil }
      return (view, shown.written, origin)
    }
  }
}
