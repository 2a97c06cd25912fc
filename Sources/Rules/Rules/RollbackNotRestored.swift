import Catalog
import Diagnostics
import PostgresSyntax
import RegexBuilder

/// See rules/rollback-not-restored.md.
struct RollbackNotRestored: Rule {
  static let id = "rollback-not-restored"
  static let severity = Severity.warning
  static let category = Category.rollback

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    guard !replayed.isWhole, let first = replayed.down.first(where: \.changesSchema),
      !replayed.down.contains(where: { $0.outcome.sqlState != nil })
    else { return [] }
    var seen: Set<String> = []
    let found = replayed.up.flatMap { step -> [(difference: String, object: ObjectID, origin: Origin)] in
      guard step.outcome.sqlState == nil else { return [] }
      return step.outcome.effects.compactMap { effect in
        guard !replayed.mayRestore(effect.object), let difference = replayed.difference(of: effect.object),
          seen.insert(difference).inserted
        else { return nil }
        return (difference, effect.object, step.origin)
      }
    }
    return found.prefix(1).map { difference, object, origin in
      diagnostic(
        "\(replayed.rollbackName) doesn't restore \(difference)", at: first.statement.range, of: first,
        labels: [origin.label("changed here", naming: object.name)],
        notes: ["the schema is then neither that before the migration nor that after it"]
          + (found.count > 1
            ? ["it doesn't restore either: \(found.dropFirst().map(\.difference).joined(separator: ", "))"] : []),
        help: "put back what was there before")
    }
  }
}

extension Chain.Replayed {
  /// Whether a block of code in the rollback names the object: what that does is not followed everywhere.
  fileprivate func mayRestore(_ object: ObjectID) -> Bool {
    down.contains { step in
      guard case .doBlock(let body) = step.statement.action else { return false }
      return body.text.contains(object.table ?? object.name)
    }
  }

  /// What of an object that was there before the migration is not there as it was after its rollback.
  fileprivate func difference(of object: ObjectID) -> String? {
    let name = ObjectName(schema: object.schema, object.table ?? object.name)
    switch object.kind {
    case .function, .procedure:
      guard let old = before.routine(object) else { return nil }
      guard let new = afterDown.routine(object) else { return "function '\(object)'" }
      return sameText(old.definition.body?.text, new.definition.body?.text) ? nil : "the body of function '\(object)'"
    case .view, .materializedView:
      guard let old = before.relation(name)?.view else { return nil }
      guard let new = afterDown.relation(name)?.view else { return "view '\(object)'" }
      return sameQuery(old.written, new.written) || sameQuery(old.query, new.query) ? nil : "view '\(object)'"
    case .table, .column, .constraint, .policy, .trigger, .index:
      guard let old = before.relation(name) ?? before.index(name).flatMap({ before.relation($0.table) }),
        old.isTable, !old.isAssumed, let new = afterDown.relation(old.oid)
      else { return nil }
      return difference(old, new)
    default: return nil
    }
  }

  private func sameQuery(_ old: Query, _ new: Query) -> Bool {
    old == new || sameText(Deparser().text(old), Deparser().text(new))
  }

  /// Whether both say the same, however it is written. The patterns are slow, and most texts are equal as they are.
  private func sameText(_ old: String?, _ new: String?) -> Bool { old == new || old?.essence == new?.essence }

  /// Whether both hold the same values: varchar without a length is text, and a type may have been made anew.
  private func sameType(_ old: Column, _ new: Column) -> Bool {
    guard let a = old.type, let b = new.type, a != b else { return true }
    let isText = [a, b].allSatisfy { $0.modifier == nil && ($0.oid == .text || $0.oid == .varchar) }
    return isText || before.format(a) == afterDown.format(b)
  }

  private func difference(_ old: Relation, _ new: Relation) -> String? {
    let table = old.name.name
    if old.name != new.name { return "the name '\(table)'" }
    for column in old.columns {
      guard let now = new.column(column.name) else { return "column '\(table).\(column.name)'" }
      // A column that is added again to rows that exist may need a default, or have to do without a value.
      let isAddedAgain = now.number != column.number
      if !sameType(column, now) { return "the type of '\(table).\(column.name)'" }
      if column.isNotNull != now.isNotNull, !(isAddedAgain && column.isNotNull && !column.hasDefault) {
        return "\(column.isNotNull ? "NOT NULL" : "the nullability") of '\(table).\(column.name)'"
      }
      if !sameText(column.defaultText, now.defaultText), !(isAddedAgain && !column.hasDefault) {
        return "the default of '\(table).\(column.name)'"
      }
    }
    for constraint in old.constraints where !new.constraints.contains(where: { $0.name == constraint.name }) {
      return "constraint '\(constraint.name)' of '\(table)'"
    }
    for policy in old.policies where !new.policies.contains(where: { $0.name == policy.name }) {
      return "policy '\(policy.name)' of '\(table)'"
    }
    for trigger in old.triggers where !new.triggers.contains(where: { $0.name == trigger.name }) {
      return "trigger '\(trigger.name)' of '\(table)'"
    }
    for index in before.indexes(on: old.oid) where afterDown.index(index.name) == nil {
      return "index '\(index.name.name)'"
    }
    if old.hasRowSecurity != new.hasRowSecurity { return "row level security of '\(table)'" }
    return nil
  }
}

extension Column {
  /// The default, as far as it matters; nil for NULL and for none.
  fileprivate var defaultText: String? {
    defaultValue.flatMap { $0.isNullConstant ? nil : Deparser().text($0) }
  }
}

extension String {
  /// The text without comments, blanks, parentheses, quotes of names, casts, qualifiers and aliases that repeat a name:
  /// what people and the server write one way or the other.
  fileprivate var essence: String {
    let type =
      /"?(?:character varying|double precision|[a-z_.0-9]+)"?(?: with(?:out)? time zone)?(?:\([0-9, ]*\))?(?:\[\])?/
    let cast = Regex {
      "::"
      type
    }
    let castEnd = Regex {
      /\s+as\s+/
      type
      ")"
    }
    return replacing(/--[^\n]*|\/\*.*?\*\//, with: " ").lowercased()
      .replacing(/\bcast\(/, with: "(").replacing(castEnd, with: ")").replacing(cast, with: "")
      .replacing(/\s+like\s+/, with: "~~").replacing(/\s+ilike\s+/, with: "~~*")
      .replacing(/"?\b[a-z_][a-z_0-9$]*\b"?\.(?=[a-z_"*])/, with: "")
      .replacing(/\b([a-z_0-9]+)"?\s+as\s+"?\1\b"?/, with: { $0.output.1 })
      .filter { !$0.isWhitespace && $0 != "(" && $0 != ")" && $0 != "\"" && $0 != ";" }
      .replacing("elsenullend", with: "end")
  }
}
