import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/unknown-constraint.md.
struct UnknownConstraint: Rule {
  static let id = "unknown-constraint"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    step.outcome.rejections.compactMap { rejection in
      guard case .undefined(let object) = rejection.reason, object.kind == .constraint else { return nil }
      guard step.before.isNotNullName(object) else { return undefined(object, rejection, step, in: chain) }
      return needing(18, "the NOT NULL constraint '\(object)'", object.name, rejection, step, in: chain)
    }
  }
}

extension Catalog {
  /// Whether later versions of the server give the name to a column's NOT NULL (PostgreSQL 18 release notes).
  fileprivate func isNotNullName(_ object: ObjectID) -> Bool {
    guard object.name.hasSuffix("_not_null"), let table = object.table,
      let relation = relation(ObjectName(schema: object.schema, table))
    else { return false }
    return relation.columns.contains { $0.isNotNull && object.name.hasSuffix("_\($0.name)_not_null") }
  }
}
