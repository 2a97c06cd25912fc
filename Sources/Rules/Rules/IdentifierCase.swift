import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/identifier-case.md.
struct IdentifierCase: Rule {
  static let id = "identifier-case"
  static let severity = Severity.error
  static let category = Category.dialect

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    step.outcome.rejections.compactMap { rejection in
      guard case .undefined(let object) = rejection.reason, let other = Self.variant(of: object, in: step.before) else {
        return nil
      }
      let isQuoted = other != other.lowercased()
      return diagnostic(
        "\(object.kind.rawValue) '\(object.name)' does not exist, but '\(other)' does",
        at: step.range(of: rejection, name: object.name), of: step,
        notes: ["without quotes PostgreSQL reads a name in lower case; with quotes as it stands"],
        help: "write `\(other.sqlIdentifier)`\(isQuoted ? ", with the quotes" : "")",
        sqlState: rejection.isCertain ? rejection.sqlState : nil)
    }
  }

  /// An object of the same kind whose name differs by the case of its letters only.
  static func variant(of object: ObjectID, in catalog: Catalog) -> String? {
    switch object.kind {
    case .table, .view, .materializedView:
      return catalog.tables.first {
        $0.name.name != object.name && $0.name.name.lowercased() == object.name.lowercased()
          && (object.schema == nil || object.schema == $0.name.schema)
      }?.name.name
    case .column:
      let table = object.table.flatMap { catalog.relation(ObjectName(schema: object.schema, $0)) }
      return table?.columns.first {
        $0.name != object.name && $0.name.lowercased() == object.name.lowercased()
      }?.name
    default: return nil
    }
  }
}
