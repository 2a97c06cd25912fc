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
    var items: [InventoryItem] = []
    for schema in schemas where !["public", "pg_catalog", "information_schema"].contains(schema) {
      items.append(InventoryItem(kind: "schema", name: schema, facts: ""))
    }
    for relation in relations.values where !relation.isAssumed && relation.name.schema != Self.temporarySchema {
      items += inventory(of: relation)
    }
    for index in indexes.values where index.table.schema != Self.temporarySchema { items.append(inventory(of: index)) }
    for type in types.values { items.append(inventory(of: type)) }
    for routine in routines.values.joined() { items.append(inventory(of: routine)) }
    for name in extensions.keys { items.append(InventoryItem(kind: "extension", name: name, facts: "")) }
    for (object, grantees) in grants.entries where object.kind != .schema && !object.kind.isRoutine {
      items += grantees.map { grantee, privileges in
        InventoryItem(
          kind: "grant", name: "\(object.qualified) to \(grantee)", facts: privileges.sorted().joined(separator: ", "))
      }
    }
    for (object, text) in comments.entries where object.kind != .role && object.kind != .extension {
      items.append(InventoryItem(kind: "comment", name: "\(object.kind.rawValue) \(object.qualified)", facts: text))
    }
    return items.sorted()
  }

  private func inventory(of relation: Relation) -> [InventoryItem] {
    let name = "\(relation.name.schema ?? "").\(relation.name.name)"
    var facts: [String] = []
    if relation.persistence == .unlogged { facts.append("unlogged") }
    if relation.hasRowSecurity { facts.append("row security") }
    if relation.forcesRowSecurity { facts.append("forced") }
    if relation.kind == .sequence, let owner = relation.ownedBy {
      facts.append("owned by \(owner.table.schema ?? "").\(owner.table.name).\(owner.column)")
    }
    let kind =
      switch relation.kind {
      case .table: "table"
      case .partitionedTable: "partitioned table"
      case .view: "view"
      case .materializedView: "materialized view"
      case .sequence: "sequence"
      case .foreignTable: "foreign table"
      }
    var items = [InventoryItem(kind: kind, name: name, facts: facts.joined(separator: ", "))]
    if relation.kind == .table || relation.kind == .partitionedTable, relation.hasKnownColumns {
      items += relation.columns.map { inventory(of: $0, in: name) }
    }
    items += relation.constraints.map { constraint in
      InventoryItem(kind: "constraint", name: "\(name).\(constraint.name)", facts: constraint.facts)
    }
    items += relation.triggers.map { trigger in
      let events = CreateTrigger.Event.allCases.filter { trigger.definition.events.contains($0) }.map(\.rawValue)
      let level = trigger.definition.isForEachRow ? "ROW" : "STATEMENT"
      return InventoryItem(
        kind: "trigger", name: "\(name).\(trigger.name)",
        facts:
          "\(trigger.definition.timing.rawValue) \(events.joined(separator: " OR ")) \(level) \(trigger.function.name)")
    }
    items += relation.policies.map { policy in
      let roles = policy.definition.roles.map { $0 == .public ? "public" : $0.text }.sorted()
      return InventoryItem(
        kind: "policy", name: "\(name).\(policy.name)",
        facts: "\(policy.definition.isPermissive ? "permissive" : "restrictive") \(policy.definition.command) to "
          + roles.joined(separator: ", "))
    }
    return items
  }

  private func inventory(of column: Column, in table: String) -> InventoryItem {
    var facts = [column.type ?? "unknown"]
    if column.isNotNull { facts.append("not null") }
    if let identity = column.identity {
      facts.append("identity \(identity)")
    } else if column.isGenerated {
      facts.append("generated")
    } else if column.hasDefault {
      facts.append("default")
    }
    return InventoryItem(kind: "column", name: "\(table).\(column.name)", facts: facts.joined(separator: ", "))
  }

  private func inventory(of index: Index) -> InventoryItem {
    let elements = index.elements.map { element in
      (element.column ?? "expression") + (element.isDescending ? " desc" : "")
    }
    var facts =
      "on \(index.table.schema ?? "").\(index.table.name) using \(index.method) (\(elements.joined(separator: ", ")))"
    if !index.including.isEmpty { facts += " include (\(index.including.joined(separator: ", ")))" }
    if index.isUnique { facts += " unique" }
    if index.isPartial { facts += " partial" }
    return InventoryItem(kind: "index", name: "\(index.name.schema ?? "").\(index.name.name)", facts: facts)
  }

  private func inventory(of type: UserType) -> InventoryItem {
    let facts =
      switch type.kind {
      case .enumeration(let labels): "enum (\(labels.joined(separator: ", ")))"
      case .composite: "composite"
      case .domain(let base, _): "domain over \(base.formatted)"
      case .range: "range"
      case .shell: "shell"
      }
    return InventoryItem(kind: "type", name: "\(type.name.schema ?? "").\(type.name.name)", facts: facts)
  }

  private func inventory(of routine: Routine) -> InventoryItem {
    let definition = routine.definition
    var facts = [definition.body?.language ?? "", definition.volatility]
    if definition.isSecurityDefiner { facts.append("security definer") }
    return InventoryItem(
      kind: definition.isProcedure ? "procedure" : "function",
      name: "\(routine.name.schema ?? "").\(routine.name.name)(\(routine.signature))",
      facts: facts.joined(separator: ", "))
  }
}

extension Constraint {
  fileprivate var facts: String {
    let list = columns.joined(separator: ", ")
    let text: String
    switch kind {
    case .primaryKey: text = "primary key (\(list))"
    case .unique: text = "unique (\(list))"
    case .check: text = "check"
    case .exclusion: text = "exclusion"
    case .foreignKey(let target, let targetColumns, let onDelete, let onUpdate):
      text =
        "foreign key (\(list)) references \(target.schema ?? "").\(target.name) (\(targetColumns.joined(separator: ", ")))"
        + " on delete \(onDelete) on update \(onUpdate)"
    }
    return text + (isDeferrable ? " deferrable" : "") + (isInitiallyDeferred ? " initially deferred" : "")
      + (isValidated ? "" : " not valid")
  }
}

extension ObjectID {
  /// With the schema, always.
  var qualified: String {
    (schema.map { "\($0)." } ?? "") + (table.map { "\($0)." } ?? "") + name + (signature.map { "(\($0))" } ?? "")
  }
}
