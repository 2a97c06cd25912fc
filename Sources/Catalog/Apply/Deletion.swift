import PostgresSyntax

/// Taking objects out, with what is part of them and, as CASCADE does, what depends on them.
///
/// Source: PostgreSQL documentation, section 5.14 "Dependency Tracking".
extension Application {
  /// Drops objects, unless others that stay depend on them.
  mutating func drop(_ targets: [Address], cascade: Bool, id: ObjectID, related: Origin?) {
    var deleting: Set<Address> = []
    var order: [Address] = []
    var blockers: [Address] = []
    var open = targets
    while let address = open.popLast() {
      guard deleting.insert(address).inserted else { continue }
      order.append(address)
      for (dependent, kind) in dependents(of: address) where !deleting.contains(dependent) {
        if kind == .automatic || cascade {
          open.append(dependent)
        } else {
          blockers.append(dependent)
        }
      }
    }
    let remaining = blockers.filter { !deleting.contains($0) && !isPart($0, of: deleting) }
    guard remaining.isEmpty else {
      var seen: Set<ObjectID> = []
      let names = remaining.compactMap { catalog.id(of: $0) }.filter { seen.insert($0).inserted }
      reject(.dependents(id, names), related: related)
      return
    }
    delete(order)
  }

  /// Whether the object goes because its table, or the column it belongs to, does.
  private func isPart(_ address: Address, of deleting: Set<Address>) -> Bool {
    switch address.kind {
    case .column, .defaultValue:
      return deleting.contains(Address(.relation, address.oid))
        || deleting.contains(Address(.column, address.oid, column: address.column))
    case .constraint, .trigger, .policy, .rule:
      return catalog.dependencies.owner(of: address.oid).map { deleting.contains(Address(.relation, $0)) } ?? false
    case .index:
      return catalog.indexes[address.oid].map { deleting.contains(Address(.relation, $0.table)) } ?? false
    default: return false
    }
  }

  private func dependents(of address: Address) -> [(Address, Dependencies.Kind)] {
    let entries = catalog.dependencies.entries(of: address.oid)
    switch address.kind {
    case .column:
      var found = entries.filter { $0.column == address.column }.map { ($0.dependent, $0.kind) }
      found.append((Address(.defaultValue, address.oid, column: address.column), .automatic))
      return found
    case .defaultValue: return []
    case .relation:
      guard let relation = catalog.relations[address.oid] else { return [] }
      var found = entries.map { entry -> (Address, Dependencies.Kind) in (entry.dependent, entry.kind) }
      // What belongs to the table goes with it.
      found += relation.constraints.map { (Address(.constraint, $0.oid), .automatic) }
      found += relation.triggers.map { (Address(.trigger, $0.oid), .automatic) }
      found += relation.policies.map { (Address(.policy, $0.oid), .automatic) }
      found += relation.rules.map { (Address(.rule, $0.oid), .automatic) }
      found += catalog.indexes(on: address.oid).map { (Address(.index, $0.oid), .automatic) }
      return found.filter {
        !($0.0.kind == .column && $0.0.oid == address.oid || $0.0.kind == .defaultValue && $0.0.oid == address.oid)
      }
    case .constraint:
      var found = entries.map { ($0.dependent, $0.kind) }
      if let owner = catalog.owner(of: address.oid),
        let constraint = owner.constraints.first(where: { $0.oid == address.oid })
      {
        found += partitionCopies(of: constraint, in: owner)
      }
      return found
    case .trigger:
      let owner = catalog.owner(of: address.oid)
      let copies = owner.map { catalog.children(of: $0.oid) } ?? []
      return copies.flatMap { child in
        child.triggers.filter { $0.parent == address.oid }.map { (Address(.trigger, $0.oid), .automatic) }
      }
    case .schema:
      guard let name = catalog.schemas.entries.first(where: { $0.1.oid == address.oid })?.0 else { return [] }
      return members(of: name).map { ($0, .normal) } + entries.map { ($0.dependent, $0.kind) }
    default: return entries.map { ($0.dependent, $0.kind) }
    }
  }

  /// A partitioned table's constraint goes with its copies.
  private func partitionCopies(of constraint: Constraint, in owner: Relation) -> [(Address, Dependencies.Kind)] {
    catalog.children(of: owner.oid).flatMap { child in
      child.constraints.filter { copy in
        guard !copy.isLocal, copy.inheritanceCount > 0 else { return false }
        if constraint.isCheck { return copy.isCheck && copy.name == constraint.name && copy.inheritanceCount == 1 }
        if let key = constraint.foreignKey {
          return copy.foreignKey?.target == key.target && copy.columns == constraint.columns
        }
        return copy.isUnique == constraint.isUnique && copy.isPrimaryKey == constraint.isPrimaryKey
          && copy.columns == constraint.columns && !copy.isCheck
      }.map { (Address(.constraint, $0.oid), .automatic) }
    }
  }

  func members(of schema: String) -> [Address] {
    var found: [Address] = []
    found += catalog.relations.values.filter { $0.name.schema == schema && !$0.isAssumed && $0.ownedBy == nil }
      .map { Address(.relation, $0.oid) }
    found += catalog.types.values.filter { $0.name.schema == schema && !$0.isAssumed }.map { Address(.type, $0.oid) }
    found += catalog.routines.values.filter { $0.name.schema == schema }.map { Address(.routine, $0.oid) }
    found += catalog.operators.values.filter { $0.name.schema == schema }.map { Address(.operator, $0.oid) }
    found += catalog.others.values.filter { $0.name.schema == schema }.map { Address(.other, $0.oid) }
    return found.sorted { $0.oid < $1.oid }
  }

  // MARK: - Deleting

  /// Takes objects out, whatever depends on them.
  mutating func delete(_ addresses: [Address]) {
    // Once a table is gone, nothing tells what its parts were called.
    let ids = addresses.map { catalog.id(of: $0) }
    for (address, id) in zip(addresses, ids) { delete(address, id) }
  }

  private mutating func delete(_ address: Address, _ id: ObjectID?) {
    switch address.kind {
    case .relation:
      guard let relation = catalog.relations.removeValue(forKey: address.oid) else { return }
      if catalog.relationNames[relation.name] == address.oid { catalog.relationNames[relation.name] = nil }
      for parent in relation.parents { catalog.childrenOfTable[parent]?.removeAll { $0 == address.oid } }
      for column in relation.columns { forgetColumn(address.oid, column.number) }
      for constraint in relation.constraints { catalog.count(-1, constraint: constraint.name, of: relation) }
      catalog.childrenOfTable[address.oid] = nil
    case .column:
      guard let relation = catalog.relations[address.oid],
        let column = relation.columns.first(where: { $0.number == address.column })
      else { return }
      change(address.oid) { $0.columns.removeAll { $0.number == address.column } }
      forgetColumn(address.oid, column.number)
    case .defaultValue:
      guard let column = catalog.relations[address.oid]?.columns.first(where: { $0.number == address.column }) else {
        return
      }
      changeColumn(address.oid, column.name) {
        $0.hasDefault = false
        $0.defaultValue = nil
      }
      catalog.dependencies.removeNeeds(of: address)
      if let id { altered(id) }
      return
    case .constraint:
      if let owner = catalog.owner(of: address.oid),
        let constraint = owner.constraints.first(where: { $0.oid == address.oid })
      {
        change(owner.oid) { $0.constraints.removeAll { $0.oid == address.oid } }
        catalog.count(-1, constraint: constraint.name, of: owner)
        if constraint.hasIndex,
          let index = catalog.indexes(on: owner.oid).first(where: { $0.constraint == constraint.name })
        {
          removeIndex(index.oid)
        }
      }
    case .index:
      removeIndex(address.oid)
      return
    case .trigger, .policy, .rule:
      if let owner = catalog.owner(of: address.oid) {
        change(owner.oid) { relation in
          relation.triggers.removeAll { $0.oid == address.oid }
          relation.policies.removeAll { $0.oid == address.oid }
          relation.rules.removeAll { $0.oid == address.oid }
        }
      }
    default:
      guard deleteNamed(address) else { return }
    }
    forget(address)
    if let id { dropped(id) }
  }

  /// Objects that are no part of a relation.
  private mutating func deleteNamed(_ address: Address) -> Bool {
    switch address.kind {
    case .type:
      guard let type = catalog.types.removeValue(forKey: address.oid) else { return false }
      catalog.typeNames[type.name] = nil
      if case .range(_, let multirange) = type.kind, let other = catalog.types.removeValue(forKey: multirange) {
        catalog.typeNames[other.name] = nil
      }
      for routine in catalog.routines.values where routine.isConstructor && routine.result == address.oid {
        delete([Address(.routine, routine.oid)])
      }
    case .routine:
      guard let routine = catalog.routines.removeValue(forKey: address.oid) else { return false }
      catalog.routineNames[routine.name]?.removeAll { $0 == address.oid }
      if catalog.routineNames[routine.name]?.isEmpty == true { catalog.routineNames[routine.name] = nil }
    case .operator:
      guard let found = catalog.operators.removeValue(forKey: address.oid) else { return false }
      catalog.operatorNames[found.name]?.removeAll { $0 == address.oid }
    case .cast: guard catalog.casts.removeValue(forKey: address.oid) != nil else { return false }
    case .other:
      guard let found = catalog.others.removeValue(forKey: address.oid) else { return false }
      let key = Catalog.KindedName(kind: found.kind, name: found.nameKey)
      if catalog.otherNames[key] == address.oid { catalog.otherNames[key] = nil }
    case .schema:
      guard let name = catalog.schemas.entries.first(where: { $0.1.oid == address.oid })?.0 else { return false }
      catalog.schemas[name] = nil
      catalog.defaultPrivileges.removeAll { $0.schema == name }
    case .extension:
      guard let name = catalog.extensions.entries.first(where: { $0.1.oid == address.oid })?.0 else { return false }
      catalog.extensions[name] = nil
    case .role:
      guard let name = catalog.roles.entries.first(where: { $0.1.oid == address.oid })?.0 else { return false }
      catalog.roles[name] = nil
    default: return false
    }
    return true
  }

  private mutating func forgetColumn(_ table: OID, _ number: Int32) {
    let address = Address(.column, table, column: number)
    catalog.comments[address] = nil
    catalog.grants[address] = nil
    catalog.dependencies.removeNeeds(of: address)
    catalog.dependencies.removeNeeds(of: Address(.defaultValue, table, column: number))
  }

  /// Comments, privileges and dependencies go with their object.
  mutating func forget(_ address: Address) {
    catalog.comments[address] = nil
    catalog.grants[address] = nil
    catalog.owners[address] = nil
    catalog.dependencies.removeNeeds(of: address)
    if address.kind != .column, address.kind != .defaultValue { catalog.dependencies.remove(address.oid) }
  }
}

extension Catalog {
  /// The name of what an address means; nil where it is gone.
  func id(of address: Address) -> ObjectID? {
    switch address.kind {
    case .relation: return relations[address.oid].map { $0.id }
    case .column, .defaultValue:
      guard let relation = relations[address.oid],
        let column = relation.columns.first(where: { $0.number == address.column })
      else { return nil }
      return ObjectID(.column, column.name, of: relation.name)
    case .constraint:
      guard let owner = owner(of: address.oid) else {
        return nil
      }
      return owner.constraints.first { $0.oid == address.oid }.map { ObjectID(.constraint, $0.name, of: owner.name) }
    case .index: return indexes[address.oid].map { ObjectID(.index, $0.name) }
    case .trigger:
      guard let owner = owner(of: address.oid) else { return nil }
      return owner.triggers.first { $0.oid == address.oid }.map { ObjectID(.trigger, $0.name, of: owner.name) }
    case .policy:
      guard let owner = owner(of: address.oid) else { return nil }
      return owner.policies.first { $0.oid == address.oid }.map { ObjectID(.policy, $0.name, of: owner.name) }
    case .rule:
      guard let owner = owner(of: address.oid) else { return nil }
      return owner.rules.first { $0.oid == address.oid }.map { ObjectID(.rule, $0.name, of: owner.name) }
    case .type: return types[address.oid].map { ObjectID(.type, $0.name) }
    case .routine:
      return routines[address.oid].map {
        ObjectID($0.objectKind, schema: $0.name.schema, $0.name.name, signature: signature(of: $0))
      }
    case .operator: return operators[address.oid].map { ObjectID(.operator, $0.name) }
    case .cast: return casts[address.oid].map { ObjectID(.cast, "\(format($0.source)) as \(format($0.target))") }
    case .other: return others[address.oid].map { ObjectID($0.kind, $0.name) }
    case .schema: return schemas.entries.first { $0.1.oid == address.oid }.map { ObjectID(.schema, $0.0) }
    case .extension: return extensions.entries.first { $0.1.oid == address.oid }.map { ObjectID(.extension, $0.0) }
    case .role: return roles.entries.first { $0.1.oid == address.oid }.map { ObjectID(.role, $0.0) }
    }
  }
}

extension NamedObject {
  /// What the object is found by: an operator class has one name for each access method.
  var nameKey: ObjectName { method.map { ObjectName(schema: name.schema, "\(name.name) using \($0)") } ?? name }
}

extension Routine {
  /// Whether the server made it with a range type.
  var isConstructor: Bool { definition.body == nil && kind == .function && definition.returns == nil }
}
