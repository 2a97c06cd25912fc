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
    let tables = chain.tables.filter { !$0.isPartition }
    let updated = tables.flatMap(\.columns).filter { $0.isNotNull && $0.saysUpdated }
    let isRule = updated.count < 3 || updated.filter { $0.hasDefault }.count * 2 > updated.count
    return tables.flatMap { table -> [Diagnostic] in
      // Where programs say when a row was made, they say when it was changed, too.
      guard table.isFilledByServer ?? isRule, !table.hasTriggerForNewRows else { return [] }
      return table.columns.filter(\.isRequiredTime).compactMap { column in
        diagnostic(
          "'\(table.name.name).\(column.name)' must have a value, and nothing gives it one", about: column, of: table,
          notes: ["an INSERT that leaves it out fails with 23502"], help: "add `DEFAULT now()`")
      }
    }
  }
}

extension Column {
  fileprivate var isTimestamp: Bool {
    guard let type else { return false }
    return [OID.timestamp, .timestamptz].contains(type.oid)
  }

  /// Whether it must say when the row was changed last, and has no value of its own.
  fileprivate var isRequiredTime: Bool { isNotNull && !hasDefault && !isGenerated && isTimestamp && saysUpdated }

  /// Whether it says when the row was changed last.
  var saysUpdated: Bool {
    guard 9...14 ~= name.utf8.count else { return false }
    let name = name.lowercased().filter { $0 != "_" }
    return ["updatedat", "modifiedat", "updatedon", "modifiedon", "lastupdated", "lastmodified"].contains(name)
  }
}

extension Relation {
  /// Whether the server says when a row was made, so that it might say when it was changed; nil where nothing says it.
  fileprivate var isFilledByServer: Bool? {
    let others = columns.filter { column in
      column.isTimestamp && column.isNotNull && ["creat", "insert"].contains { column.name.lowercased().hasPrefix($0) }
    }
    return others.isEmpty ? nil : others.contains(where: \.hasDefault)
  }

  fileprivate var hasTriggerForNewRows: Bool {
    triggers.contains { $0.definition.timing == .before && $0.definition.events.contains(.insert) }
  }
}
