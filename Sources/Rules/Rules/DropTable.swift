import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/drop-table.md.
struct DropTable: Rule {
  static let id = "drop-table"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    chain.removals(by: replayed, of: [.table, .foreignTable]).compactMap { removal in
      guard let table = replayed.before.relation(ObjectName(schema: removal.object.schema, removal.object.name)) else {
        return nil
      }
      let users = (replayed.before.tables(referencing: table.oid) + replayed.before.views(reading: table.oid))
        .filter { $0.oid != table.oid && replayed.after.relation($0.oid) != nil }.map(\.name.description)
      return diagnostic(
        "dropping table '\(removal.object)' loses its rows", at: removal.step.mention(of: removal.object.name),
        of: removal.step,
        labels: table.origin.map { [$0.label("created here", naming: table.name.name)] } ?? [],
        notes: users.isEmpty ? [] : ["it is used by \(users.quotedList())"],
        help: "rename it first, and drop it once nobody has missed it")
    }
  }
}
