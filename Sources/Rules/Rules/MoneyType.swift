import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/money-type.md.
struct MoneyType: ColumnTypeRule {
  static let id = "money-type"
  static let severity = Severity.info
  static let types: Set<OID> = [.money]
  static let problem = "is of type money"
  static let note = "what it means depends on the server's locale, and it rounds to that currency's smallest unit"
  static let help = "use numeric, with the currency in a column of its own"
}
