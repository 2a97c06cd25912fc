import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/drop-object.md.
struct DropObject: Rule {
  static let id = "drop-object"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  private static let kinds: Set<ObjectKind> = [
    .view, .materializedView, .sequence, .type, .domain, .function, .procedure, .aggregate, .routine, .extension,
  ]

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    chain.removals(by: replayed, of: Self.kinds).compactMap { removal in
      let object = removal.object
      let name = ObjectName(schema: object.schema, object.name)
      // Another version of a function under the same name takes its place.
      if object.kind.isRoutine, !replayed.after.routines(name).isEmpty { return nil }
      if object.kind == .sequence, replayed.before.relation(name)?.ownedBy != nil { return nil }
      return diagnostic(
        "dropping \(object.kind.rawValue) '\(object)' breaks what still uses it",
        at: removal.step.mention(of: object.name), of: removal.step,
        labels: replayed.before.origin(of: object.kind, name).map { [$0.label("created here", naming: object.name)] }
          ?? [],
        notes: ["programs and the bodies of functions name it without PostgreSQL knowing"],
        help: "stop using it in one release, and drop it in the next")
    }
  }
}
