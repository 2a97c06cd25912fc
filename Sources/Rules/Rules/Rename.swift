import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/rename.md.
struct Rename: Rule {
  static let id = "rename"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward, step.outcome.sqlState == nil else { return [] }
    switch step.statement.action {
    case .rename(let rename): return renamed(rename.target, to: rename.newName, step, chain)
    case .alterEnum(let change):
      guard let old = change.oldValue, let type = step.before.type(change.name), !chain.isOwn(type.origin, of: step)
      else { return [] }
      return [finding("enum value '\(old)'", change.newValue, at: step.statement.range, type.origin, step)]
    default: return []
    }
  }

  private func renamed(_ target: Target, to name: String, _ step: Step, _ chain: Chain) -> [Diagnostic] {
    switch target.kind {
    case .table, .view, .materializedView, .foreignTable:
      guard let table = step.before.relation(target.name), !chain.isOwn(table.origin, of: step), !table.isPartition
      else { return [] }
      let label = "\(target.kind.rawValue) '\(target.name.name)'"
      return [finding(label, name, at: step.mention(of: target.name.name), table.origin, step)]
    case .column, .attribute:
      guard let table = target.table.flatMap({ step.before.relation($0) }), !chain.isOwn(table.origin, of: step),
        !chain.added(column: target.name.name, to: table, by: step)
      else { return [] }
      let label = "column '\(table.name.name).\(target.name.name)'"
      return [finding(label, name, at: step.mention(of: target.name.name), table.origin, step)]
    default: return []
    }
  }

  private func finding(_ what: String, _ name: String, at range: Range<Int>, _ origin: Origin?, _ step: Step)
    -> Diagnostic
  {
    diagnostic(
      "renaming \(what) to '\(name)' breaks programs that use the old name", at: range, of: step,
      labels: origin.map { [$0.label("created here", naming: "")] } ?? [],
      notes: ["programs that run while the migration is deployed know the old name only"],
      help: "add the new name beside the old one, move everything over, and remove the old one later")
  }
}
