import PostgresSyntax

/// ON CONFLICT (PostgreSQL documentation, INSERT).
extension Analyzer {
  mutating func analyze(_ conflict: Modification.Conflict, _ item: RangeItem, _ relation: Relation?) {
    for element in conflict.elements {
      if let column = element.column, let relation { _ = requireColumn(column, of: relation, at: conflict.offset) }
      if let expression = element.expression { _ = type(of: expression) }
    }
    if let filter = conflict.filter { requireBoolean(filter, "WHERE") }
    if let relation { checkArbiter(conflict, relation) }
    let rule = relation?.rules.first { $0.definition.event == "INSERT" || $0.definition.event == "UPDATE" }
    if rule != nil {
      reject(
        "INSERT with ON CONFLICT clause cannot be used with table that has INSERT or UPDATE rules", "0A000",
        at: conflict.offset)
    }
    guard conflict.doesUpdate else { return }
    if conflict.elements.isEmpty, conflict.constraint == nil {
      reject("ON CONFLICT DO UPDATE requires inference specification or constraint name", "42601", at: conflict.offset)
    }
    var excluded = item
    excluded.alias = "excluded"
    excluded.schema = nil
    excluded.isOpen = false
    inside(Scope(items: [item, excluded])) { analyzer in
      analyzer.analyze(conflict.assignments, of: relation)
      if let condition = conflict.condition {
        analyzer.at(.filter("WHERE")) { $0.requireBoolean(condition, "WHERE") }
      }
    }
  }

  /// `ON CONFLICT (columns)` needs a unique index on just these.
  private mutating func checkArbiter(_ conflict: Modification.Conflict, _ relation: Relation) {
    guard relation.hasKnownColumns, relation.isTable else { return }
    if let name = conflict.constraint {
      guard let constraint = relation.constraints.first(where: { $0.name == name }) else {
        reject(.undefined(ObjectID(.constraint, name, of: relation.name)), at: conflict.offset)
        return
      }
      if constraint.isDeferrable {
        reject(
          "ON CONFLICT does not support deferrable unique constraints/exclusion constraints as arbiters", "55000",
          at: conflict.offset)
      } else if case .exclusion = constraint.kind, conflict.doesUpdate {
        reject("ON CONFLICT DO UPDATE not supported with exclusion constraints", "42809", at: conflict.offset)
      }
      return
    }
    guard !conflict.elements.isEmpty, findings.isEmpty else { return }
    let columns = Set(conflict.elements.compactMap(\.column))
    let expressions = conflict.elements.compactMap(\.expression)
    let fits = catalog.indexes(on: relation.oid).contains { index in
      guard index.isUnique, Set(index.elements.compactMap(\.column)) == columns else { return false }
      // Expressions may be the same in other words, conditions may follow from others.
      let own = index.elements.compactMap(\.expression)
      guard own.isEmpty == expressions.isEmpty, own.count <= expressions.count else { return false }
      if own.allSatisfy(\.isPlainCall), expressions.allSatisfy(\.isPlainCall),
        !own.allSatisfy({ mine in expressions.contains { Deparser().text($0) == Deparser().text(mine) } })
      {
        return false
      }
      guard let filter = index.filter else { return true }
      return conflict.filter != nil || filter.isTrue
    }
    if !fits, !relation.isAssumed, !catalog.unseen.mayConcern(relation.id) {
      reject(
        "there is no unique or exclusion constraint matching the ON CONFLICT specification", "42P10",
        at: conflict.offset)
    }
  }
}

extension Expression {
  fileprivate var isTrue: Bool { if case .literal(.boolean(true), _) = self { true } else { false } }

  /// A function of plain columns.
  fileprivate var isPlainCall: Bool {
    guard case .call(let call) = self else { return false }
    return call.arguments.allSatisfy { if case .column(_, isWhole: false, _) = $0 { true } else { false } }
  }
}
