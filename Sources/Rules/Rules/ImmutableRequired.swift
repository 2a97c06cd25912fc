import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/immutable-required.md.
struct ImmutableRequired: RejectionRule {
  static let id = "immutable-required"
  static let note = "the value is stored, and must not depend on anything but the row"
  static let help = "use immutable functions only, such as `(at at time zone 'UTC')::date` for the day of a timestamptz"

  static func covers(_ message: String, _ sqlState: String, _ action: Action) -> Bool {
    sqlState == "42P17" && (message.contains("IMMUTABLE") || message.contains("not immutable"))
      || sqlState == "0A000" && message.hasPrefix("cannot use subquery in")
  }
}
