import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/partition-bounds.md.
struct PartitionBounds: RejectionRule {
  static let id = "partition-bounds"
  static let note = "every row must belong to one partition at most"
  static let help = "give the partition a bound of its parent's kind that no other partition covers"

  static func covers(_ message: String, _ sqlState: String, _ action: Action) -> Bool {
    switch sqlState {
    case "42P17":
      return message.contains("would overlap") || message.contains("empty range bound") || message.contains("modulus")
        || message.contains("range bound") || message.contains("conflict with existing default partition")
    case "42P16":
      return message.contains("bound specification") || message.contains("hash partition")
        || message.contains("per partitioning column") || message.contains("default partition")
    case "42804": return message.contains("bound following")
    default: return false
    }
  }
}
