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
    let created = (replayed.up + replayed.down).flatMap(\.outcome.effects).filter(\.isCreation).map(\.object)
    for step in replayed.down {
      guard case .drop(let drop) = step.statement.action else { continue }
      for object in drop.objects {
        let kind = drop.kind
        let id = object.id(as: kind)
        // Dropped and made again is replaced: a view's older definition, an enum without its new value.
        if created.contains(where: { $0.matches(id) }) || replayed.afterDown.has(object, kind) { continue }
        if let owner = replayed.after.origin(of: kind, object.name) {
          if owner.migration != step.migration { found.append(finding(object, kind, owner, step, chain)) }
        } else {
          pending.append((object, kind, step))
        }
      }
    }
    return summed(found)
  }

  /// One finding for a rollback: the first, with how many there are.
  private func summed(_ found: [Diagnostic]) -> [Diagnostic] {
    guard var first = found.first, found.count > 1 else { return found }
    first.notes.append(
      "\(found.count - 1) more \(found.count == 2 ? "object" : "objects") of other migrations go with it")
    return [first]
  }

  func check(_ chain: Chain) -> [Diagnostic] {
    let found = pending.compactMap { object, kind, step -> Diagnostic? in
      guard let owner = chain.history.creation(of: object.id(as: kind))?.origin, owner.migration != step.migration
      else { return nil }
      return finding(object, kind, owner, step, chain)
    }
    var seen: [String] = []
    let rollbacks = found.map { "\($0.range.path) \($0.migration ?? "")" }
    for rollback in rollbacks where !seen.contains(rollback) { seen.append(rollback) }
    return seen.flatMap { rollback in summed(zip(found, rollbacks).filter { $0.1 == rollback }.map(\.0)) }
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
}

extension Target {
  fileprivate func id(as kind: ObjectKind) -> ObjectID {
    ObjectID(kind, schema: name.schema, name.name, table: table?.name)
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
