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
      let star = outer.lazy.flatMap { $0.stars }.first { star in
        // What a query below has named is named.
        star.relations.contains { chain.final.relation($0.name) != nil }
      }
      guard let star = star?.offset else { return nil }
      let tokens = origin.file.tokens(in: star..<origin.range.upperBound)
      let end = tokens.first { origin.file.text($0.range) == "*" }?.range.upperBound ?? star + 1
      return diagnostic(
        "the view's columns are those that the table had when it was made", at: star..<end, of: origin,
        notes: ["columns that are added later are missing in it, and in no order that anybody chose"],
        help: "name the columns")
    }
  }
}

extension Query {
  /// The `*` among the targets, with the relations whose columns each of them stands for.
  fileprivate var stars: [(offset: Int, relations: [Reference])] {
    targets.compactMap { target in
      guard case .column(let name, isWhole: true, let offset) = target.value, offset >= 0 else { return nil }
      let known = from.flatMap(\.aliases)
      return (offset, known.filter { name.isEmpty || $0.alias == name.last }.map(\.relation))
    }
  }
}
