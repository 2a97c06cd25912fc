import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/view-contract.md.
struct ViewContract: RejectionRule {
  static let id = "view-contract"
  static let note = "CREATE OR REPLACE VIEW may only add columns at the end"
  static let help = "keep names, types and order of the columns, or drop the view and create it again"

  static func covers(_ message: String, _ sqlState: String, _ action: Action) -> Bool {
    sqlState == "42P16"
      && (message.contains("of view column") || message.contains("view column")
        || message == "cannot drop columns from view")
  }
}
