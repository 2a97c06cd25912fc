import PostgresSyntax

/// What belongs to tables: partitions, foreign keys, triggers, policies and rules.
extension SchemaSQL {
  mutating func attach(_ table: Relation) {
    guard let bound = table.bound, let parent = table.parents.first.flatMap({ catalog.relations[$0] }) else { return }
    let text: String
    switch bound {
    case .default: text = "DEFAULT"
    case .list(let values): text = "FOR VALUES IN (\(values.map { deparser.text($0) }.joined(separator: ", ")))"
    case .range(let from, let to): text = "FOR VALUES FROM (\(bounds(from))) TO (\(bounds(to)))"
    case .hash(let modulus, let remainder): text = "FOR VALUES WITH (MODULUS \(modulus), REMAINDER \(remainder))"
    }
    add("ALTER TABLE ONLY \(parent.name.sql) ATTACH PARTITION \(table.name.sql) \(text)")
  }

  /// A partition's index may, but need not, be part of the partitioned table's.
  mutating func attachIndexes(of table: Relation) {
    for index in catalog.indexes(on: table.oid) {
      guard let above = index.parent.flatMap({ catalog.indexes[$0] }) else { continue }
      add("ALTER INDEX \(above.name.sql) ATTACH PARTITION \(index.name.sql)")
    }
  }

  func bounds(_ values: [Expression]) -> String {
    values.map { value in
      if case .column(let path, _, _) = value, let word = path.last,
        ["minvalue", "maxvalue"].contains(word.lowercased())
      {
        return word.uppercased()
      }
      return deparser.text(value)
    }.joined(separator: ", ")
  }

  mutating func foreignKeys(of table: Relation) {
    for constraint in table.constraints {
      guard let key = constraint.foreignKey, let target = catalog.relations[key.target],
        !(table.isPartition && !constraint.isLocal)
      else { continue }
      var text = "ALTER TABLE \(table.name.sql) ADD CONSTRAINT \(constraint.name.sqlIdentifier)"
      text +=
        " FOREIGN KEY (\(constraint.columns.map(\.sqlIdentifier).joined(separator: ", "))) REFERENCES \(target.name.sql)"
      if !key.targetColumns.isEmpty { text += " (\(key.targetColumns.map(\.sqlIdentifier).joined(separator: ", ")))" }
      if key.match == "FULL" { text += " MATCH FULL" }
      if key.onUpdate != .noAction { text += " ON UPDATE \(key.onUpdate.rawValue)" }
      if key.onDelete != .noAction { text += " ON DELETE \(key.onDelete.rawValue)" }
      if !key.setColumns.isEmpty { text += " (\(key.setColumns.map(\.sqlIdentifier).joined(separator: ", ")))" }
      add(text + constraint.deferral + (constraint.isValidated ? "" : " NOT VALID"))
    }
  }

  /// Triggers, rules, policies and row level security.
  mutating func parts(of relation: Relation) {
    for trigger in relation.triggers where trigger.parent == nil { self.trigger(trigger, on: relation) }
    for rule in relation.rules { original(rule.origin) }
    switch relation.replicaIdentity {
    case .default: break
    case .nothing: add("ALTER TABLE ONLY \(relation.name.sql) REPLICA IDENTITY NOTHING")
    case .full: add("ALTER TABLE ONLY \(relation.name.sql) REPLICA IDENTITY FULL")
    case .index(let oid):
      guard let index = catalog.indexes[oid] else { break }
      add("ALTER TABLE ONLY \(relation.name.sql) REPLICA IDENTITY USING INDEX \(index.name.name.sqlIdentifier)")
    }
    if relation.hasRowSecurity { add("ALTER TABLE \(relation.name.sql) ENABLE ROW LEVEL SECURITY") }
    if relation.forcesRowSecurity { add("ALTER TABLE \(relation.name.sql) FORCE ROW LEVEL SECURITY") }
    for policy in relation.policies {
      let definition = policy.definition
      let roles = definition.roles.map { $0 == .public ? "PUBLIC" : catalog.text(of: $0).sqlIdentifier }.joined(
        separator: ", ")
      var text = "CREATE POLICY \(policy.name.sqlIdentifier) ON \(relation.name.sql)"
      if !definition.isPermissive { text += " AS RESTRICTIVE" }
      text += " FOR \(definition.command.uppercased()) TO \(roles)"
      if let using = definition.using { text += " USING (\(deparser.text(using)))" }
      if let check = definition.withCheck { text += " WITH CHECK (\(deparser.text(check)))" }
      add(text)
    }
  }

  mutating func trigger(_ trigger: Trigger, on relation: Relation) {
    let definition = trigger.definition
    let events = definition.events.map { event in
      event == .update && !definition.columns.isEmpty
        ? "UPDATE OF \(definition.columns.map(\.sqlIdentifier).joined(separator: ", "))" : event.rawValue
    }
    var text = "CREATE \(definition.isConstraint ? "CONSTRAINT " : "")TRIGGER \(trigger.name.sqlIdentifier)"
    text += " \(definition.timing.rawValue) \(events.joined(separator: " OR ")) ON \(relation.name.sql)"
    if let referenced = definition.referenced { text += " FROM \(referenced.name.sql)" }
    if definition.isDeferrable { text += " DEFERRABLE" }
    if definition.isInitiallyDeferred { text += " INITIALLY DEFERRED" }
    let transitions = [
      definition.oldTable.map { "OLD TABLE AS \($0.sqlIdentifier)" },
      definition.newTable.map { "NEW TABLE AS \($0.sqlIdentifier)" },
    ]
    .compactMap { $0 }
    if !transitions.isEmpty { text += " REFERENCING \(transitions.joined(separator: " "))" }
    text += " FOR EACH \(definition.isForEachRow ? "ROW" : "STATEMENT")"
    if let when = definition.when { text += " WHEN (\(deparser.text(when)))" }
    let function = trigger.function.flatMap { catalog.routines[$0]?.name } ?? definition.function
    add(text + " EXECUTE FUNCTION \(function.sql)(\(definition.arguments.map(\.sqlLiteral).joined(separator: ", ")))")
    if !trigger.isEnabled { add("ALTER TABLE \(relation.name.sql) DISABLE TRIGGER \(trigger.name.sqlIdentifier)") }
  }
}
