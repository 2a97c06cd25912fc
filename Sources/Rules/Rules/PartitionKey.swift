import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/partition-key.md.
struct PartitionKey: RejectionRule {
  static let id = "partition-key"
  static let note = "each partition checks its own rows only"
  static let help = "add the columns of the partition key to the constraint"

  static func covers(_ message: String, _ sqlState: String, _ action: Action) -> Bool {
    sqlState == "0A000"
      && (message.contains("must include all partitioning columns")
        || message.contains("with partition key definition"))
  }
}
