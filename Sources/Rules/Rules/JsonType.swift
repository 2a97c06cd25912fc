import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/json-type.md.
struct JsonType: ColumnTypeRule {
  static let id = "json-type"
  static let severity = Severity.info
  static let types: Set<OID> = [.json]
  static let problem = "is stored as text"
  static let note = "json is parsed each time it is read, has no equality, and can't be indexed"
  static let help = "use jsonb"
}
