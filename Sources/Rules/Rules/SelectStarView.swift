import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/select-star-view.md.
struct SelectStarView: Rule {
  static let id = "select-star-view"
  static let severity = Severity.info
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.views.compactMap { view, query, origin in
      let outer = query.setOperation == nil ? [query] : query.operands
      let star = outer.flatMap(\.targets).lazy.compactMap { target -> Int? in
        if case .column(_, isWhole: true, let offset) = target.value, offset >= 0 { offset } else { nil }
      }.first
      // What a query below has named is named.
      guard let star, outer[0].from.flatMap(\.references).contains(where: { chain.final.relation($0.name) != nil })
      else {
        return nil
      }
      let tokens = origin.file.tokens(in: star..<origin.range.upperBound)
      let end = tokens.first { origin.file.text($0.range) == "*" }?.range.upperBound ?? star + 1
      return diagnostic(
        "the view's columns are those that the table had when it was made", at: star..<end, of: origin,
        notes: ["columns that are added later are missing in it, and in no order that anybody chose"],
        help: "name the columns")
    }
  }
}
