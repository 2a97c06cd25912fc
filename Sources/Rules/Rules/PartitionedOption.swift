import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/partitioned-option.md.
struct PartitionedOption: RejectionRule {
  static let id = "partitioned-option"
  static let note = "a partitioned table stores no rows itself"
  static let help = "do it on each partition"

  static func covers(_ message: String, _ sqlState: String, _ action: Action) -> Bool {
    if sqlState == "22023" { return message.hasPrefix("unrecognized parameter") }
    return sqlState == "0A000" && message.contains("partitioned table") && !message.hasPrefix("unique constraint")
  }
}
