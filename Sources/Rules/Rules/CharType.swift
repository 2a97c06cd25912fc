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
}
