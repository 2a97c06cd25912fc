import PostgresSyntax

/// Views, tables made from queries, rewrite rules.
extension Application {
  mutating func createView(_ statement: CreateView) {
    let offset = statement.view.offset
    let (shape, uses) = analyze { $0.shape(of: statement.query) }
    let isTemporary = statement.isTemporary || reads(temporary: uses)
    let name = newName(statement.view.name, isTemporary: isTemporary, offset: offset)
    let columns = viewColumns(shape, statement.columns, name, at: offset)
    if let known = catalog.relation(ObjectName(schema: name.schema, name.name)), statement.orReplace, !known.isAssumed {
      guard known.kind == .view else {
        reject("'\(name.name)' is not a view", "42809", at: offset)
        return
      }
      replace(known, statement, columns, shape, uses)
      return
    }
    guard !isTaken(name, .view, offset: offset, ifNotExists: false) else { return }
    addView(name, kind: .view, statement.query, statement.columns, columns, shape, uses) {
      $0.options = statement.options
    }
  }

  private func reads(temporary uses: Uses) -> Bool {
    uses.list.contains { catalog.relations[$0.oid]?.name.schema == Catalog.temporarySchema }
  }

  /// The columns that a query gives a view or table, under the names that the statement lists.
  private mutating func viewColumns(_ shape: Shape, _ names: [String], _ name: ObjectName, at offset: Int) -> [Column] {
    var columns = shape.columns.map { Column(name: GeneratedNames.truncated($0.name), type: $0.type) }
    if shape.isComplete, names.count > columns.count {
      reject("CREATE VIEW specifies more column names than columns", "42601", at: offset)
    }
    for (index, name) in names.enumerated() {
      if index < columns.count { columns[index].name = name } else { columns.append(Column(name: name)) }
    }
    var seen: Set<String> = []
    for column in columns where !seen.insert(column.name).inserted {
      reject(.duplicate(ObjectID(.column, column.name, of: name)), at: offset)
    }
    for index in columns.indices where columns[index].type?.oid == .unknown { columns[index].type = DataType(.text) }
    return columns
  }

  private mutating func addView(
    _ name: ObjectName, kind: Relation.Kind, _ query: Query, _ names: [String], _ columns: [Column], _ shape: Shape,
    _ uses: Uses, _ body: (inout Relation) -> Void = { _ in }
  ) {
    var relation = Relation(oid: catalog.newOID(), kind: kind, name: name, origin: origin)
    for column in columns { relation.append(column) }
    relation.hasKnownColumns = shape.isComplete
    relation.view = definition(query, names)
    body(&relation)
    store(relation)
    catalog.dependencies.add(Address(.relation, relation.oid), needs: uses)
    created(relation.id)
    grantDefaults(Address(.relation, relation.oid), .table, in: name.schema)
  }

  /// CREATE OR REPLACE keeps the columns and may add some (PostgreSQL source, `checkViewTupleDesc`).
  private mutating func replace(
    _ known: Relation, _ statement: CreateView, _ columns: [Column], _ shape: Shape, _ uses: Uses
  ) {
    if shape.isComplete, known.hasKnownColumns {
      let offset = statement.view.offset
      if columns.count < known.columns.count {
        reject("cannot drop columns from view", "42P16", at: offset)
      }
      for (old, new) in zip(known.columns, columns) {
        if old.name != new.name {
          reject("cannot change name of view column '\(old.name)' to '\(new.name)'", "42P16", at: offset)
          break
        }
        if let a = old.type, let b = new.type, a != b, catalog.facts(of: a.oid) != nil, catalog.facts(of: b.oid) != nil
        {
          reject(
            "cannot change data type of view column '\(old.name)' from \(catalog.format(a)) to \(catalog.format(b))",
            "42P16", at: offset)
          break
        }
      }
    }
    catalog.dependencies.removeNeeds(of: Address(.relation, known.oid))
    let view = definition(statement.query, statement.columns)
    change(known.oid) { relation in
      relation.view = view
      relation.options = statement.options
      relation.hasKnownColumns = shape.isComplete
      for (index, column) in columns.enumerated() {
        if index < relation.columns.count {
          relation.columns[index].name = column.name
          relation.columns[index].type = column.type
        } else {
          relation.append(column)
        }
      }
    }
    catalog.dependencies.add(Address(.relation, known.oid), needs: uses)
    altered(known.id)
  }

  private func definition(_ query: Query, _ names: [String]) -> ViewDefinition {
    var analyzer = Analyzer(catalog)
    var view = ViewDefinition(
      query: analyzer.expandingStars(query), written: query, origin: origin, columns: names)
    for reference in query.relations() {
      guard let relation = catalog.relation(reference.name) else { continue }
      view.relations[reference.name] = (
        relation.oid, Dictionary(relation.columns.map { ($0.number, $0.name) }) { first, _ in first }
      )
    }
    return view
  }

  mutating func createTableAs(_ statement: CreateTableAs) {
    var shape = Shape.unknown
    var uses = Uses()
    if let query = statement.query {
      (shape, uses) = analyze { $0.shape(of: query) }
    } else if let prepared = statement.prepared.flatMap({ catalog.session.prepared[$0] }),
      case .query(let query) = prepared.statement
    {
      shape =
        analyze { analyzer in
          analyzer.parameters = nil
          return analyzer.shape(of: query)
        }.result
    }
    let kind: ObjectKind = statement.isMaterializedView ? .materializedView : .table
    let name = newName(
      statement.table.name, isTemporary: statement.persistence == .temporary, offset: statement.table.offset)
    guard !isTaken(name, kind, offset: statement.table.offset, ifNotExists: statement.ifNotExists) else { return }
    let columns = viewColumns(shape, statement.columns, name, at: statement.table.offset)
    if statement.isMaterializedView {
      addView(name, kind: .materializedView, statement.query ?? Query(), statement.columns, columns, shape, uses)
    } else {
      addTable(name, columns, shape, persistence: statement.persistence)
    }
  }

  /// `SELECT … INTO`
  mutating func createTable(fromQuery query: Query, into table: Reference) {
    let (shape, _) = analyze { $0.shape(of: query) }
    let name = newName(table.name, offset: table.offset)
    guard !isTaken(name, .table, offset: table.offset, ifNotExists: false) else { return }
    addTable(name, viewColumns(shape, [], name, at: table.offset), shape, persistence: .permanent)
  }

  private mutating func addTable(_ name: ObjectName, _ columns: [Column], _ shape: Shape, persistence: Persistence) {
    var relation = Relation(oid: catalog.newOID(), kind: .table, name: name, persistence: persistence, origin: origin)
    for column in columns { relation.append(column) }
    relation.hasKnownColumns = shape.isComplete
    store(relation)
    noteColumnNeeds(of: relation.oid)
    created(relation.id)
    grantDefaults(Address(.relation, relation.oid), .table, in: name.schema)
  }

  // MARK: - Rules

  mutating func createRule(_ statement: CreateRule) {
    guard let relation = table(statement.table) else { return }
    let id = ObjectID(.rule, statement.name, of: relation.name)
    let known = relation.rules.firstIndex { $0.name == statement.name }
    if known != nil, !statement.orReplace {
      reject(.duplicate(id), at: statement.table.offset)
      return
    }
    let row = Analyzer(catalog).rangeItem(of: relation)
    let (_, uses) = analyze { analyzer in
      var old = row
      old.alias = "old"
      old.isOpen = false
      var new = row
      new.alias = "new"
      new.isOpen = false
      var items: [RangeItem] = []
      if statement.event != "INSERT" { items.append(old) }
      if statement.event == "INSERT" || statement.event == "UPDATE" { items.append(new) }
      // The condition sees the columns themselves, the actions only OLD and NEW.
      let opened = items.map { item in
        var item = item
        item.isOpen = true
        return item
      }
      analyzer.inside(Scope(items: opened)) { analyzer in
        if let condition = statement.condition { analyzer.requireBoolean(condition, "WHERE") }
      }
      analyzer.inside(Scope(items: items)) { analyzer in
        for action in statement.actions { _ = analyzer.shape(of: action) }
      }
    }
    var rule = RewriteRule(
      oid: catalog.newOID(), name: statement.name, definition: statement, origin: origin)
    if let known {
      rule.oid = relation.rules[known].oid
      catalog.dependencies.removeNeeds(of: Address(.rule, rule.oid))
      change(relation.oid) { $0.rules[known] = rule }
      altered(id)
    } else {
      change(relation.oid) { $0.rules.append(rule) }
      created(id)
    }
    catalog.dependencies.setOwner(of: rule.oid, relation.oid)
    catalog.dependencies.add(Address(.rule, rule.oid), needs: relation.oid, kind: .automatic)
    catalog.dependencies.add(Address(.rule, rule.oid), needs: uses)
  }
}
