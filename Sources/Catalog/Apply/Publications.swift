import PostgresSyntax

/// Publications (PostgreSQL documentation, section 31.1).
extension Application {
  mutating func createPublication(_ statement: CreatePublication) {
    checkTwice(statement)
    requireSchemas(of: statement)
    var object = NamedObject(
      oid: catalog.newOID(), kind: .publication, name: ObjectName(statement.name), origin: origin)
    object.publication = Publication(isForAllTables: statement.isForAllTables, schemas: statement.schemas)
    change(&object, statement, members(of: statement))
    if insert(object, orReplace: false, ifNotExists: false) { catalog.hasPublications = true }
  }

  mutating func alterPublication(_ statement: CreatePublication) {
    guard var object = catalog.other(.publication, ObjectName(statement.name)) else {
      reject(.undefined(ObjectID(.publication, statement.name)), isCertain: catalog.isComplete)
      return
    }
    if statement.change != .options, object.publication?.isForAllTables == true {
      reject("publication '\(statement.name)' is defined as FOR ALL TABLES", "55000")
      return
    }
    checkTwice(statement)
    requireSchemas(of: statement)
    let members = members(of: statement)
    switch statement.change {
    case .add: checkAdded(statement, members, to: object)
    case .drop: checkDropped(statement, members, from: object)
    case .set, .create, .options: break
    }
    change(&object, statement, members)
    catalog.others[object.oid] = object
    altered(ObjectID(.publication, statement.name))
  }

  private typealias Member = (relation: Relation, reference: Reference, columns: [String], filter: Expression?)

  private mutating func members(of statement: CreatePublication) -> [Member] {
    var found: [Member] = []
    for (index, reference) in statement.tables.enumerated() {
      guard let relation = table(reference) else { continue }
      let columns = statement.columns[index]
      let filter = statement.filters[index]
      check(columns: columns, of: relation, at: reference.offset)
      if let filter, statement.change == .drop {
        reject(
          "cannot use a WHERE clause when removing a table from a publication", "42601", at: filter.offset)
      } else if let filter {
        let scope = Analyzer(catalog).scope(of: relation)
        _ = analyze { analyzer in
          analyzer.inside(scope) { analyzer in
            analyzer.at(.filter("WHERE")) { $0.requireBoolean(filter, "PUBLICATION WHERE") }
          }
        }
      }
      found.append((relation, reference, columns, filter))
    }
    return found
  }

  private mutating func check(columns: [String], of relation: Relation, at offset: Int) {
    for name in columns {
      if relation.column(name)?.isGenerated == true {
        reject("cannot use generated column '\(name)' in publication column list", "42P10", at: offset, before: 18)
      } else if relation.column(name) == nil, Column.system[name] != nil {
        reject("cannot use system column '\(name)' in publication column list", "42P10", at: offset)
      }
    }
    check(columns, of: relation, at: offset)
  }

  private mutating func requireSchemas(of statement: CreatePublication) {
    for schema in statement.schemas where !catalog.hasSchema(schema) && schema != "CURRENT_SCHEMA" {
      reject(.undefined(ObjectID(.schema, schema)), isCertain: catalog.isComplete)
    }
  }

  /// A table that is listed twice has one condition and one list of columns.
  private mutating func checkTwice(_ statement: CreatePublication) {
    for (index, table) in statement.tables.enumerated() {
      guard let first = statement.tables[..<index].firstIndex(where: { $0.name == table.name }) else { continue }
      if statement.filters[first] != nil || statement.filters[index] != nil {
        reject("conflicting or redundant WHERE clauses for table '\(table.name)'", "42710", at: table.offset)
      } else if !statement.columns[first].isEmpty || !statement.columns[index].isEmpty {
        reject("conflicting or redundant column lists for table '\(table.name)'", "42710", at: table.offset)
      }
    }
  }

  private mutating func checkAdded(_ statement: CreatePublication, _ members: [Member], to object: NamedObject) {
    for member in members where object.tables.contains(member.relation.oid) {
      reject(
        "relation '\(member.relation.name.name)' is already member of publication '\(statement.name)'", "42710",
        at: member.reference.offset)
    }
    for schema in statement.schemas where object.publication?.schemas.contains(schema) == true {
      reject("schema '\(schema)' is already member of publication '\(statement.name)'", "42710")
    }
  }

  private mutating func checkDropped(_ statement: CreatePublication, _ members: [Member], from object: NamedObject) {
    for member in members where !object.tables.contains(member.relation.oid) {
      reject(
        "relation '\(member.relation.name.name)' is not part of the publication", "42704",
        at: member.reference.offset)
    }
    for schema in statement.schemas where object.publication?.schemas.contains(schema) == false {
      reject("tables from schema '\(schema)' are not part of the publication", "42704")
    }
  }

  private func change(_ object: inout NamedObject, _ statement: CreatePublication, _ members: [Member]) {
    if let published = statement.publishes { object.publication?.statements = published }
    guard statement.change != .options else { return }
    if statement.change == .set {
      object.tables = []
      object.publication?.schemas = []
    }
    for member in members {
      let oid = member.relation.oid
      object.tables.removeAll { $0 == oid }
      if statement.change != .drop { object.tables.append(oid) }
      object.publication?.columns[oid] = member.columns.isEmpty ? nil : member.columns
      object.publication?.filterColumns[oid] = member.filter?.columnNames
    }
    object.publication?.schemas.removeAll { statement.schemas.contains($0) }
    if statement.change != .drop { object.publication?.schemas += statement.schemas }
  }
}

extension Analyzer {
  /// Who receives the changes of rows must be able to tell which rows they are (PostgreSQL source,
  /// `CheckCmdReplicaIdentity`).
  mutating func checkPublished(_ relation: Relation, _ event: CreateTrigger.Event?, at offset: Int) {
    guard event == .update || event == .delete, let event, !relation.isAssumed, relation.persistence == .permanent,
      catalog.hasPublications
    else { return }
    if relation.kind == .partitionedTable {
      for partition in catalog.children(of: relation.oid) { checkPublished(partition, event, at: offset) }
      return
    }
    guard relation.kind == .table else { return }
    let verb = event.rawValue.lowercased()
    let what = verb == "update" ? "update" : "delete from"
    for object in catalog.publications {
      guard let publication = object.publication, publication.statements.contains(verb),
        catalog.publishes(object, relation)
      else { continue }
      let root = catalog.publishedRoot(object, relation)
      let filtered = publication.filterColumns[root] ?? []
      let listed = publication.columns[root]
      guard let identity = catalog.identityColumns(of: relation) ?? (filtered.isEmpty && listed == nil ? nil : [])
      else {
        reject(
          "cannot \(what) table '\(relation.name.name)' because it does not have a replica identity and publishes \(verb)s",
          "55000", at: offset)
        return
      }
      let fits =
        filtered.allSatisfy(identity.contains)
        && (listed.map { !identity.isEmpty && identity.isSubset(of: $0) } ?? true)
        && (relation.replicaIdentity != .full || listed == nil)
      if !fits {
        reject("cannot \(what) table '\(relation.name.name)'", "42P10", at: offset)
        return
      }
    }
  }
}

extension Catalog {
  fileprivate var publications: [NamedObject] { others.values.filter { $0.kind == .publication } }

  /// Whether a publication has a table, or the one that it is a partition of.
  fileprivate func publishes(_ object: NamedObject, _ relation: Relation) -> Bool {
    guard let publication = object.publication else { return false }
    if publication.isForAllTables || object.tables.contains(relation.oid)
      || relation.name.schema.map(publication.schemas.contains) == true
    {
      return true
    }
    guard relation.isPartition, let parent = relation.parents.first.flatMap({ relations[$0] }) else { return false }
    return publishes(object, parent)
  }

  /// The table of the publication by which a table's rows are published.
  fileprivate func publishedRoot(_ object: NamedObject, _ relation: Relation) -> OID {
    guard !object.tables.contains(relation.oid), relation.isPartition,
      let parent = relation.parents.first.flatMap({ relations[$0] })
    else { return relation.oid }
    return publishedRoot(object, parent)
  }

  /// The columns that identify a row; all of them for `FULL`, nil where nothing does.
  fileprivate func identityColumns(of relation: Relation) -> Set<String>? {
    switch relation.replicaIdentity {
    case .nothing: nil
    case .full: Set(relation.columns.map(\.name))
    case .index(let oid): indexes[oid].map { Set($0.leadingColumns) }
    case .default: relation.primaryKey.map { Set($0.columns) }
    }
  }
}
