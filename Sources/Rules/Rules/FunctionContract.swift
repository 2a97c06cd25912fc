import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/function-contract.md.
struct FunctionContract: RejectionRule {
  static let id = "function-contract"
  static let note = "CREATE OR REPLACE keeps what callers of the function rely on"
  static let help = "drop the function and create it again, with what depends on it"

  static func covers(_ message: String, _ sqlState: String, _ action: Action) -> Bool {
    sqlState == "42P13"
      && (message.contains("existing function") || message.contains("change name of input parameter")
        || message.contains("cannot change routine kind"))
  }
}
