import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/char-type.md.
struct CharType: ColumnTypeRule {
  static let id = "char-type"
  static let severity = Severity.info
  static let types: Set<OID> = [.bpchar]
  static let problem = "is padded with blanks"
  static let note = "char(n) stores the blanks, and compares as if they weren't there"
  static let help = "use text, with a check of the length where it matters"

  /// Values of these lengths are always of that length: flags, codes of countries and currencies, identifiers, digests.
  static func isMeant(_ column: Column) -> Bool {
    guard let length = column.type?.modifier.flatMap({ Int($0) }) else { return true }
    return length <= 3 || [5, 20, 21, 22, 24, 26, 27, 32, 36, 38, 40, 42, 64, 66, 128].contains(length)
  }
}
