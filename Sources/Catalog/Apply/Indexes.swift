import PostgresSyntax

/// CREATE INDEX
extension Application {
  mutating func createIndex(_ statement: CreateIndex) {
    guard let relation = table(statement.table) else {
      if catalog.relation(statement.table.name) == nil { rejectIndexTarget(statement) }
      return
    }
    guard relation.isTable || relation.kind == .materializedView || relation.isAssumed else {
      reject("cannot create index on relation '\(relation.name.name)'", "42809", at: statement.table.offset)
      return
    }
    if statement.isConcurrent, relation.kind == .partitionedTable {
      reject(
        "cannot create index on partitioned table '\(relation.name.name)' concurrently", "0A000",
        at: statement.table.offset)
      return
    }
    var statement = statement
    // The name that R-trees had before GiST.
    if statement.method == "rtree" { statement.method = "gist" }
    requireAccessMethod(statement.method)
    let schema = relation.name.schema ?? "public"
    let hasColumns = check(statement.elements.compactMap(\.column) + statement.including, of: relation, at: -1)
    if statement.isUnique {
      for table in statement.isOnly ? [relation] : catalog.hierarchy(of: relation) {
        checkPartitionColumns(statement.elements.compactMap(\.column), of: table, "UNIQUE", at: statement.table.offset)
      }
    }
    let name: ObjectName
    if let given = statement.name {
      name = ObjectName(schema: schema, GeneratedNames.truncated(given))
      dropUncertain(name, of: relation)
      guard !isTaken(name, .index, offset: -1, ifNotExists: statement.ifNotExists) else { return }
    } else {
      name = ObjectName(schema: schema, generatedName(statement, of: relation.name.name, in: schema))
    }
    let uses =
      hasColumns
      ? checkElements(
        statement.elements, statement.filter, method: statement.method, of: relation, at: statement.table.offset)
      : Uses()
    let index = Index(
      name: name, table: relation.oid, method: statement.method, elements: statement.elements.map(Index.Element.init),
      including: statement.including, isUnique: statement.isUnique, nullsNotDistinct: statement.nullsNotDistinct,
      filter: statement.filter, expressionColumns: Set(statement.elements.flatMap { $0.expression?.columnNames ?? [] }),
      options: statement.options, origin: origin)
    let oid = addIndex(index)
    noteNeeds(of: oid, index, uses)
    created(ObjectID(.index, name))
    guard !statement.isOnly else { return }
    for child in catalog.children(of: relation.oid) where child.isPartition {
      copyIndex(index, oid, statement, to: child)
    }
  }

  private mutating func rejectIndexTarget(_ statement: CreateIndex) {
    guard catalog.builtInRelation(statement.table.name) != nil else { return }
    reject("permission denied: '\(statement.table.name.name)' is a system catalog", "42501", at: statement.table.offset)
  }

  /// What is unknown of a table includes its indexes.
  private mutating func dropUncertain(_ name: ObjectName, of relation: Relation) {
    guard relation.isAssumed, let index = catalog.index(name), index.table == relation.oid else { return }
    removeIndex(index.oid)
  }

  private func generatedName(_ statement: CreateIndex, of table: String, in schema: String) -> String {
    let columns = statement.elements.map { $0.column ?? $0.expression?.indexColumnName ?? "expr" } + statement.including
    return catalog.freeRelationName(table, columns.indexColumnNames.joined(separator: "_"), "idx", in: schema)
  }

  /// The index of a partitioned table on one of its partitions.
  private mutating func copyIndex(_ index: Index, _ parent: OID, _ statement: CreateIndex, to child: Relation) {
    if let known = catalog.indexes(on: child.oid).first(where: {
      $0.parent == nil && $0.constraint == nil && $0.isSame(as: index)
    }) {
      attach(known.oid, to: parent)
      return
    }
    let schema = child.name.schema ?? "public"
    var copy = index
    copy.name = ObjectName(schema: schema, generatedName(statement, of: child.name.name, in: schema))
    copy.table = child.oid
    copy.parent = parent
    let oid = addIndex(copy)
    noteNeeds(of: oid, copy, Uses())
    created(ObjectID(.index, copy.name))
    for grandchild in catalog.children(of: child.oid) where grandchild.isPartition {
      copyIndex(copy, oid, statement, to: grandchild)
    }
  }

  /// An index copied by LIKE, or by a new partition from its parent.
  mutating func copyIndex(_ index: Index, of source: Relation, to oid: OID, parent: OID? = nil) {
    guard let table = catalog.relations[oid] else { return }
    if let name = index.constraint, var constraint = source.constraints.first(where: { $0.name == name }) {
      guard constraint.hasIndex else { return }
      let schema = table.name.schema ?? "public"
      let columns = constraint.isPrimaryKey ? nil : index.elements.map { $0.column ?? "expr" }.joined(separator: "_")
      let label = constraint.isPrimaryKey ? "pkey" : constraint.isUnique ? "key" : "excl"
      constraint.name = catalog.freeRelationName(table.name.name, columns, label, in: schema)
      constraint.isLocal = parent == nil
      constraint.inheritanceCount = parent == nil ? 0 : 1
      var copy = index
      copy.name = ObjectName(schema: schema, constraint.name)
      copy.table = oid
      copy.constraint = constraint.name
      copy.origin = origin
      insertKey(constraint, constraint.definition, of: table, copy, parent: parent)
      return
    }
    var copy = index
    let schema = table.name.schema ?? "public"
    let columns = (index.elements.map { $0.column ?? $0.expression?.indexColumnName ?? "expr" } + index.including)
      .indexColumnNames
    copy.name = ObjectName(
      schema: schema, catalog.freeRelationName(table.name.name, columns.joined(separator: "_"), "idx", in: schema))
    copy.table = oid
    copy.parent = parent
    copy.origin = origin
    let number = addIndex(copy)
    noteNeeds(of: number, copy, Uses())
    created(ObjectID(.index, copy.name))
  }

  // MARK: - Elements

  /// Checks the expressions, operator classes and condition of an index; gives what they use.
  mutating func checkElements(
    _ elements: [CreateIndex.Element], _ filter: Expression?, method: String, of relation: Relation, at offset: Int
  ) -> Uses {
    var all = Uses()
    for element in elements {
      var type = element.column.flatMap { relation.column($0)?.type }
      if let expression = element.expression {
        let scope = Analyzer(catalog).scope(of: relation)
        let (found, uses) = analyze { analyzer in
          analyzer.inside(scope) { analyzer in analyzer.at(.index) { $0.type(of: expression) } }
        }
        all.add(uses)
        type = found
      }
      if let collation = element.collation {
        requireCollation(collation, for: Column(name: element.column ?? "", type: type), at: offset)
      }
      checkOperatorClass(element.operatorClass, of: type?.oid, method: method, at: offset)
    }
    if let filter {
      let scope = Analyzer(catalog).scope(of: relation)
      let (_, uses) = analyze { analyzer in
        analyzer.inside(scope) { analyzer in analyzer.at(.index) { $0.requireBoolean(filter, "WHERE") } }
      }
      all.add(uses)
    }
    return all
  }

  /// An operator class must exist, or the type have a default one for the method.
  mutating func checkOperatorClass(_ name: ObjectName?, of type: OID?, method: String, at offset: Int) {
    if let name {
      switch catalog.operatorClass(name, method: method, accepts: type) {
      case .accepts, .unknown: break
      case .refuses:
        reject(
          "operator class '\(name.name)' does not accept data type \(type.map { catalog.format($0) } ?? "")", "42804",
          at: offset)
      case .undefined:
        reject(
          .undefined(ObjectID(.operatorClass, name)), at: nil,
          isCertain: catalog.isComplete && !catalog.hasUnknownExtension)
      }
      return
    }
    guard let type, catalog.facts(of: type) != nil, !catalog.hasDefaultOperatorClass(type, method: method) else {
      return
    }
    reject(
      "data type \(catalog.format(type)) has no default operator class for access method '\(method)'", "42704",
      at: offset)
  }

  // MARK: - Storing indexes

  @discardableResult
  mutating func addIndex(_ index: Index) -> OID {
    var index = index
    index.oid = catalog.newOID()
    catalog.indexes[index.oid] = index
    catalog.relationNames[index.name] = index.oid
    catalog.indexesOfTable.update(index.table, default: []) { $0.append(index.oid) }
    if let parent = index.parent { attach(index.oid, to: parent) }
    return index.oid
  }

  /// Makes an index of a partition part of the partitioned table's, with which it goes.
  mutating func attach(_ index: OID, to parent: OID) {
    catalog.indexes[index]?.parent = parent
    catalog.dependencies.add(Address(.index, index), needs: parent, kind: .automatic)
  }

  private mutating func noteNeeds(of oid: OID, _ index: Index, _ uses: Uses) {
    let address = Address(.index, oid)
    guard let relation = catalog.relations[index.table] else { return }
    catalog.dependencies.add(address, needs: relation.oid, kind: .automatic)
    for name in index.elements.compactMap(\.column) + index.including {
      guard let column = relation.column(name) else { continue }
      catalog.dependencies.add(address, needs: relation.oid, column: column.number, kind: .automatic)
    }
    for use in uses.list {
      catalog.dependencies.add(
        address, needs: use.oid, column: use.column, kind: use.oid == relation.oid ? .automatic : .normal)
    }
    for element in index.elements {
      guard let name = element.operatorClass, let provider = ExtensionObjects.providing(operatorClass: name).first,
        let state = catalog.installed(provider)
      else { continue }
      catalog.dependencies.add(address, needs: state.oid)
    }
  }

  mutating func removeIndex(_ oid: OID) {
    guard let index = catalog.indexes.removeValue(forKey: oid) else { return }
    if catalog.relationNames[index.name] == oid { catalog.relationNames[index.name] = nil }
    catalog.indexesOfTable[index.table]?.removeAll { $0 == oid }
    forget(Address(.index, oid))
    dropped(ObjectID(.index, index.name))
  }

  mutating func renameIndex(_ oid: OID, to newName: String) {
    guard var index = catalog.indexes[oid] else { return }
    catalog.relationNames[index.name] = nil
    index.name.name = newName
    // The constraint that an index belongs to has its name, always.
    if let constraint = index.constraint {
      if let table = catalog.relations[index.table] {
        catalog.count(-1, constraint: constraint, of: table)
        catalog.count(1, constraint: newName, of: table)
      }
      change(index.table) { relation in
        guard let position = relation.constraints.firstIndex(where: { $0.name == constraint }) else { return }
        relation.constraints[position].name = newName
      }
      index.constraint = newName
    }
    catalog.indexes[oid] = index
    catalog.relationNames[index.name] = oid
  }
}

extension Index.Element {
  init(_ element: CreateIndex.Element) {
    self.init(
      column: element.column, expression: element.expression, isDescending: element.isDescending,
      hasUnusualNulls: element.hasUnusualNulls, operatorClass: element.operatorClass?.name,
      collation: element.collation?.name)
  }
}

extension Constraint {
  /// The constraint as a statement would write it, for a copy.
  var definition: ConstraintDefinition {
    ConstraintDefinition(
      name: name, kind: .other, isDeferrable: isDeferrable, isInitiallyDeferred: isInitiallyDeferred,
      isNotValid: !isValidated, isNoInherit: isNoInherit, offset: -1)
  }
}

extension [String] {
  /// The names of index columns, numbered where they repeat (PostgreSQL source, `ChooseIndexColumnNames`).
  fileprivate var indexColumnNames: [String] {
    var names: [String] = []
    for name in self {
      var unique = name
      var number = 1
      while names.contains(unique) {
        unique = name + String(number)
        number += 1
      }
      names.append(unique)
    }
    return names
  }
}

extension Expression {
  /// The name that an index column gets from its expression (PostgreSQL source, `FigureIndexColname`).
  var indexColumnName: String? { outputName == "?column?" ? nil : outputName }
}

extension Catalog {
  func hasAccessMethod(_ name: String) -> Bool {
    if other(.accessMethod, ObjectName(name)) != nil { return true }
    return BuiltIns.shared.lines("x", "access method \(name)").contains { line in
      line[2].isEmpty || extensions[line[2]] != nil
    }
  }

  enum OperatorClassLookup { case accepts, refuses, undefined, unknown }

  func operatorClass(_ name: ObjectName, method: String, accepts type: OID?) -> OperatorClassLookup {
    let known = BuiltIns.shared.lines("k", name.name).filter { line in
      guard line[4] == method else { return false }
      let home = line[2].isEmpty ? "pg_catalog" : extensions[line[2]]?.schema
      return home.map { home in name.schema.map { $0 == home } ?? lookupPath.contains(home) } ?? false
    }
    if let first = known.first {
      guard let type, facts(of: type) != nil else { return .unknown }
      return known.contains { isBinaryCoercible(type, to: $0.oid(5)) } || first.oid(5) == .none ? .accepts : .refuses
    }
    if let created = other(.operatorClass, name), created.method == method {
      guard let type, let own = created.type else { return .unknown }
      return isBinaryCoercible(type, to: own) ? .accepts : .refuses
    }
    return .undefined
  }

  func hasDefaultOperatorClass(_ type: OID, method: String) -> Bool {
    if DefaultOperatorClasses.shared.has(type, method) || hasUnknownExtension { return true }
    guard BuiltIns.shared.lines("x", "access method \(method)").first?[4] == "i" else { return true }
    let isKnown = DefaultOperatorClasses.shared.types(method, extensions).contains { isBinaryCoercible(type, to: $0) }
    if isKnown { return true }
    return others.values.contains { other in
      other.kind == .operatorClass && other.isDefault && other.method == method
        && other.type.map { isBinaryCoercible(type, to: $0) } == true
    }
  }
}

/// The types that have a default operator class, by access method.
struct DefaultOperatorClasses: Sendable {
  static let shared = DefaultOperatorClasses()
  private var byMethod: [String: [(extension: String, type: OID)]] = [:]
  /// Those that the server has without extensions.
  private var own: [String: Set<OID>] = [:]

  private init() {
    for line in BuiltIns.shared.lines("k") where line[6] == "d" {
      byMethod[line[4], default: []].append((line[2], line.oid(5)))
      if line[2].isEmpty { own[line[4], default: []].insert(line.oid(5)) }
    }
  }

  /// Whether there is one for exactly this type.
  func has(_ type: OID, _ method: String) -> Bool { own[method]?.contains(type) == true }

  func types(_ method: String, _ installed: Registry<String, Catalog.ExtensionState>) -> [OID] {
    (byMethod[method] ?? []).filter { $0.extension.isEmpty || installed[$0.extension] != nil }.map(\.type)
  }
}
