import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/updated-at-trigger.md.
struct UpdatedAtTrigger: Rule {
  static let id = "updated-at-trigger"
  static let severity = Severity.info
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    let tables = chain.tables.filter { !$0.isPartition && !chain.final.mayHaveChanged($0) }
    let maintained = tables.first { table in
      table.triggers.contains { $0.isBeforeUpdate } && table.columns.contains(where: \.saysUpdated)
    }
    guard let maintained else { return [] }
    return tables.compactMap { table in
      guard let column = table.columns.first(where: \.saysUpdated), !table.triggers.contains(where: \.isBeforeUpdate)
      else { return nil }
      return diagnostic(
        "no trigger keeps '\(table.name.name).\(column.name)' up to date", about: column, of: table,
        notes: ["'\(maintained.name.name)' has one"], help: "create the same trigger on '\(table.name.name)'")
    }
  }
}

extension Trigger {
  fileprivate var isBeforeUpdate: Bool {
    definition.timing == .before && definition.events.contains(.update) && definition.isForEachRow
  }
}
