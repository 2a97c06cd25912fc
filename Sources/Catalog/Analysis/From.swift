import PostgresSyntax

/// What FROM brings into a query.
extension Analyzer {
  /// The items of a FROM clause, each seeing those before it where that is LATERAL.
  mutating func from(_ items: [FromItem]) -> [RangeItem] {
    var found: [RangeItem] = []
    for item in items {
      let added = rangeItems(item, beside: found)
      checkNames(added, beside: found, at: item.references.first?.offset ?? -1)
      found += added
    }
    return found
  }

  private mutating func checkNames(_ added: [RangeItem], beside known: [RangeItem], at offset: Int) {
    for item in added where item.isNamed && !item.alias.isEmpty {
      let isTwice = known.contains {
        $0.isNamed && $0.alias == item.alias
          && ($0.relation == nil || item.relation == nil || $0.relation == item.relation || $0.schema == nil
            || item.schema == nil)
      }
      if isTwice { reject("table name '\(item.alias)' specified more than once", "42712", at: offset) }
    }
  }

  mutating func rangeItems(_ item: FromItem, beside known: [RangeItem]) -> [RangeItem] {
    switch item {
    case .relation(let reference, let alias): return [relation(reference, alias)]
    case .subquery(let query, let alias, let isLateral):
      rejectInto(query)
      let shape =
        isLateral ? inside(Scope(items: known)) { $0.shape(of: query) } : shape(of: query)
      let name = alias?.name ?? ""
      return [RangeItem(alias: name, shape: renamed(shape, alias?.columns ?? [], name, at: -1), isNamed: alias != nil)]
    case .function(let item): return [inside(Scope(items: known)) { $0.function(item) }]
    case .join(let join): return self.join(join, beside: known)
    case .other(let expressions, let alias, let columns):
      inside(Scope(items: known)) { analyzer in
        for expression in expressions { _ = analyzer.type(of: expression) }
      }
      let shape = Shape(
        columns: columns.map { column in
          OutputColumn(
            name: column.name,
            type: column.type.flatMap { catalog.dataType($0) }.flatMap { self.known($0) } ?? DataType(.integer))
        }, isComplete: !columns.isEmpty)
      return [
        RangeItem(
          alias: alias?.name ?? "", shape: renamed(shape, alias?.columns ?? [], "", at: -1), isNamed: alias != nil)
      ]
    }
  }

  // MARK: - Relations

  /// `SELECT … INTO` makes a table, and gives no rows.
  mutating func rejectInto(_ query: Query) {
    if let into = query.into { reject("SELECT ... INTO is not allowed here", "42601", at: into.offset) }
  }

  private mutating func relation(_ reference: Reference, _ alias: Alias?) -> RangeItem {
    let name = reference.name
    var item: RangeItem
    if name.schema == nil, let shape = table(name.name) {
      if shape.isRowless {
        reject("WITH query '\(name.name)' does not have a RETURNING clause", "0A000", at: reference.offset)
      }
      item = RangeItem(alias: name.name, shape: shape)
    } else {
      item = rangeItem(reference)
    }
    if let alias {
      item.alias = alias.name
      item.schema = nil
      item.shape = renamed(item.shape, alias.columns, alias.name, at: reference.offset)
    }
    return item
  }

  /// A table of a WITH clause, or one that exists only for the statement.
  private func table(_ name: String) -> Shape? {
    for level in tables.reversed() { if let shape = level[name] { return shape } }
    return transient[name]
  }

  /// The relation of a name as an item, reporting one that doesn't exist.
  mutating func rangeItem(_ reference: Reference) -> RangeItem {
    let name = reference.name
    if let relation = catalog.relation(name) {
      uses.add(relation.oid)
      relations.append(relation.id)
      if relation.kind == .compositeType {
        reject("'\(name)' is a composite type", "42809", at: reference.offset)
      }
      return rangeItem(of: relation)
    }
    if let builtIn = catalog.builtInRelation(name) {
      if let state = catalog.installed(builtIn.extension) { uses.add(state.oid) }
      return RangeItem(
        alias: name.name, schema: builtIn.schema,
        shape: Shape(columns: builtIn.columns.map { OutputColumn(name: $0.name, type: known(DataType($0.type))) }),
        hasSystemColumns: builtIn.kind == "r")
    }
    if let index = catalog.index(name) {
      reject("'\(name)' is an index", "42809", at: reference.offset)
      relations.append(ObjectID(.index, index.name))
      return RangeItem(alias: name.name, schema: name.schema, shape: .unknown)
    }
    missing(reference, .table)
    return RangeItem(alias: name.name, schema: name.schema, shape: .unknown)
  }

  mutating func missing(_ reference: Reference, _ kind: ObjectKind) {
    let name = reference.name
    // Relations of the server that the data doesn't have may belong to another version.
    let isSystem = name.schema == "pg_catalog" || name.schema == "information_schema"
    if let schema = name.schema, !catalog.hasSchema(schema) {
      // A query says that the relation is missing, not the schema.
      reject(.undefined(ObjectID(kind, name)), at: reference.offset, isCertain: isCertain)
    } else {
      let isKnown = isCertain && !catalog.hasUnknownExtension
      reject(.undefined(ObjectID(kind, name)), at: reference.offset, isCertain: isSystem ? false : isKnown)
    }
    if !isSystem { missing.append(name) }
  }

  // MARK: - Functions

  private mutating func function(_ item: FunctionItem) -> RangeItem {
    var shape = Shape()
    for call in item.calls {
      let part = columns(of: call, alias: item)
      shape.columns += part.columns
      if !part.isComplete { shape.isComplete = false }
      if item.calls.count == 1, !item.hasOrdinality { shape.isScalar = part.isScalar }
    }
    if item.hasOrdinality { shape.columns.append(OutputColumn(name: "ordinality", type: DataType(.bigint))) }
    let name = item.alias?.name ?? item.calls.first?.expression.outputName ?? ""
    return RangeItem(alias: name, shape: renamed(shape, item.alias?.columns ?? [], name, at: -1))
  }

  private mutating func columns(of call: FunctionItem.Call, alias item: FunctionItem) -> Shape {
    guard case .call(let function) = call.expression else {
      let type = type(of: call.expression)
      return Shape(columns: [OutputColumn(name: item.alias?.name ?? call.expression.outputName, type: type)])
    }
    if function.name.name == "unnest", function.arguments.count > 1 {
      // Several arrays are unnested side by side.
      var shape = Shape()
      for argument in function.arguments {
        var single = function
        single.arguments = [argument]
        shape.columns.append(OutputColumn(name: "unnest", type: at(.query) { $0.resolve(single) }?.type))
      }
      return shape
    }
    let result = at(.query) { $0.resolve(function) }
    if !call.columns.isEmpty {
      return Shape(
        columns: call.columns.map { column in
          OutputColumn(name: column.name, type: column.type.flatMap { dataType($0) })
        })
    }
    guard let result else { return .unknown }
    let name = item.isRowsFrom ? function.name.name : item.alias?.name ?? function.name.name
    if let output = result.function?.output, !output.isEmpty, result.type?.oid == .record || output.count == 1 {
      return Shape(
        columns: output.enumerated().map { index, column in
          let type = result.polymorphic?.result(column.type) ?? (Catalog.isPolymorphic(column.type) ? nil : column.type)
          let fallback = output.count == 1 ? name : "column\(index + 1)"
          return OutputColumn(
            name: column.name.isEmpty ? fallback : column.name, type: type.flatMap { known(DataType($0)) })
        }, isScalar: output.count == 1)
    }
    guard let type = result.type else { return .unknown }
    if let fields = catalog.fields(of: type.oid), catalog.facts(of: catalog.base(of: type.oid))?.kind == .composite {
      use(type.oid)
      return Shape(columns: fields.map { OutputColumn(name: $0.name, type: known($0.type)) })
    }
    if type.oid == .record {
      if result.function != nil {
        reject(
          "a column definition list is required for functions returning \"record\"", "42601", at: function.offset)
      }
      return .unknown
    }
    if catalog.facts(of: type.oid)?.kind == .composite { return .unknown }
    return Shape(columns: [OutputColumn(name: name, type: type)])
  }

  // MARK: - Joins

  private mutating func join(_ join: Join, beside known: [RangeItem]) -> [RangeItem] {
    let left = rangeItems(join.left, beside: known)
    let right = rangeItems(join.right, beside: known + left)
    checkNames(right, beside: left, at: join.right.references.first?.offset ?? -1)
    var shape = Shape()
    let leftColumns = open(left)
    let rightColumns = open(right)
    var using = join.using
    if join.isNatural {
      using = leftColumns.columns.map(\.name).filter { name in rightColumns.columns.contains { $0.name == name } }
      if !leftColumns.isComplete || !rightColumns.isComplete { shape.isComplete = false }
    }
    for name in using {
      let a = pick(name, leftColumns, "left", join)
      let b = pick(name, rightColumns, "right", join)
      if let a, let b {
        operatorResult(ObjectName("="), left: .some(a.type?.oid), right: b.type?.oid, at: -1)
      }
      var merged = join.kind == .right ? b ?? a : a ?? b
      if let a, let b, a.type?.oid != b.type?.oid,
        case .success(let type?) = catalog.commonType([a.type?.oid, b.type?.oid])
      {
        merged?.type = DataType(type)
      }
      shape.columns.append(OutputColumn(name: name, type: merged?.type, source: merged?.source))
    }
    shape.columns += leftColumns.columns.filter { !using.contains($0.name) }
    shape.columns += rightColumns.columns.filter { !using.contains($0.name) }
    if !leftColumns.isComplete || !rightColumns.isComplete { shape.isComplete = false }
    if let condition = join.condition {
      inside(Scope(items: left + right)) { analyzer in
        analyzer.at(.filter("JOIN conditions")) { $0.requireBoolean(condition, "JOIN/ON") }
      }
    }
    if let alias = join.alias {
      return [RangeItem(alias: alias.name, shape: renamed(shape, alias.columns, alias.name, at: -1), isJoin: true)]
    }
    var items = left + right
    for index in items.indices { items[index].isOpen = false }
    items.append(RangeItem(alias: "", shape: shape, isNamed: false, hasSystemColumns: false))
    if let alias = join.usingAlias {
      items.append(
        RangeItem(
          alias: alias, shape: Shape(columns: Array(shape.columns.prefix(using.count))), isOpen: false, isJoin: true))
    }
    return items
  }

  private func open(_ items: [RangeItem]) -> Shape {
    var shape = Shape()
    for item in items where item.isOpen {
      shape.columns += item.shape.columns
      if !item.shape.isComplete { shape.isComplete = false }
    }
    return shape
  }

  private mutating func pick(_ name: String, _ shape: Shape, _ side: String, _ join: Join) -> OutputColumn? {
    let found = shape.columns.filter { $0.name == name }
    if found.isEmpty {
      if shape.isComplete {
        reject("column '\(name)' specified in USING clause does not exist in \(side) table", "42703", at: -1)
      }
      return nil
    }
    if found.count > 1 {
      reject("common column name '\(name)' appears more than once in \(side) table", "42702", at: -1)
    }
    _ = use(found[0])
    return found[0]
  }
}

extension Catalog {
  /// A table or view that the server or an installed extension has.
  func builtInRelation(_ name: ObjectName) -> BuiltInRelation? {
    let path = name.schema.map { [$0] } ?? lookupPath
    let known = BuiltIns.shared.relations(named: name.name).filter { $0.kind != "c" }
    for schema in path {
      if let found = known.first(where: { relation in
        let home =
          relation.extension.isEmpty
          ? relation.schema
          : extensions[relation.extension].map { relation.schema == "public" ? $0.schema : relation.schema }
        return home == schema
      }) {
        return found
      }
    }
    return nil
  }

  func hasCollation(_ name: ObjectName) -> Bool {
    if other(.collation, name) != nil { return true }
    if name.schema == nil || name.schema == "pg_catalog" {
      // Which locales the operating system has is not known here.
      return !BuiltIns.shared.lines("x", "collation \(name.name)").isEmpty || name.name.contains("_")
        || name.name.contains("-")
    }
    return false
  }
}
