import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/drop-schema.md.
struct DropSchema: Rule {
  static let id = "drop-schema"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for step in replayed.forward where step.outcome.sqlState == nil {
      guard case .drop(let drop) = step.statement.action, drop.kind == .schema && drop.cascade || drop.kind == .database
      else {
        continue
      }
      for object in drop.objects where drop.kind == .database || replayed.before.hasSchema(object.name.name) {
        let tables = step.outcome.effects.filter { $0.isDrop && $0.object.kind == .table }.map(\.object.description)
        found.append(
          diagnostic(
            "dropping \(drop.kind.rawValue) '\(object.name.name)' loses all that is in it",
            at: step.mention(of: object.name.name), of: step,
            notes: tables.isEmpty ? [] : ["\(tables.quotedList()) \(tables.count == 1 ? "goes" : "go") with it"],
            help: "drop the objects one by one, so that each is seen"))
      }
    }
    return found
  }
}
