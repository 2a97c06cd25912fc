import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/rejected-statement.md. Also what a server says of a statement that was sent to it.
public struct RejectedStatement: Rule {
  public static let id = "rejected-statement"
  public static let severity = Severity.error
  public static let category = Category.apply

  public init() {}

  public func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    step.outcome.rejections.compactMap { rejection in
      guard rejection.isCertain else { return nil }
      switch rejection.reason {
      case .other(let message, let sqlState):
        if Self.others.contains(where: { $0.covers(message, sqlState, step.statement.action) }) { return nil }
        return rejected(
          rejection, message, sqlState, step, chain, note: "PostgreSQL rejects the statement",
          help: "see what the error code \(sqlState) stands for in appendix A of the PostgreSQL documentation")
      case .undefined(let object) where !Self.kindsWithRules.contains(object.kind) && object.knownName == nil:
        return diagnostic(
          "\(object.kind.rawValue) '\(object)' does not exist", at: step.range(of: rejection, name: object.name),
          of: step,
          help: "create it in an earlier migration", sqlState: rejection.sqlState)
      default: return nil
      }
    }
  }

  /// The rules that some rejections are for.
  private static let others = allRules.compactMap { $0 as? any RejectionRule.Type }

  /// Kinds of object that a rule of their own looks for.
  private static let kindsWithRules: Set<ObjectKind> = [
    .table, .view, .materializedView, .foreignTable, .sequence, .column, .type, .domain, .schema, .function, .procedure,
    .routine, .aggregate, .role, .constraint, .index, .trigger, .policy,
  ]

  /// The finding for a statement that a server rejected.
  public static func diagnostic(
    _ message: String, at range: SourceRange, of step: some PlacedStatement, labels: [Diagnostic.Label],
    notes: [String], sqlState: String?, help: String?
  ) -> Diagnostic {
    Diagnostic(
      rule: id, severity: severity, category: category, message: message, range: range, migration: step.migration,
      direction: step.direction, labels: labels, notes: notes, help: help, sqlState: sqlState)
  }
}
