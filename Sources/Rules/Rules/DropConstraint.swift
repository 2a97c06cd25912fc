import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/drop-constraint.md.
struct DropConstraint: Rule {
  static let id = "drop-constraint"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for step in replayed.forward where step.outcome.sqlState == nil {
      guard case .alterTable(let change) = step.statement.action,
        let table = replayed.before.relation(change.table.name), !table.isAssumed, !chain.isNew(table, to: step),
        let after = replayed.after.relation(table.oid)
      else { continue }
      for part in change.changes {
        switch part {
        case .dropConstraint(let name, _, _):
          guard let constraint = table.constraints.first(where: { $0.name == name }), !after.hasLike(constraint) else {
            continue
          }
          found.append(finding("constraint '\(name)'", name, table, step))
        case .dropNotNull(let column):
          guard table.column(column)?.isNotNull == true, after.column(column)?.isNotNull == false else { continue }
          found.append(finding("NOT NULL of '\(table.name.name).\(column)'", column, table, step))
        default: continue
        }
      }
    }
    return found
  }

  private func finding(_ what: String, _ name: String, _ table: Relation, _ step: Execution) -> Diagnostic {
    diagnostic(
      "without \(what), rows get in that programs don't expect", at: step.mention(of: name), of: step,
      labels: table.origin.map { [$0.label("the table is made here", naming: table.name.name)] } ?? [],
      notes: ["it can't be put back before such rows are removed"],
      help: "change all readers first")
  }
}

extension Relation {
  /// Whether a constraint of the same kind on the same columns is still, or again, there.
  fileprivate func hasLike(_ constraint: Constraint) -> Bool {
    constraints.contains { other in
      other.name == constraint.name
        || constraint.isUnique && other.isUnique && Set(constraint.columns).isSubset(of: other.columns)
        || other.columns == constraint.columns && other.isCheck == constraint.isCheck
          && (other.foreignKey == nil) == (constraint.foreignKey == nil) && other.isUnique == constraint.isUnique
    } || constraint.columns.contains { column($0) == nil }
  }
}
