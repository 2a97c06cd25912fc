import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/required-without-source.md.
struct RequiredWithoutSource: Rule {
  static let id = "required-without-source"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    // Prisma's client gives the value itself.
    guard chain.set.layout != "prisma" else { return [] }
    let updated = chain.tables.filter { !$0.isPartition }.flatMap(\.columns).filter { $0.saysUpdated && $0.isNotNull }
    let isRule = updated.count(where: \.hasDefault) * 2 > updated.count
    return chain.tables.filter { !$0.isPartition }.flatMap { table -> [Diagnostic] in
      table.columns.compactMap { column in
        guard table.isFilledByServer ?? (isRule || updated.count < 3), column.saysUpdated, column.isNotNull,
          column.isTimestamp,
          !column.hasDefault, !column.isGenerated,
          !table.triggers.contains(where: { $0.definition.timing == .before && $0.definition.events.contains(.insert) })
        else { return nil }
        return diagnostic(
          "'\(table.name.name).\(column.name)' must have a value, and nothing gives it one", about: column, of: table,
          notes: ["an INSERT that leaves it out fails with 23502"], help: "add `DEFAULT now()`")
      }
    }
  }
}

extension Column {
  fileprivate var isTimestamp: Bool { type?.oid == .timestamptz || type?.oid == .timestamp }

  /// Whether it says when the row was changed last.
  var saysUpdated: Bool {
    let name = name.lowercased().filter { $0 != "_" }
    return ["updatedat", "modifiedat", "updatedon", "modifiedon", "lastupdated", "lastmodified"].contains(name)
  }
}

extension Relation {
  /// Whether the server gives the table's other times, so that it might give this one; nil where there are none.
  fileprivate var isFilledByServer: Bool? {
    let others = columns.filter { $0.isTimestamp && $0.isNotNull && !$0.saysUpdated }
    return others.isEmpty ? nil : others.contains(where: \.hasDefault)
  }
}
