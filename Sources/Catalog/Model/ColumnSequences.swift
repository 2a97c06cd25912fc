extension Catalog {
  /// The sequence that a serial or identity column draws from.
  func sequence(of relation: Relation, _ column: Column) -> Relation? {
    for entry in dependencies.entries(of: relation.oid) where entry.column == column.number {
      if entry.dependent.kind == .relation, let sequence = relations[entry.dependent.oid],
        sequence.kind == .sequence
      {
        return sequence
      }
    }
    // A partition's default draws from its parent's sequence.
    for parent in relation.parents.compactMap({ relations[$0] }) {
      if let inherited = parent.column(column.name) { return sequence(of: parent, inherited) }
    }
    // So does the default of a table made LIKE another.
    let needs = dependencies.needs(of: Address(.defaultValue, relation.oid, column: column.number))
    return needs.lazy.compactMap { relations[$0] }.first { $0.kind == .sequence }
  }
}
