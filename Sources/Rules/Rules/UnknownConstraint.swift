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
  /// Whether later versions of the server give such names to the NOT NULL of columns (PostgreSQL 18 release notes).
  /// Table and column may have been called otherwise when it did.
  fileprivate func isNotNullName(_ object: ObjectID) -> Bool {
    guard let table = object.table, relation(ObjectName(schema: object.schema, table)) != nil else { return false }
    var name = object.name[...]
    while name.last?.isNumber == true { name.removeLast() }
    return name.hasSuffix("_not_null")
  }
}
