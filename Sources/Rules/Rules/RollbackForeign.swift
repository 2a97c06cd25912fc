import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/rollback-foreign.md.
struct RollbackForeign: Rule {
  static let id = "rollback-foreign"
  static let severity = Severity.warning
  static let category = Category.rollback

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.migrations.flatMap { replayed in
      replayed.down.flatMap { step -> [Diagnostic] in
        guard case .drop(let drop) = step.statement.action else { return [] }
        return drop.objects.compactMap { object in
          guard let owner = owner(of: object, drop.kind, in: replayed, chain),
            owner.migration != replayed.migration.version,
            // Dropped and made again is replaced: a view's older definition, an enum without its new value.
            !replayed.afterDown.has(object, drop.kind)
          else { return nil }
          return finding(object, drop.kind, owner, step, chain)
        }
      }
    }
  }

  private func finding(
    _ object: Target, _ kind: ObjectKind, _ owner: Origin, _ step: Step, _ chain: Chain
  ) -> Diagnostic {
    let name = object.name.description
    return diagnostic(
      "the rollback of migration '\(step.migration ?? "")' drops \(kind.rawValue) '\(name)', which \(chain.name(of: owner.migration)) creates",
      at: step.mention(of: object.name.name), of: step, labels: [owner.label("created here", naming: object.name.name)],
      notes: ["rolling back one migration must leave what the others made"],
      help: owner.migration.map { "drop it in the rollback of migration \($0)" } ?? "leave it alone")
  }

  /// Where the object that a rollback drops comes from: another migration than its own, if its own doesn't create it.
  private func owner(
    of object: Target, _ kind: ObjectKind, in replayed: Chain.Replayed, _ chain: Chain
  ) -> Origin? {
    let isOwn = (replayed.up + replayed.down).contains { creates(object, kind, $0) }
    guard !isOwn else { return nil }
    if let origin = replayed.after.origin(of: kind, object.name) { return origin }
    return chain.steps(changing: object.name.name).first { creates(object, kind, $0) }?.origin
  }

  private func creates(_ object: Target, _ kind: ObjectKind, _ step: Step) -> Bool {
    let wanted = ObjectID(kind, schema: object.name.schema, object.name.name, table: object.table?.name)
    return step.outcome.effects.contains { effect in
      effect.isCreation && effect.object.matches(wanted)
    }
  }
}

extension Catalog {
  fileprivate func has(_ object: Target, _ kind: ObjectKind) -> Bool {
    if let table = object.table.flatMap({ relation($0) }) {
      return table.triggers.contains { $0.name == object.name.name }
        || table.policies.contains { $0.name == object.name.name }
    }
    return origin(of: kind, object.name) != nil
  }
}
