import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/supabase-user-metadata.md.
struct SupabaseUserMetadata: Rule {
  static let id = "supabase-user-metadata"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.flatMap(\.policies).compactMap { policy in
      guard let origin = policy.origin,
        let offset = [policy.definition.using, policy.definition.withCheck].lazy.compactMap({ $0?.userMetadata }).first
      else { return nil }
      return diagnostic(
        "policy '\(policy.name)' trusts what users write into their own metadata", about: policy,
        at: offset >= 0 ? offset..<origin.file.literalEnd(at: offset) : nil,
        notes: ["every user can change 'user_metadata' through the API"],
        help: "use 'app_metadata', which only the service role writes")
    }
  }
}

extension Expression {
  /// Where the condition reads what users can write about themselves.
  fileprivate var userMetadata: Int? {
    var found: Int?
    walk {
      if case .literal(.string(let text), let offset) = $0,
        ["user_metadata", "raw_user_meta_data", "{user_metadata,role}"].contains(text)
      {
        found = found ?? offset
      }
      if case .column(let path, _, let offset) = $0, path.last == "raw_user_meta_data" { found = found ?? offset }
    }
    return found
  }
}
