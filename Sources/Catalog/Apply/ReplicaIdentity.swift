import PostgresSyntax

/// `REPLICA IDENTITY`, and what publications ask of it (PostgreSQL documentation, section 31.1 "Publication").
extension Application {
  mutating func setReplicaIdentity(_ identity: String, _ index: String?, of relation: Relation, at offset: Int) {
    switch identity {
    case "n": change(relation.oid) { $0.replicaIdentity = .nothing }
    case "f": change(relation.oid) { $0.replicaIdentity = .full }
    case "i":
      guard let name = index else { return }
      requireIndex(name, of: relation, at: offset)
      guard let index = catalog.index(ObjectName(schema: relation.name.schema, name)), index.table == relation.oid
      else { return }
      if let (message, sqlState) = obstacle(toIdentity: index, of: relation) {
        reject(message, sqlState, at: offset)
        return
      }
      change(relation.oid) { $0.replicaIdentity = .index(index.oid) }
    default: change(relation.oid) { $0.replicaIdentity = .default }
    }
  }

  private func obstacle(toIdentity index: Index, of relation: Relation) -> (String, String)? {
    let name = index.name.name
    if !index.isUnique { return ("cannot use non-unique index '\(name)' as replica identity", "42809") }
    let isDeferrable = relation.constraints.contains { $0.name == index.constraint && $0.isDeferrable }
    if isDeferrable { return ("cannot use non-immediate index '\(name)' as replica identity", "0A000") }
    if index.elements.contains(where: { $0.column == nil }) {
      return ("cannot use expression index '\(name)' as replica identity", "0A000")
    }
    if index.isPartial { return ("cannot use partial index '\(name)' as replica identity", "0A000") }
    guard let column = index.leadingColumns.first(where: { relation.column($0)?.isNotNull == false }) else {
      return nil
    }
    return ("index '\(name)' cannot be used as replica identity because column '\(column)' is nullable", "42809")
  }

  /// `ALTER TABLE … OF type`: the columns must be those of the type.
  mutating func attachType(_ name: TypeName, to relation: Relation, at offset: Int) {
    guard let type = dataType(name) else { return }
    if !relation.parents.isEmpty {
      reject("typed tables cannot inherit", "42809", at: offset)
      return
    }
    if let fields = catalog.fields(of: type.oid), let message = mismatch(of: relation, with: fields) {
      reject(message, "42804", at: offset)
      return
    }
    change(relation.oid) { $0.ofType = type.oid }
  }

  private func mismatch(of relation: Relation, with fields: [Column]) -> String? {
    guard relation.hasKnownColumns else { return nil }
    for (index, field) in fields.enumerated() {
      guard index < relation.columns.count else { return "table is missing column '\(field.name)'" }
      let column = relation.columns[index]
      if column.name != field.name { return "table has column '\(column.name)' where type requires '\(field.name)'" }
      if column.type != field.type {
        return "table '\(relation.name.name)' has different type for column '\(field.name)'"
      }
    }
    return relation.columns.count > fields.count
      ? "table has extra column '\(relation.columns[fields.count].name)'" : nil
  }

  mutating func requireAccessMethod(_ name: String, at offset: Int = -1) {
    guard !catalog.hasAccessMethod(name) else { return }
    reject(
      .undefined(ObjectID(.accessMethod, name)), at: offset,
      isCertain: catalog.isComplete && !catalog.hasUnknownExtension)
  }
}

extension Relation {
  /// What tells the rows of a table apart for those who receive its changes.
  public enum ReplicaIdentity: Hashable, Sendable {
    /// The primary key, where there is one.
    case `default`
    case nothing, full
    case index(OID)
  }
}

extension Catalog {
  /// The columns of the index that is chosen as replica identity.
  func replicaIdentity(of relation: Relation) -> Index? {
    if case .index(let oid) = relation.replicaIdentity { indexes[oid] } else { nil }
  }
}
