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

  /// What a number of that kind is called where it is no sum of money.
  private static let otherWords = [
    "percent", "rate", "ratio", "improvement", "savings", "score", "estimat", "step", "mem", "units",
  ]

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.filter { !$0.isPartition }.flatMap { table in
      let found = table.columns.filter { column in
        guard let type = column.type?.oid, type == .real || type == .doublePrecision else { return false }
        let name = column.name.lowercased()
        // An exact column beside it says that the other is for show.
        let isExact = table.columns.contains { other in
          other.name != column.name && other.name.hasPrefix(column.name)
            && [OID.numeric, .bigint, .integer].contains(other.type?.oid)
        }
        guard !isExact, !name.isRatePerSize else { return false }
        return Self.words.contains { name.containsBytes(of: $0) }
          && !Self.otherWords.contains { name.containsBytes(of: $0) }
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

extension String {
  /// Whether the name is that of a rate, such as `cost_per_byte`; the price of one thing is a sum of money.
  fileprivate var isRatePerSize: Bool {
    guard let unit = split(separator: "_").drop(while: { $0 != "per" }).dropFirst().first else { return false }
    return !["unit", "item", "seat", "user", "piece"].contains(unit)
  }
}
