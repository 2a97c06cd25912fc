import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/drop-column.md.
struct DropColumn: Rule {
  static let id = "drop-column"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    chain.removals(by: replayed, of: [.column]).compactMap { removal in
      let table = ObjectName(schema: removal.object.schema, removal.object.table ?? "")
      guard let before = replayed.before.relation(table), replayed.after.relation(before.oid) != nil else { return nil }
      return diagnostic(
        "dropping column '\(removal.object)' loses what is in it", at: removal.step.mention(of: removal.object.name),
        of: removal.step,
        labels: before.origin.map { [$0.label("the table is made here", naming: before.name.name)] } ?? [],
        notes: ["programs that still name the column fail as soon as it is gone"],
        help: "stop using it in one release, and drop it in the next")
    }
  }
}
