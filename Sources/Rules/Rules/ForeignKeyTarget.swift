import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/foreign-key-target.md.
struct ForeignKeyTarget: RejectionRule {
  static let id = "foreign-key-target"
  static let note = "a foreign key needs exactly one row to refer to"
  static let help = "add a primary key or unique constraint on exactly these columns"

  static func covers(_ message: String, _ sqlState: String, _ action: Action) -> Bool { sqlState == "42830" }
}
