import PostgresSyntax

/// Triggers and policies.
extension Application {
  mutating func createTrigger(_ statement: CreateTrigger) {
    guard let relation = table(statement.table) else {
      if let assumed = catalog.relation(statement.table.name) {
        insertTrigger(statement, function: nil, into: assumed.oid)
      }
      return
    }
    checkPlace(statement, relation)
    if let referenced = statement.referenced { table(referenced) }
    let id = ObjectID(.trigger, statement.name, of: relation.name)
    check(statement.columns, of: relation, at: statement.table.offset)
    var uses = Uses()
    if let when = statement.when { uses = checkCondition(when, statement, relation) }
    let function = triggerFunction(statement)
    if let index = relation.triggers.firstIndex(where: { $0.name == statement.name }) {
      guard statement.orReplace else {
        reject(.duplicate(id), related: relation.origin)
        return
      }
      guard relation.triggers[index].parent == nil else {
        reject(
          "trigger '\(statement.name)' for relation '\(relation.name.name)' is an internal or a child trigger", "42710",
          at: statement.table.offset)
        return
      }
      let oid = relation.triggers[index].oid
      catalog.dependencies.removeNeeds(of: Address(.trigger, oid))
      change(relation.oid) {
        $0.triggers[index].definition = statement
        $0.triggers[index].function = function
      }
      noteNeeds(ofTrigger: oid, statement, function, uses, on: relation.oid)
      altered(id)
      if let replaced = catalog.relations[relation.oid]?.triggers[index] {
        for child in catalog.children(of: relation.oid) where child.isPartition {
          copyTrigger(replaced, to: child.oid)
        }
      }
      return
    }
    let oid = insertTrigger(statement, function: function, into: relation.oid)
    noteNeeds(ofTrigger: oid, statement, function, uses, on: relation.oid)
    created(id)
    guard relation.kind == .partitionedTable, statement.isForEachRow,
      let trigger = catalog.relations[relation.oid]?.triggers.last
    else { return }
    for child in catalog.children(of: relation.oid) where child.isPartition { copyTrigger(trigger, to: child.oid) }
  }

  private mutating func checkPlace(_ statement: CreateTrigger, _ relation: Relation) {
    guard !relation.isAssumed else { return }
    let name = relation.name.name
    let offset = statement.table.offset
    switch relation.kind {
    case .view:
      if statement.timing != .insteadOf, statement.isForEachRow {
        reject("'\(name)' is a view", "42809", at: offset)
      }
      if statement.events.contains(.truncate) { reject("'\(name)' is a view", "42809", at: offset) }
    case .table, .partitionedTable, .foreignTable:
      if statement.timing == .insteadOf { reject("'\(name)' is a table", "42809", at: offset) }
    case .materializedView, .sequence, .compositeType:
      reject("relation '\(name)' cannot have triggers", "42809", at: offset)
    }
    if statement.timing == .insteadOf, !statement.isForEachRow {
      reject("INSTEAD OF triggers must be FOR EACH ROW", "0A000", at: offset)
    }
    if statement.isForEachRow, statement.events.contains(.truncate) {
      reject("TRUNCATE FOR EACH ROW triggers are not supported", "0A000", at: offset)
    }
    checkTransitionTables(statement, relation)
    if statement.timing == .insteadOf {
      if statement.when != nil { reject("INSTEAD OF triggers cannot have WHEN conditions", "0A000", at: offset) }
      if !statement.columns.isEmpty { reject("INSTEAD OF triggers cannot have column lists", "0A000", at: offset) }
    }
  }

  /// PostgreSQL documentation, CREATE TRIGGER, "REFERENCING".
  private mutating func checkTransitionTables(_ statement: CreateTrigger, _ relation: Relation) {
    guard statement.oldTable != nil || statement.newTable != nil else { return }
    let name = relation.name.name
    let offset = statement.table.offset
    if relation.kind == .foreignTable { return reject("'\(name)' is a foreign table", "42809", at: offset) }
    if relation.kind == .view { return reject("'\(name)' is a view", "42809", at: offset) }
    if statement.isForEachRow {
      if relation.kind == .partitionedTable {
        return reject("'\(name)' is a partitioned table", "42809", at: offset)
      }
      if !relation.parents.isEmpty {
        let what = relation.isPartition ? "partitions" : "inheritance children"
        return reject("ROW triggers with transition tables are not supported on \(what)", "0A000", at: offset)
      }
    }
    if statement.events.contains(.truncate) {
      return reject("TRUNCATE triggers with transition tables are not supported", "0A000", at: offset)
    }
    if statement.events.count > 1 {
      return reject("transition tables cannot be specified for triggers with more than one event", "0A000", at: offset)
    }
    if !statement.columns.isEmpty {
      return reject("transition tables cannot be specified for triggers with column lists", "0A000", at: offset)
    }
    if statement.oldTable != nil, statement.events.contains(.insert) {
      return reject("OLD TABLE can only be specified for a DELETE or UPDATE trigger", "42P17", at: offset)
    }
    if statement.newTable != nil, statement.events.contains(.delete) {
      return reject("NEW TABLE can only be specified for an INSERT or UPDATE trigger", "42P17", at: offset)
    }
  }

  private mutating func checkCondition(_ when: Expression, _ statement: CreateTrigger, _ relation: Relation) -> Uses {
    var old = Analyzer(catalog).rangeItem(of: relation)
    old.alias = "old"
    old.schema = nil
    old.isOpen = false
    var new = old
    new.alias = "new"
    var items: [RangeItem] = []
    if !statement.isForEachRow, when.names("old") || when.names("new") {
      reject("statement trigger's WHEN condition cannot reference column values", "42P17", at: when.offset)
      return Uses()
    }
    if statement.isForEachRow {
      items = [old, new]
      let namesOld = when.names("old")
      let namesNew = when.names("new")
      if namesOld, statement.events.contains(.insert) {
        reject("INSERT trigger's WHEN condition cannot reference OLD values", "42P17", at: when.offset)
      }
      if statement.timing == .before, let name = when.systemColumn(of: "new") {
        reject(
          "BEFORE trigger's WHEN condition cannot reference NEW system columns: '\(name)'", "0A000", at: when.offset)
      }
      if namesNew, statement.events.contains(.delete) {
        reject("DELETE trigger's WHEN condition cannot reference NEW values", "42P17", at: when.offset)
      }
    }
    return analyze { analyzer in
      analyzer.inside(Scope(items: items)) { analyzer in
        analyzer.at(.trigger) { $0.requireBoolean(when, "WHEN") }
      }
    }.uses
  }

  /// The function must exist, take no arguments and return a trigger.
  private mutating func triggerFunction(_ statement: CreateTrigger) -> OID? {
    let name = statement.function
    let candidates = catalog.functions(name).filter { $0.arguments.isEmpty }
    guard let found = candidates.first else {
      guard !catalog.hasUnknownExtension else { return nil }
      if let schema = name.schema, !catalog.hasSchema(schema) {
        reject(.undefined(ObjectID(.schema, schema)), isCertain: catalog.isComplete)
      } else {
        reject(
          .undefined(ObjectID(.function, schema: name.schema, name.name, signature: "")), isCertain: catalog.isComplete)
      }
      return nil
    }
    if found.result != .trigger { reject("function \(name) must return type trigger", "42P17") }
    if let oid = found.oid {
      if let id = catalog.id(of: Address(.routine, oid)) { outcome.references.append(id) }
      return oid
    }
    return catalog.installed(found.extension)?.oid
  }

  @discardableResult
  private mutating func insertTrigger(_ statement: CreateTrigger, function: OID?, into table: OID) -> OID {
    let trigger = Trigger(
      oid: catalog.newOID(), name: statement.name, function: function, definition: statement, origin: origin)
    change(table) { $0.triggers.append(trigger) }
    catalog.dependencies.setOwner(of: trigger.oid, table)
    return trigger.oid
  }

  private mutating func noteNeeds(
    ofTrigger oid: OID, _ statement: CreateTrigger, _ function: OID?, _ uses: Uses, on table: OID
  ) {
    let address = Address(.trigger, oid)
    catalog.dependencies.add(address, needs: table, kind: .automatic)
    if let function { catalog.dependencies.add(address, needs: function) }
    catalog.dependencies.add(address, needs: uses)
    for name in statement.columns {
      if let column = catalog.relations[table]?.column(name) {
        catalog.dependencies.add(address, needs: table, column: column.number)
      }
    }
  }

  /// A partitioned table's row trigger on one of its partitions.
  mutating func copyTrigger(_ trigger: Trigger, to child: OID) {
    guard let relation = catalog.relations[child] else { return }
    if let known = relation.triggers.firstIndex(where: { $0.name == trigger.name }) {
      if relation.triggers[known].parent == trigger.oid || trigger.definition.orReplace {
        change(child) {
          $0.triggers[known].definition = trigger.definition
          $0.triggers[known].function = trigger.function
        }
        return
      }
      reject(.duplicate(ObjectID(.trigger, trigger.name, of: relation.name)))
      return
    }
    var copy = trigger
    copy.oid = catalog.newOID()
    copy.parent = trigger.oid
    change(child) { $0.triggers.append(copy) }
    catalog.dependencies.setOwner(of: copy.oid, child)
    if let function = trigger.function { catalog.dependencies.add(Address(.trigger, copy.oid), needs: function) }
    for grandchild in catalog.children(of: child) where grandchild.isPartition { copyTrigger(copy, to: grandchild.oid) }
  }

  // MARK: - Policies

  mutating func createPolicy(_ statement: CreatePolicy) {
    for role in statement.roles { use(role) }
    let known = table(statement.table)
    guard let relation = known ?? catalog.relation(statement.table.name) else { return }
    let id = ObjectID(.policy, statement.name, of: relation.name)
    guard !relation.policies.contains(where: { $0.name == statement.name }) else {
      reject(.duplicate(id), related: relation.origin)
      return
    }
    if !relation.isTable, !relation.isAssumed {
      reject("'\(relation.name.name)' is not a table", "42809", at: statement.table.offset)
    }
    if statement.command == "insert", statement.using != nil {
      reject("only WITH CHECK expression allowed for INSERT", "42601", at: statement.using?.offset ?? -1)
    }
    if statement.command == "select" || statement.command == "delete", statement.withCheck != nil {
      reject("WITH CHECK cannot be applied to SELECT or DELETE", "42601", at: statement.withCheck?.offset ?? -1)
    }
    let uses = checkPolicy(statement, relation)
    let policy = Policy(oid: catalog.newOID(), name: statement.name, definition: statement, origin: origin)
    change(relation.oid) { $0.policies.append(policy) }
    catalog.dependencies.setOwner(of: policy.oid, relation.oid)
    notePolicyNeeds(policy.oid, uses, on: relation.oid)
    created(id)
  }

  private mutating func checkPolicy(_ statement: CreatePolicy, _ relation: Relation) -> Uses {
    let scope = Analyzer(catalog).scope(of: relation)
    return analyze { analyzer in
      analyzer.inside(scope) { analyzer in
        analyzer.at(.policy) { analyzer in
          if let using = statement.using { analyzer.requireBoolean(using, "POLICY") }
          if let check = statement.withCheck { analyzer.requireBoolean(check, "POLICY") }
        }
      }
    }.uses
  }

  private mutating func notePolicyNeeds(_ oid: OID, _ uses: Uses, on table: OID) {
    let address = Address(.policy, oid)
    catalog.dependencies.add(address, needs: table, kind: .automatic)
    catalog.dependencies.add(address, needs: uses)
  }

  mutating func alterPolicy(_ statement: CreatePolicy) {
    guard let relation = table(statement.table) else { return }
    for role in statement.roles { use(role) }
    let id = ObjectID(.policy, statement.name, of: relation.name)
    guard let index = relation.policies.firstIndex(where: { $0.name == statement.name }) else {
      if !relation.isAssumed { reject(.undefined(id), related: relation.origin) }
      return
    }
    var definition = relation.policies[index].definition
    if !statement.roles.isEmpty { definition.roles = statement.roles }
    if let using = statement.using { definition.using = using }
    if let check = statement.withCheck { definition.withCheck = check }
    let uses = checkPolicy(definition, relation)
    let oid = relation.policies[index].oid
    catalog.dependencies.removeNeeds(of: Address(.policy, oid))
    notePolicyNeeds(oid, uses, on: relation.oid)
    change(relation.oid) { [origin] relation in
      relation.policies[index].definition = definition
      relation.policies[index].origin = origin
    }
    altered(id)
  }
}

extension CreateTrigger {
  /// Whether a trigger for each row sees all rows of the statement as well.
  var hasTransitionRows: Bool { isForEachRow && (oldTable != nil || newTable != nil) }
}

extension Expression {
  /// A system column of that row which it names.
  fileprivate func systemColumn(of row: String) -> String? {
    var found: String?
    walk {
      if case .column(let path, _, _) = $0, path.count == 2, path[0] == row, Column.system[path[1]] != nil {
        found = path[1]
      }
    }
    return found
  }

  /// Whether it names a column of that row.
  fileprivate func names(_ row: String) -> Bool {
    var isNamed = false
    walk { if case .column(let path, _, _) = $0, path.first == row { isNamed = true } }
    return isNamed
  }
}
