import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/redundant-index.md.
struct RedundantIndex: Rule {
  static let id = "redundant-index"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.flatMap { table -> [Diagnostic] in
      let indexes = chain.final.indexes(on: table.oid)
      return indexes.compactMap { index in
        guard let origin = index.origin, origin.migration != nil, index.isPlain, !index.isUnique,
          let cover = indexes.first(where: { $0.name != index.name && $0.covers(index) && !$0.equals(index) })
        else { return nil }
        return finding(index, origin, cover)
      }
    }
  }

  private func finding(_ index: Index, _ origin: Origin, _ cover: Index) -> Diagnostic {
    let isSame = cover.elements.count == index.elements.count
    let what = cover.constraint == nil ? "index '\(cover.name.name)'" : "the index of constraint '\(cover.name.name)'"
    return diagnostic(
      "index '\(index.name.name)' is redundant with \(what)",
      at: origin.file.firstMention(of: index.name.name, in: origin.range) ?? origin.range, of: origin,
      labels: cover.origin.map {
        [$0.label("covered by this", naming: cover.name.name)]
      } ?? [],
      notes: [
        "both \(isSame ? "are on" : "start with") (\(index.leadingColumns.joined(separator: ", "))); every write maintains both"
      ], help: "leave the index out")
  }
}

extension Index {
  /// Nothing but columns in a B-tree over all rows.
  var isPlain: Bool {
    method == "btree" && !isPartial && including.isEmpty
      && elements.allSatisfy { $0.column != nil && $0.operatorClass == nil && !$0.hasUnusualNulls }
  }

  /// Whether this index serves every query that the other one serves.
  func covers(_ other: Index) -> Bool {
    guard method == "btree", !isPartial, elements.count >= other.elements.count else { return false }
    let pairs = zip(elements, other.elements)
    guard pairs.allSatisfy({ $0.column == $1.column && $0.column != nil && $0.operatorClass == $1.operatorClass }),
      pairs.allSatisfy({ !$0.hasUnusualNulls && !$1.hasUnusualNulls })
    else { return false }
    // A B-tree reads backward as well: the directions must all agree or all differ.
    return Set(pairs.map { $0.isDescending == $1.isDescending }).count <= 1
  }

  /// The same columns in the same order, neither belonging to a constraint.
  func equals(_ other: Index) -> Bool {
    constraint == nil && other.constraint == nil && elements == other.elements && isUnique == other.isUnique
      && including == other.including && isPartial == other.isPartial
  }
}
