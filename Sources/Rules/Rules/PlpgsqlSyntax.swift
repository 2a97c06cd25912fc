import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/plpgsql-syntax.md.
struct PlpgsqlSyntax: RejectionRule {
  static let id = "plpgsql-syntax"
  static var category: Category { .dialect }
  static let note = "the server reads the body when the function is created"
  static let help = "PL/pgSQL's grammar accepts the body only up to here"

  static func covers(_ message: String, _ sqlState: String, _ action: Action) -> Bool {
    guard sqlState == "42601" || message.hasPrefix("cannot use RETURN") || message.hasPrefix("RETURN cannot") else {
      return false
    }
    switch action {
    case .createFunction(let function): return function.body?.language == "plpgsql"
    case .doBlock(let body): return body.language == "plpgsql"
    default: return false
    }
  }
}
