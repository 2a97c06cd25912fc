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
    let tables = chain.tables.filter { table in !table.isPartition && table.columns.contains(where: \.saysUpdated) }
    let required = tables.filter { table in
      table.columns.contains { $0.saysUpdated && $0.isNotNull && !$0.hasDefault }
    }
    // Where all tables have it, a library gives the value.
    if required.count > 5, required.count * 5 > tables.count * 4 { return [] }
    return chain.tables.filter { !$0.isPartition }.flatMap { table -> [Diagnostic] in
      table.columns.compactMap { column in
        guard column.saysUpdated, column.isNotNull, !column.hasDefault, !column.isGenerated,
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
  /// Whether it says when the row was changed last.
  var saysUpdated: Bool {
    let name = name.lowercased().filter { $0 != "_" }
    return ["updatedat", "modifiedat", "updatedon", "modifiedon", "lastupdated", "lastmodified"].contains(name)
  }
}
