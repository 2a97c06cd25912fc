import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/foreign-key-type.md.
struct ForeignKeyType: RejectionRule {
  static let id = "foreign-key-type"
  static let note = "the server must be able to compare both columns"
  static let help = "give the column the type of the one it refers to"

  static func covers(_ message: String, _ sqlState: String, _ action: Action) -> Bool {
    sqlState == "42804" && message.hasPrefix("key columns")
  }
}
