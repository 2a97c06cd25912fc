import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/restrict-blocks-deletes.md.
final class RestrictBlocksDeletes: Rule {
  static let id = "restrict-blocks-deletes"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  /// The tables that some foreign key has kept from deleting since.
  private var restricted: Set<OID> = []

  init() {}

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward, step.outcome.sqlState == nil, !step.statement.action.replacesConstraint else { return [] }
    return step.statement.action.foreignKeys.compactMap { key, offset in
      // What is written is a decision, but for what Prisma writes where nobody has chosen.
      let isChosen = step.saysOnDelete(at: offset) && !(key.onDelete == .restrict && key.onUpdate == .cascade)
      return isChosen ? nil : finding(key, at: offset, step, chain)
    }
  }

  private func finding(
    _ key: ConstraintDefinition.ForeignKey, at offset: Int, _ step: Step, _ chain: Chain
  ) -> Diagnostic? {
    guard key.onDelete == .restrict || key.onDelete == .noAction,
      let target = step.before.relation(key.target.name), target.isTable, restricted.insert(target.oid).inserted,
      !chain.isNew(target, to: step), !chain.isList(target), target.name != step.statement.action.newTable,
      !step.before.tables(referencing: target.oid).contains(where: { $0.restrictsDeletes(of: target.oid) })
    else { return nil }
    let name = target.name.name
    return diagnostic(
      "deleting from '\(name)' fails from now on where rows refer to it",
      at: step.file.elementRange(at: offset, within: step.statement.range), of: step,
      labels: target.origin.map { [$0.label("'\(name)' comes from here", naming: name)] } ?? [],
      notes: ["no foreign key has stood in the way of such deletes so far"],
      help: "choose ON DELETE CASCADE or SET NULL, or change the programs that delete from '\(name)'")
  }
}

extension Step {
  /// Whether the constraint at a place says what happens when the other row is deleted.
  fileprivate func saysOnDelete(at offset: Int) -> Bool {
    let words = file.tokens(in: file.elementRange(at: offset, within: statement.range)).compactMap(file.identifier)
    return zip(words, words.dropFirst()).contains { $0 == "on" && $1 == "delete" }
  }
}

extension Action {
  /// Whether it drops a constraint for another one.
  fileprivate var replacesConstraint: Bool {
    guard case .alterTable(let change) = self else { return false }
    return change.changes.contains { if case .dropConstraint = $0 { true } else { false } }
  }

  fileprivate var newTable: ObjectName? {
    if case .createTable(let table) = self { table.table.name } else { nil }
  }

  /// The foreign keys that the statement makes, with where they stand.
  var foreignKeys: [(key: ConstraintDefinition.ForeignKey, offset: Int)] {
    constraintDefinitions.compactMap { constraint in
      if case .foreignKey(let key) = constraint.kind { (key, constraint.offset) } else { nil }
    }
  }

  /// The constraints that the statement makes, those of columns included.
  var constraintDefinitions: [ConstraintDefinition] {
    switch self {
    case .createTable(let table): return table.constraints + table.columns.flatMap(\.constraints)
    case .alterTable(let change):
      return change.changes.flatMap { part -> [ConstraintDefinition] in
        switch part {
        case .addColumn(let column, _): column.constraints
        case .addConstraint(let constraint): [constraint]
        default: []
        }
      }
    default: return []
    }
  }
}

extension Chain {
  /// Whether a table is a list of values that nobody deletes from: keys that speak for themselves, or rows that the
  /// migrations put in.
  fileprivate func isList(_ table: Relation) -> Bool {
    let key = table.primaryKey?.columns.count == 1 ? table.primaryKey.flatMap { table.column($0.columns[0]) } : nil
    let isFilled = deployment.isFilled(table) && table.columns.count <= 5
    if key?.isText == true, isFilled { return true }
    return (isFilled || key?.isText == true && table.columns.count <= 2)
      && !table.hasForeignKey
  }
}

extension Relation {
  fileprivate func restrictsDeletes(of target: OID) -> Bool {
    constraints.contains { constraint in
      guard let key = constraint.foreignKey, key.target == target else { return false }
      return key.onDelete == .restrict || key.onDelete == .noAction
    }
  }
}
