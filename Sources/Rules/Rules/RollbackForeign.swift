import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/rollback-foreign.md.
final class RollbackForeign: Rule {
  static let id = "rollback-foreign"
  static let severity = Severity.warning
  static let category = Category.rollback

  init() {}

  /// Drops of what does not exist there: who creates it may come later.
  private var pending: [(object: Target, kind: ObjectKind, step: Execution)] = []

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for step in replayed.down {
      guard case .drop(let drop) = step.statement.action else { continue }
      for object in drop.objects {
        let kind = drop.kind
        let isOwn = (replayed.up + replayed.down).contains { creates(object, kind, $0) }
        // Dropped and made again is replaced: a view's older definition, an enum without its new value.
        if isOwn || replayed.afterDown.has(object, kind) { continue }
        if let owner = replayed.after.origin(of: kind, object.name) {
          if owner.migration != step.migration { found.append(finding(object, kind, owner, step, chain)) }
        } else {
          pending.append((object, kind, step))
        }
      }
    }
    return found
  }

  func check(_ chain: Chain) -> [Diagnostic] {
    pending.compactMap { object, kind, step in
      let wanted = ObjectID(kind, schema: object.name.schema, object.name.name, table: object.table?.name)
      guard let owner = chain.history.firstCreation(of: wanted)?.origin, owner.migration != step.migration else {
        return nil
      }
      return finding(object, kind, owner, step, chain)
    }
  }

  private func finding(
    _ object: Target, _ kind: ObjectKind, _ owner: Origin, _ step: Execution, _ chain: Chain
  ) -> Diagnostic {
    let name = object.name.description
    return diagnostic(
      "the rollback of migration '\(step.migration ?? "")' drops \(kind.rawValue) '\(name)', which \(chain.name(of: owner.migration)) creates",
      at: step.mention(of: object.name.name), of: step, labels: [owner.label("created here", naming: object.name.name)],
      notes: ["rolling back one migration must leave what the others made"],
      help: owner.migration.map { "drop it in the rollback of migration \($0)" } ?? "leave it alone")
  }

  private func creates(_ object: Target, _ kind: ObjectKind, _ step: Execution) -> Bool {
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
