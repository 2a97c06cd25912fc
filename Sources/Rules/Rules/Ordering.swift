import Catalog
import Diagnostics
import Migrations
import PostgresSyntax

/// See rules/ordering.md.
struct Ordering: Rule {
  static let id = "ordering"
  static let severity = Severity.error
  static let category = Category.reference

  /// Tools that know a migration by its version alone, and refuse two of one.
  private static let refusing: Set<String> = [
    "flyway", "golang-migrate", "goose", "dbmate", "sqlx", "supabase", "diesel", "hasura",
  ]

  func check(_ chain: Chain) -> [Diagnostic] {
    var first: [String: Migration] = [:]
    return chain.set.migrations.compactMap { migration in
      guard !migration.isRepeatable, !migration.version.isEmpty, let script = migration.up.first,
        migration.version.allSatisfy({ $0.isNumber || $0 == "." || $0 == "_" })
      else { return nil }
      guard let other = first[migration.version] else {
        first[migration.version] = migration
        return nil
      }
      guard other.path != migration.path, let place = other.up.first else { return nil }
      return diagnostic(
        "two migrations have the version '\(migration.version)'", at: script.firstStatement,
        of: Origin(file: script.file, range: script.range, migration: migration.version),
        severity: Self.refusing.contains(chain.set.layout) ? .error : .warning,
        labels: [
          Diagnostic.Label(range: place.file.range(place.firstStatement), text: "the other one")
        ], notes: ["which of them runs first depends on the tool, and some refuse both"],
        help: "give one of them a version of its own")
    }
  }
}

extension Script {
  /// What comes before the first semicolon, comments left out.
  fileprivate var firstStatement: Range<Int> {
    let tokens = file.tokens(in: range).prefix { !file.isPunctuation($0, ";") }
    guard let first = tokens.first, let last = tokens.last else { return range.lowerBound..<range.lowerBound }
    return first.range.lowerBound..<last.range.upperBound
  }
}
