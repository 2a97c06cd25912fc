import Catalog
import Diagnostics

/// See rules/unknown-column.md.
final class UnknownColumn: Rule {
  static let id = "unknown-column"
  static let severity = Severity.error
  static let category = Category.reference

  private var reported: Set<Use> = []

  private struct Use: Hashable {
    var path: String
    /// Where the statement begins, outside of migrations.
    var place: Int?
    var migration: String?
    var column: ObjectID
  }

  init() {}

  /// A column that a migration uses again and again is missing once.
  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    undefined([.column], step, in: chain) { column in
      let place = step.migration == nil ? step.statement.range.lowerBound : nil
      return reported.insert(
        Use(path: step.file.path, place: place, migration: step.migration, column: column)
      ).inserted
    }
  }
}
