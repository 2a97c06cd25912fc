import Catalog
import Diagnostics

/// See rules/missing-rollback.md.
final class MissingRollback: Rule {
  static let id = "missing-rollback"
  static let severity = Severity.warning
  static let category = Category.rollback

  /// The findings so far: migrations that follow each other without a rollback are one.
  private var found: [(diagnostic: Diagnostic, versions: [String])] = []
  private var isInRow = false
  private var count = 0
  /// Whether some migration had a rollback: what came before is older than the habit.
  private var hasBegun = false

  init() {}

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    guard chain.hasRollbacks, !replayed.isWhole, !replayed.migration.isRepeatable else { return [] }
    if !replayed.migration.down.isEmpty { hasBegun = true }
    guard hasBegun else { return [] }
    count += 1
    guard replayed.migration.down.isEmpty, let first = replayed.up.first(where: \.canBeTakenBack) else {
      isInRow = false
      return []
    }
    let version = replayed.migration.version
    if isInRow {
      found[found.count - 1].versions.append(version)
    } else {
      isInRow = true
      found.append(
        (
          diagnostic(
            "migration '\(version)' has no rollback", at: first.statement.range, of: first,
            notes: [
              first.file.hasDownMarker
                ? "the marker of its rollback is no beginning of a line, and the tool doesn't see it"
                : "other migrations here have one"
            ],
            help: "write a rollback that removes what the migration creates"), [version]
        ))
    }
    return []
  }

  func check(_ chain: Chain) -> [Diagnostic] {
    let lacking = found.flatMap(\.versions)
    // Where many have none, that is one decision.
    if found.count > 2, lacking.count * 4 > count { found = [(found[0].diagnostic, lacking)] }
    return found.map { diagnostic, versions in
      guard versions.count > 1 else { return diagnostic }
      var diagnostic = diagnostic
      diagnostic.message = "migrations \(versions.quotedList()) have no rollback"
      return diagnostic
    }
  }
}

extension SourceFile {
  /// Whether a marker of a rollback stands somewhere.
  fileprivate var hasDownMarker: Bool {
    ["migrate:down", "+goose Down", "+migrate Down"].contains { contains("-- \($0)", in: 0..<bytes.count) }
  }
}

extension Execution {
  /// Whether the statement makes, changes or drops something; a new value of an enum stays for good.
  fileprivate var canBeTakenBack: Bool {
    if case .alterEnum = statement.action { return false }
    return !outcome.effects.isEmpty
  }
}
