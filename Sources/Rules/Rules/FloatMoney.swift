import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/float-money.md.
struct FloatMoney: Rule {
  static let id = "float-money"
  static let severity = Severity.info
  static let category = Category.design

  private static let words = [
    "price", "amount", "cost", "total_usd", "balance", "salary", "fee", "tax", "revenue", "payment", "discount",
    "budget", "_usd", "_eur", "credits",
  ]

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.filter { !$0.isPartition }.flatMap { table in
      let found = table.columns.filter { column in
        guard let type = column.type?.oid, type == .real || type == .doublePrecision,
          Self.words.contains(where: { column.name.lowercased().contains($0) }),
          !["percent", "rate", "ratio", "improvement", "savings", "score", "estimat", "step", "mem", "units"].contains(
            where: { column.name.lowercased().contains($0) })
        else { return false }
        return true
      }
      return found.prefix(1).compactMap { column in
        diagnostic(
          "'\(table.name.name).\(column.name)' holds money in binary floating point", about: column, of: table,
          notes: ["0.1 has no exact value there, and sums differ from what was added"]
            + (found.count > 1 ? ["so do \(found.dropFirst().map(\.name).quotedList())"] : []),
          help: "use numeric")
      }
    }
  }
}
