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
        let lack = rejection.acceptedSince.flatMap { chain.lack(of: $0) }
        if rejection.acceptedSince != nil, lack == nil { return nil }
        let place = rejection.offset.map { step.file.nameRange(at: $0, within: step.statement.range) }
        return diagnostic(
          message.replacing("\"", with: "'"), at: place ?? step.statement.range, of: step,
          severity: lack?.severity ?? .error,
          labels: rejection.related.map { [$0.label("it collides with this", naming: "")] } ?? [],
          notes: [
            rejection.acceptedSince.map { "PostgreSQL rejects the statement before version \($0)" }
              ?? "PostgreSQL rejects the statement"
          ],
          help: lack?.help
            ?? "see what the error code \(sqlState) stands for in appendix A of the PostgreSQL documentation",
          sqlState: lack?.severity == .warning ? nil : sqlState)
      case .undefined(let object) where !Self.kindsWithRules.contains(object.kind) && object.knownName == nil:
        return diagnostic(
          "\(object.kind.rawValue) '\(object)' does not exist", at: step.range(of: rejection, name: object.name),
          of: step,
          help: "create it in an earlier migration", sqlState: rejection.sqlState)
      default: return nil
      }
    }
  }

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
