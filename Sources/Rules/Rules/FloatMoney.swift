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
      table.columns.compactMap { column -> Diagnostic? in
        guard let type = column.type?.oid, type == .real || type == .doublePrecision,
          Self.words.contains(where: { column.name.lowercased().contains($0) }),
          !["percent", "rate", "ratio", "improvement", "savings", "score", "estimat", "step", "mem", "units"].contains(
            where: { column.name.lowercased().contains($0) })
        else { return nil }
        return diagnostic(
          "'\(table.name.name).\(column.name)' holds money in binary floating point", about: column, of: table,
          notes: ["0.1 has no exact value there, and sums differ from what was added"], help: "use numeric")
      }
    }
  }
}
