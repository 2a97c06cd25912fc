import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/index-order.md.
final class IndexOrder: Rule {
  static let id = "index-order"
  static let severity = Severity.info
  static let category = Category.design

  private var found: [LastingFinding] = []

  init() {}

  func check(_ chain: Chain) -> [Diagnostic] {
    found.filter { item in
      chain.tables.contains { table in chain.final.indexes(on: table.oid).contains { $0.origin == item.origin } }
    }.map(\.diagnostic)
  }

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    found += finding(step).map { LastingFinding(diagnostic: $0, origin: step.origin, name: nil) }
    return []
  }

  private func finding(_ step: Step) -> [Diagnostic] {
    guard step.isForward, case .createIndex(let index) = step.statement.action, index.method == "btree",
      index.elements.count == 1, let element = index.elements.first, element.isDescending, !element.hasUnusualNulls,
      let word = step.file.tokens(in: step.statement.range).first(where: { step.file.identifier($0) == "desc" })
    else { return [] }
    return [
      diagnostic(
        "DESC does nothing in an index on one column", at: word.range, of: step,
        notes: ["PostgreSQL reads an index backward as fast as forward"], help: "leave DESC out",
        fix: Fix(
          title: "leave DESC out", safe: true,
          edits: [.init(range: step.file.range(step.file.withBlanksBefore(word.range)), replacement: "")]))
    ]
  }
}
