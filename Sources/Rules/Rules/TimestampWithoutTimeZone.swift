import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/timestamp-without-time-zone.md.
struct TimestampWithoutTimeZone: ColumnTypeRule {
  static let id = "timestamp-without-time-zone"
  static let severity = Severity.info
  static let types: Set<OID> = [.timestamp]
  static let problem = "is a timestamp without time zone"
  static let note = "it holds what a clock on some wall shows, and nobody knows where that wall is"
  static let help = "use timestamptz"
}
