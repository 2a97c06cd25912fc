import Catalog
import Diagnostics

/// See rules/rejected-statement.md. Found by sending the statement to a server, not by reading it.
public struct RejectedStatement: Rule {
  public static let id = "rejected-statement"
  public static let severity = Severity.error
  public static let category = Category.apply

  public init() {}

  /// The finding for a statement that a server rejected.
  public static func diagnostic(
    _ message: String, at range: SourceRange, of step: Step, labels: [Diagnostic.Label], notes: [String],
    sqlState: String?, help: String?
  ) -> Diagnostic {
    Diagnostic(
      rule: id, severity: severity, category: category, message: message, range: range, migration: step.migration,
      direction: step.direction, labels: labels, notes: notes, help: help, sqlState: sqlState)
  }
}
