import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/replaces-shared-function.md.
struct ReplacesSharedFunction: Rule {
  static let id = "replaces-shared-function"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    replayed.forward.compactMap { step in
      guard case .createFunction(let function) = step.statement.action, function.orReplace,
        let old = step.outcome.effects.compactMap({ effect -> Routine? in
          guard case .altered(let object) = effect, object.kind.isRoutine else { return nil }
          return replayed.before.routine(object)
        }).first, old.definition.body?.words != function.body?.words,
        // Who replaces a function on purpose doesn't bring it along for a table of his own.
        let table = replayed.forward.lazy.compactMap({ $0.tableOfTrigger(using: function.name) }).first
      else { return nil }
      let users = replayed.before.tables.filter { user in
        // Triggers that the migration makes anew are its own.
        user.name.name != table.name.name
          && user.triggers.contains { trigger in
            trigger.function == old.oid
              && replayed.after.relation(user.oid)?.triggers.contains { $0.oid == trigger.oid } == true
          }
      }
      guard !users.isEmpty,
        !replayed.before.tables.contains(where: { user in
          user.name.name == table.name.name && user.triggers.contains { $0.function == old.oid }
        })
      else { return nil }
      return diagnostic(
        "function '\(function.name)' is replaced by another one, also for \(users.map(\.name.name).quotedList())",
        at: step.mention(of: function.name.name), of: step,
        labels: old.origin.map { [$0.label("it was defined here", naming: function.name.name)] } ?? [],
        notes: ["triggers there run the new body from now on"],
        help: "use the function that is there, or give this one another name")
    }
  }
}

extension PlacedStatement {
  fileprivate func tableOfTrigger(using function: ObjectName) -> Reference? {
    guard case .createTrigger(let trigger) = statement.action, trigger.function.name == function.name else {
      return nil
    }
    return trigger.table
  }
}

extension CodeBody {
  /// The text without what doesn't matter to its meaning.
  fileprivate var words: String { text.lowercased().filter { !$0.isWhitespace && $0 != ";" } }
}
