import Catalog
import Diagnostics
import Migrations
import PostgresSyntax

/// See rules/ordering.md.
struct Ordering: Rule {
  static let id = "ordering"
  static let severity = Severity.error
  static let category = Category.reference

  /// Tools that know a migration by its version alone, and refuse two of one. The names of golang-migrate's files, which
  /// it refuses too, are those of tools that don't.
  private static let refusing: Set<String> = [
    "flyway", "goose", "dbmate", "sqlx", "supabase", "diesel", "hasura",
  ]

  func check(_ chain: Chain) -> [Diagnostic] {
    // These know a migration by its whole name.
    guard !["prisma", "sql-migrate"].contains(chain.set.layout) else { return [] }
    let found = duplicates(in: chain)
    let others = chain.set.otherChains.compactMap { $0.first }.map { otherChain($0, in: chain) }
    // Many are no mistake of one file: the tool goes by names.
    let versions = Set(found.map(\.version))
    guard versions.count > 2, var one = found.first?.diagnostic else { return others + found.map(\.diagnostic) }
    one.severity = .warning
    one.message = "\(versions.count) versions belong to two or more migrations each, '\(found[0].version)' is the first"
    return others + [one]
  }

  private func otherChain(_ script: Script, in chain: Chain) -> Diagnostic {
    let folder = script.file.path.migrationFolder
    let main = chain.set.migrations.first?.path.migrationFolder ?? ""
    return diagnostic(
      "the migrations of '\(folder)' have the versions of those in '\(main)'", at: script.firstStatement,
      of: Origin(file: script.file, range: script.range, migration: nil), severity: .info,
      notes: ["they can't be one chain: only those in '\(main)' are replayed"],
      help: "check each folder by itself")
  }

  private func duplicates(in chain: Chain) -> [(version: String, diagnostic: Diagnostic)] {
    var first: [String: Migration] = [:]
    return chain.set.migrations.compactMap { migration in
      guard !migration.isRepeatable, !migration.version.isEmpty, let script = migration.up.first,
        migration.version.allSatisfy(\.isNumber) || chain.set.layout == "flyway"
      else { return nil }
      // Folders that are given together may belong to different databases.
      let key = "\(migration.path.migrationFolder) \(migration.version)"
      guard let other = first[key] else {
        first[key] = migration
        return nil
      }
      guard other.path != migration.path, other.numberInName == migration.numberInName, let place = other.up.first
      else { return nil }
      let found = diagnostic(
        "two migrations have the version '\(migration.version)'", at: script.firstStatement,
        of: Origin(file: script.file, range: script.range, migration: migration.version),
        severity: Self.refusing.contains(chain.set.layout) ? .error : .warning,
        labels: [
          Diagnostic.Label(range: place.file.range(place.firstStatement), text: "the other one")
        ], notes: ["which of them runs first depends on the tool, and some refuse both"],
        help: "give one of them a version of its own")
      return (migration.version, found)
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

extension Migration {
  /// What its name begins with, `0015b` in `0015b_add_users.sql`.
  fileprivate var numberInName: Substring {
    path.split(separator: "/").last { $0.first?.isNumber == true }?.prefix { $0.isLetter || $0.isNumber } ?? ""
  }
}

extension String {
  /// For the path of a script, the folder that holds the migrations, also where each has one of its own.
  fileprivate var migrationFolder: String {
    var parts = split(separator: "/", omittingEmptySubsequences: false)
    let name = parts.popLast() ?? ""
    if ["up.sql", "down.sql", "migration.sql"].contains(name) { parts.removeLast() }
    return parts.joined(separator: "/")
  }
}
