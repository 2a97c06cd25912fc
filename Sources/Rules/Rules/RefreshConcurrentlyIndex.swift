import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/refresh-concurrently-index.md.
struct RefreshConcurrentlyIndex: RejectionRule {
  static let id = "refresh-concurrently-index"
  static let note = "the server compares old and new rows by that index"
  static let help = "create a unique index on columns of the view, without a condition, first"

  static func covers(_ message: String, _ sqlState: String, _ action: Action) -> Bool {
    sqlState == "55000" && message.hasPrefix("cannot refresh materialized view")
  }
}
