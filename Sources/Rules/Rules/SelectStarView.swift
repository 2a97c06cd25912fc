import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/select-star-view.md.
final class SelectStarView: Rule {
  static let id = "select-star-view"
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
    guard step.isForward, let query = step.statement.action.viewQuery else { return [] }
    let outer = query.setOperation == nil ? [query] : query.operands
    for target in outer.flatMap(\.targets) {
      guard case .column(_, isWhole: true, let offset) = target.value, offset >= 0 else { continue }
      // What a query below has named is named.
      guard outer[0].from.flatMap(\.references).contains(where: { step.before.relation($0.name) != nil }) else {
        continue
      }
      let tokens = step.file.tokens(in: offset..<step.statement.range.upperBound)
      let end = tokens.first { step.file.text($0.range) == "*" }?.range.upperBound ?? offset + 1
      return [
        diagnostic(
          "the view's columns are those that the table has today", at: offset..<end, of: step,
          notes: ["columns that are added later are missing in it, and in no order that anybody chose"],
          help: "name the columns")
      ]
    }
    return []
  }
}

extension Action {
  /// The name of the view that the statement makes.
  var viewName: ObjectName? {
    switch self {
    case .createView(let view): view.view.name
    case .createTableAs(let table): table.isMaterializedView ? table.table.name : nil
    default: nil
    }
  }

  /// What a view shows, materialised or not.
  var viewQuery: Query? {
    switch self {
    case .createView(let view): view.query
    case .createTableAs(let table): table.isMaterializedView ? table.query : nil
    default: nil
    }
  }
}
