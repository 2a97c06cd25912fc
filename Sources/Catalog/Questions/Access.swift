import PostgresSyntax

/// Who may do what (PostgreSQL documentation, section 5.7 "Privileges").
extension Catalog {
  /// The name under which the privileges of everybody stand.
  public static let everyone = "PUBLIC"

  /// The privileges of others than the owner, by role.
  public func privileges(on relation: Relation) -> [String: Set<String>] {
    privileges(on: Address(.relation, relation.oid))
  }

  public func privileges(on routine: Routine) -> [String: Set<String>] {
    privileges(on: Address(.routine, routine.oid))
  }

  /// Whether a role may name what is in a schema.
  public func mayUse(schema name: String, role: String) -> Bool {
    guard let schema = schemas[name] else { return true }
    let held = privileges(on: Address(.schema, schema.oid))
    return owners[Address(.schema, schema.oid)] == role
      || groups(of: role).contains { held[$0]?.contains("USAGE") == true }
  }

  /// Whether a role may do something with a table or sequence.
  public func may(_ role: String, _ privilege: String, on relation: Relation) -> Bool {
    let held = privileges(on: relation)
    return owner(of: relation) == role || groups(of: role).contains { held[$0]?.contains(privilege) == true }
  }

  /// The role that owns a relation; nil where it is the one that runs the migrations.
  public func owner(of relation: Relation) -> String? { owners[Address(.relation, relation.oid)] }

  /// The role, the roles that it is a member of, and everybody.
  public func groups(of role: String) -> Set<String> {
    var found: Set<String> = [role, Self.everyone]
    var open = [role]
    while let next = open.popLast() {
      for group in roles[next]?.memberships ?? [] where found.insert(group).inserted { open.append(group) }
    }
    return found
  }

  /// The sequences that columns take their values from by a default, other than identity columns', by table.
  public var defaultSequences: [OID: [Relation]] {
    var found: [OID: [Relation]] = [:]
    for relation in relations.values where relation.kind == .sequence {
      guard let owner = relation.ownedBy, !owner.isIdentity else { continue }
      found[owner.table, default: []].append(relation)
    }
    return found.mapValues { $0.sorted { $0.oid < $1.oid } }
  }

  /// The function or procedure with a number, such as that of a trigger; nil where there is none.
  public func routine(_ oid: OID?) -> Routine? { oid.flatMap { routines[$0] } }

  /// The partitions of a table, those of its partitions included.
  public func partitions(of table: OID) -> [Relation] {
    children(of: table).filter(\.isPartition).flatMap { [$0] + partitions(of: $0.oid) }
  }

  /// Whether code that isn't replayed names a column and its table.
  public func mayHaveMade(column: ObjectID) -> Bool { unseen.names(column) }

  /// Whether code that isn't replayed may have made or changed objects of a kind.
  public func mayHaveChanged(kind: ObjectKind) -> Bool { unseen.mayConcern(ObjectID(kind, "\u{0}")) }

  /// Whether code that isn't replayed may have changed a table.
  public func mayHaveChanged(_ table: Relation) -> Bool { unseen.mayConcern(table.id) }

  /// Whether a table only says what functions give: its rows are never stored.
  public func isResultType(_ table: Relation) -> Bool {
    routines.values.contains { $0.result == table.oid && $0.returnsSet } && table.constraints.isEmpty
      && indexes(on: table.oid).isEmpty
  }

  /// The comment on a table.
  public func comment(on table: Relation) -> String? { comments[Address(.relation, table.oid)] }

  private func privileges(on address: Address) -> [String: Set<String>] {
    grants[address] ?? builtInGrants(of: address)
  }
}

extension Routine {
  /// The name as messages show it: without the schema that everything is in by default.
  public var displayName: String { name.schema == "public" ? name.name : name.description }
}
