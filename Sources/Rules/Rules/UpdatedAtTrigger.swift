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
      .filter { $0.columns.contains(where: \.saysUpdated) }
    let maintained = tables.filter { table in
      table.columns.contains { column in
        column.saysUpdated && table.triggers.contains { $0.isBeforeUpdate && chain.final.sets(column.name, $0) }
      }
    }
    // Where few tables have such a trigger, the programs keep the column up to date.
    guard let sibling = maintained.first, maintained.count * 2 >= tables.count, !chain.final.makesTriggersAtRunTime
    else { return [] }
    return tables.compactMap { table in
      guard let column = table.columns.first(where: \.saysUpdated), !table.triggers.contains(where: \.isBeforeUpdate)
      else { return nil }
      return diagnostic(
        "no trigger keeps '\(table.name.name).\(column.name)' up to date", about: column, of: table,
        notes: ["'\(sibling.name.name)' has one"], help: "create the same trigger on '\(table.name.name)'")
    }
  }
}

extension Trigger {
  fileprivate var isBeforeUpdate: Bool {
    definition.timing == .before && definition.events.contains(.update) && definition.isForEachRow
  }
}

extension Catalog {
  /// Whether the function of a trigger gives a column of the new row a value.
  fileprivate func sets(_ column: String, _ trigger: Trigger) -> Bool {
    guard let text = routine(trigger.function)?.definition.body?.text else {
      return false
    }
    let plain = text.lowercased().filter { !$0.isWhitespace && $0 != "\"" }
    return plain.contains("new.\(column.lowercased()):=") || plain.contains("new.\(column.lowercased())=")
  }

  /// Whether some code puts CREATE TRIGGER together when it runs.
  fileprivate var makesTriggersAtRunTime: Bool {
    mayHaveChanged(kind: .trigger)
      || allRoutines.contains { $0.definition.body?.text.lowercased().containsBytes(of: "create trigger") == true }
  }
}
