import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/access-widened.md.
struct AccessWidened: Rule {
  static let id = "access-widened"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    replayed.forward.compactMap { step in
      guard step.outcome.sqlState == nil, let (table, what, name) = widening(by: step, replayed) else { return nil }
      return diagnostic(
        what, at: name.map { step.mention(of: $0) } ?? step.statement.range, of: step,
        labels: table.origin.map { [$0.label("the table comes from here", naming: table.name.name)] } ?? [],
        notes: ["before this statement, '\(table.name.name)' was kept apart"],
        help: "say in the migration who is meant to see more, and why")
    }
  }

  private func widening(by step: Execution, _ replayed: Chain.Replayed) -> (Relation, String, String?)? {
    switch step.statement.action {
    case .alterTable(let change):
      guard let table = replayed.before.relation(change.table.name), table.hasRowSecurity,
        replayed.after.relation(table.oid)?.hasRowSecurity == false,
        change.changes.contains(where: { if case .rowSecurity(.disable) = $0 { true } else { false } })
      else { return nil }
      return (table, "every role that may read '\(table.name.name)' sees all of its rows from now on", nil)
    case .drop(let drop) where drop.kind == .policy:
      guard let target = drop.objects.first, let table = target.table.flatMap({ replayed.before.relation($0) }),
        table.hasRowSecurity, let policy = table.policies.first(where: { $0.name == target.name.name }),
        !policy.definition.isPermissive, let after = replayed.after.relation(table.oid), after.hasRowSecurity,
        !after.policies.contains(where: { !$0.definition.isPermissive && $0.definition.overlaps(policy.definition) })
      else { return nil }
      return (
        table,
        "without the restrictive policy '\(policy.name)', rows of '\(table.name.name)' that it held back can be seen",
        target.name.name
      )
    case .alterPolicy(let change):
      guard let table = replayed.before.relation(change.table.name), table.hasRowSecurity,
        let old = table.policies.first(where: { $0.name == change.name })?.definition,
        let new = replayed.after.relation(table.oid)?.policies.first(where: { $0.name == change.name })?.definition
      else { return nil }
      if !old.isForEveryone, new.isForEveryone {
        return (table, "policy '\(change.name)' is for every role from now on", change.name)
      }
      if let condition = change.using, condition.isAlwaysTrue, old.using?.isAlwaysTrue != true {
        return (
          table, "policy '\(change.name)' lets every row of '\(table.name.name)' through from now on", change.name
        )
      }
      return nil
    default: return nil
    }
  }
}
