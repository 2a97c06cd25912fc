import PostgresSyntax

/// One fact about the schema, in the form in which a simulated and a real catalog are compared.
public struct InventoryItem: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// `table`, `column`, `constraint`, `index`, …
  public var kind: String
  /// The object's qualified name.
  public var name: String
  /// What is compared of it.
  public var facts: String

  public init(kind: String, name: String, facts: String) {
    self.kind = kind
    self.name = name
    self.facts = facts
  }

  public var description: String { facts.isEmpty ? "\(kind) \(name)" : "\(kind) \(name): \(facts)" }

  public static func < (a: InventoryItem, b: InventoryItem) -> Bool {
    (a.kind, a.name, a.facts) < (b.kind, b.name, b.facts)
  }
}

extension Catalog {
  /// Everything in the schema, in the words of the inventory queries that read a real catalog.
  public var inventory: [InventoryItem] {
    var catalog = self
    // Types are written as seen from the default schema.
    catalog.session.path = ["public"]
    return catalog.items.sorted()
  }

  private var items: [InventoryItem] {
    var items: [InventoryItem] = []
    for (name, schema) in schemas.entries where name != "public" && !isOfExtension(schema: name) {
      _ = schema
      items.append(InventoryItem(kind: "schema", name: name, facts: ""))
    }
    for relation in relations.values where isListed(relation) { items += self.items(of: relation) }
    for index in indexes.values where index.name.schema != Self.temporarySchema { items.append(item(of: index)) }
    for type in types.values where !type.isAssumed {
      if case .multirange = type.kind { continue }
      items.append(item(of: type))
    }
    for routine in routines.values where !routine.isConstructor && !isHidden(routine.name.schema) {
      items.append(item(of: routine))
    }
    for name in extensions.keys { items.append(InventoryItem(kind: "extension", name: name, facts: "")) }
    for other in others.values where other.kind != .userMapping && other.kind != .language {
      items.append(item(of: other))
    }
    for found in operators.values { items.append(item(of: found)) }
    for cast in casts.values {
      items.append(InventoryItem(kind: "cast", name: "\(format(cast.source)) as \(format(cast.target))", facts: ""))
    }
    for (name, role) in roles.entries where !role.isAssumed {
      items.append(InventoryItem(kind: "role", name: name, facts: ""))
    }
    return items + grantItems + commentItems
  }

  /// Schemas that an extension made are the extension's.
  private func isOfExtension(schema name: String) -> Bool {
    BuiltIns.shared.lines("x", "schema \(name)").contains { !$0[2].isEmpty && extensions[$0[2]] != nil }
  }

  private func isListed(_ relation: Relation) -> Bool { !relation.isAssumed && !isHidden(relation.name.schema) }

  private func isHidden(_ schema: String?) -> Bool { schema.map { $0.hasPrefix("pg_") } ?? true }

  // MARK: - Relations

  private func items(of relation: Relation) -> [InventoryItem] {
    let name = relation.name.qualified
    guard relation.kind != .compositeType else {
      return [InventoryItem(kind: "type", name: name, facts: "composite")]
    }
    var facts: [String] = []
    if relation.persistence == .unlogged { facts.append("unlogged") }
    if relation.hasRowSecurity { facts.append("row security") }
    if relation.forcesRowSecurity { facts.append("forced") }
    if let owner = relation.ownedBy, let table = relations[owner.table],
      let column = table.columns.first(where: { $0.number == owner.column })
    {
      facts.append("owned by \(table.name.qualified).\(column.name)")
    }
    var found = [InventoryItem(kind: relation.inventoryKind, name: name, facts: facts.joined(separator: ", "))]
    if relation.kind != .sequence, relation.hasKnownColumns {
      found += relation.columns.map { item(of: $0, in: relation) }
    }
    found += relation.constraints.map { constraint in
      InventoryItem(kind: "constraint", name: "\(name).\(constraint.name)", facts: self.facts(of: constraint))
    }
    found += relation.triggers.filter { $0.parent == nil }.map { item(of: $0, in: name) }
    found += relation.policies.map { policy in
      let roles = policy.definition.roles.map { $0 == .public ? "public" : text(of: $0) }.sorted()
      return InventoryItem(
        kind: "policy", name: "\(name).\(policy.name)",
        facts: "\(policy.definition.isPermissive ? "permissive" : "restrictive") \(policy.definition.command) to "
          + roles.joined(separator: ", "))
    }
    found += relation.rules.map { InventoryItem(kind: "rule", name: "\(name).\($0.name)", facts: "") }
    return found
  }

  private func item(of column: Column, in relation: Relation) -> InventoryItem {
    var facts = [column.type.map { format($0) } ?? "unknown"]
    if column.isNotNull { facts.append("not null") }
    if let identity = column.identity {
      facts.append("identity \(identity)")
    } else if column.isGenerated {
      facts.append("generated")
    } else if column.hasDefault {
      facts.append("default")
    }
    return InventoryItem(
      kind: "column", name: "\(relation.name.qualified).\(column.name)", facts: facts.joined(separator: ", "))
  }

  private func item(of trigger: Trigger, in table: String) -> InventoryItem {
    let events = CreateTrigger.Event.allCases.filter { trigger.definition.events.contains($0) }.map(\.rawValue)
    let level = trigger.definition.isForEachRow ? "ROW" : "STATEMENT"
    let function = trigger.function.flatMap { routines[$0]?.name.name } ?? trigger.definition.function.name
    return InventoryItem(
      kind: "trigger", name: "\(table).\(trigger.name)",
      facts: "\(trigger.definition.timing.rawValue) \(events.joined(separator: " OR ")) \(level) \(function)")
  }

  private func item(of index: Index) -> InventoryItem {
    let table = relations[index.table]?.name.qualified ?? ""
    let elements = index.elements.map { ($0.column ?? "expression") + ($0.isDescending ? " desc" : "") }
    var facts = "on \(table) using \(index.method) (\(elements.joined(separator: ", ")))"
    if !index.including.isEmpty { facts += " include (\(index.including.joined(separator: ", ")))" }
    if index.isUnique { facts += " unique" }
    if index.isPartial { facts += " partial" }
    return InventoryItem(kind: "index", name: index.name.qualified, facts: facts)
  }

  private func facts(of constraint: Constraint) -> String {
    let list = constraint.columns.joined(separator: ", ")
    let text: String
    switch constraint.kind {
    case .primaryKey: text = "primary key (\(list))"
    case .unique: text = "unique (\(list))"
    case .check: text = "check"
    case .exclusion: text = "exclusion"
    case .foreignKey(let key):
      let target = relations[key.target]?.name.qualified ?? key.targetName.description
      text =
        "foreign key (\(list)) references \(target) (\(key.targetColumns.joined(separator: ", ")))"
        + " on delete \(key.onDelete.rawValue) on update \(key.onUpdate.rawValue)"
    }
    return text + (constraint.isDeferrable ? " deferrable" : "")
      + (constraint.isInitiallyDeferred ? " initially deferred" : "") + (constraint.isValidated ? "" : " not valid")
  }

  // MARK: - Other objects

  private func item(of type: UserType) -> InventoryItem {
    let facts =
      switch type.kind {
      case .enumeration(let labels): "enum (\(labels.joined(separator: ", ")))"
      case .domain(let domain): "domain over \(format(domain.base))"
      case .range, .multirange: "range"
      case .base: "base"
      case .shell, .assumed: "shell"
      }
    return InventoryItem(kind: "type", name: type.name.qualified, facts: facts)
  }

  private func item(of routine: Routine) -> InventoryItem {
    let kind =
      switch routine.kind {
      case .procedure: "procedure"
      case .aggregate: "aggregate"
      case .function, .window: "function"
      }
    var facts: [String] = []
    if !routine.isAggregate {
      facts = [routine.definition.body?.language ?? "", routine.volatility.rawValue]
      if routine.isSecurityDefiner { facts.append("security definer") }
    }
    if !routine.isProcedure {
      facts.append("returns \(routine.returnsSet ? "setof " : "")\(format(routine.result))")
    }
    return InventoryItem(
      kind: kind, name: "\(routine.name.qualified)(\(signature(of: routine)))", facts: facts.joined(separator: ", "))
  }

  private func item(of other: NamedObject) -> InventoryItem {
    InventoryItem(kind: other.kind.rawValue, name: other.name.qualified, facts: other.facts)
  }

  private func item(of found: UserOperator) -> InventoryItem {
    let left = found.left == .none ? "" : format(found.left) + ", "
    return InventoryItem(
      kind: "operator", name: "\(found.name.qualified)(\(left)\(format(found.right)))", facts: format(found.result))
  }

  // MARK: - Privileges and comments

  private var grantItems: [InventoryItem] {
    var items: [InventoryItem] = []
    for (address, grantees) in grants.entries {
      guard let name = grantName(address) else { continue }
      let standard = builtInGrants(of: address)
      for (grantee, privileges) in grantees where standard[grantee] != privileges {
        items.append(
          InventoryItem(
            kind: "grant", name: "\(name) to \(grantee)", facts: privileges.sorted().joined(separator: ", ")))
      }
      for grantee in standard.keys where grantees[grantee] == nil {
        items.append(InventoryItem(kind: "grant", name: "\(name) to \(grantee)", facts: "none"))
      }
    }
    for entry in defaultPrivileges {
      let isStandard =
        entry.schema == nil && entry.grantee == "PUBLIC" && (entry.kind == .function || entry.kind == .type)
      if isStandard, !entry.privileges.isEmpty { continue }
      if entry.privileges.isEmpty && !isStandard || entry.grantee == entry.role ?? "postgres" { continue }
      items.append(
        InventoryItem(
          kind: "default privileges",
          name:
            "of \(entry.role ?? "postgres") for \(entry.kind.rawValue)s in \(entry.schema ?? "every schema") to \(entry.grantee)",
          facts: isStandard ? "none" : entry.privileges.sorted().joined(separator: ", ")))
    }
    return items
  }

  private func grantName(_ address: Address) -> String? {
    switch address.kind {
    case .relation: return relations[address.oid].flatMap { isListed($0) ? $0.name.qualified : nil }
    case .column:
      guard let relation = relations[address.oid], isListed(relation),
        let column = relation.columns.first(where: { $0.number == address.column })
      else { return nil }
      return "column \(relation.name.qualified).\(column.name)"
    case .routine: return routines[address.oid].map { "function \($0.name.qualified)(\(signature(of: $0)))" }
    case .schema: return schemas.entries.first { $0.1.oid == address.oid }.map { "schema \($0.0)" }
    case .type: return types[address.oid].map { "type \($0.name.qualified)" }
    default: return nil
    }
  }

  private var commentItems: [InventoryItem] {
    comments.entries.compactMap { address, text in
      guard let id = id(of: address), id.kind != .role, id.kind != .extension, id != ObjectID(.schema, "public"),
        !isHidden(id.schema ?? "")
      else {
        return nil
      }
      guard address.kind != .other else { return nil }
      return InventoryItem(kind: "comment", name: "\(id.kind.rawValue) \(id.qualified)", facts: text)
    }
  }
}

extension Relation {
  fileprivate var inventoryKind: String {
    switch kind {
    case .table: "table"
    case .partitionedTable: "partitioned table"
    case .view: "view"
    case .materializedView: "materialized view"
    case .sequence: "sequence"
    case .foreignTable: "foreign table"
    case .compositeType: "type"
    }
  }
}

extension ObjectName {
  /// With the schema, always.
  var qualified: String { schema.map { "\($0).\(name)" } ?? name }
}

extension ObjectID {
  /// With the schema, always.
  var qualified: String {
    (schema.map { "\($0)." } ?? "") + (table.map { "\($0)." } ?? "") + name + (signature.map { "(\($0))" } ?? "")
  }
}
