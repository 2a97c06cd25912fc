import PostgresSyntax

/// Finding the column that a name means.
extension Analyzer {
  mutating func column(_ path: [String], isWhole: Bool, at offset: Int) -> DataType? {
    if isWhole { return wholeRow(path, at: offset) }
    switch path.count {
    case 0: return nil
    case 1: return unqualified(path[0], at: offset)
    default: return qualified(path, at: offset)
    }
  }

  private mutating func unqualified(_ name: String, at offset: Int) -> DataType? {
    var mayBeElsewhere = false
    for level in scopes.indices.reversed() {
      var found: OutputColumn?
      for item in scopes[level].items where item.isOpen {
        for column in item.shape.columns where column.name == name {
          if found != nil {
            reject("column reference '\(name)' is ambiguous", "42702", at: offset)
            return nil
          }
          found = column
        }
        if !item.shape.isComplete { mayBeElsewhere = true }
      }
      if let found { return use(found) }
      if !mayBeElsewhere, let system = systemColumn(name, in: scopes[level].items) { return system }
      if mayBeElsewhere || scopes[level].isLenient { return nil }
    }
    if let variable = variables[name] { return variable.map { DataType($0) } }
    // A table's name stands for its whole row.
    for scope in scopes.reversed() {
      if let item = scope.items.first(where: { $0.alias == name && $0.isNamed }) { return rowType(of: item) }
    }
    reject(.undefined(ObjectID(.column, schema: nil, name, table: onlyTable)), at: offset)
    return nil
  }

  /// The table that a missing column is evidently expected in.
  private var onlyTable: String? {
    guard let items = scopes.last?.items, items.count == 1, items[0].relation != nil else { return nil }
    return items[0].alias
  }

  private func systemColumn(_ name: String, in items: [RangeItem]) -> DataType? {
    guard let type = Column.system[name], items.contains(where: { $0.hasSystemColumns }) else { return nil }
    return DataType(type)
  }

  private mutating func qualified(_ path: [String], at offset: Int) -> DataType? {
    let alias = path[path.count - 2]
    let schema = path.count > 2 ? path[path.count - 3] : nil
    let name = path[path.count - 1]
    guard let item = item(alias, schema: schema) else {
      if isOpenEnded { return nil }
      // `function.parameter`
      if path.count == 2, let variable = variables[name], !variables.isEmpty { return variable.map { DataType($0) } }
      if path.count == 2, let variable = variables[alias] { return field(name, of: variable, at: offset) }
      // `function.parameter.field`
      if path.count == 3, let variable = variables[alias] { return field(name, of: variable, at: offset) }
      // `table.column.field` may call a function on the column.
      if path.count > 2, self.item(path[path.count - 3]) != nil { return nil }
      reject("missing FROM-clause entry for table '\(alias)'", "42P01", at: offset)
      return nil
    }
    if let column = item.shape.columns.first(where: { $0.name == name }) { return use(column) }
    if !item.shape.isComplete { return nil }
    if item.hasSystemColumns, let type = Column.system[name] { return DataType(type) }
    // `table.name` may call a function on the row.
    if !catalog.functions(ObjectName(name)).isEmpty, item.relation != nil { return nil }
    reject(.undefined(ObjectID(.column, schema: item.schema, name, table: item.alias)), at: offset)
    return nil
  }

  /// Whether names may mean something that isn't seen here.
  private var isOpenEnded: Bool { scopes.contains { $0.isLenient } }

  func item(_ alias: String, schema: String? = nil) -> RangeItem? {
    for scope in scopes.reversed() {
      for item in scope.items where item.isNamed && item.alias == alias {
        if schema == nil || item.schema == schema { return item }
      }
    }
    return nil
  }

  mutating func use(_ column: OutputColumn) -> DataType? {
    if let source = column.source { uses.add(source.oid, column: source.column) }
    return column.type
  }

  private mutating func wholeRow(_ path: [String], at offset: Int) -> DataType? {
    guard let alias = path.last else { return nil }
    guard let item = item(alias, schema: path.count > 1 ? path[path.count - 2] : nil) else {
      if !isOpenEnded, variables[alias] == nil {
        reject("missing FROM-clause entry for table '\(alias)'", "42P01", at: offset)
      }
      return nil
    }
    return rowType(of: item)
  }

  private mutating func rowType(of item: RangeItem) -> DataType? {
    if let relation = item.relation {
      uses.add(relation)
      return relation.isCreated && item.shape.isComplete ? DataType(relation) : nil
    }
    // A function in FROM that gives one column stands for it.
    if item.shape.columns.count == 1, item.shape.isComplete,
      item.shape.isScalar || item.shape.columns[0].name == item.alias
    {
      return item.shape.columns[0].type
    }
    return item.shape.isComplete ? DataType(.record) : nil
  }

  mutating func field(_ name: String, of type: OID?, at offset: Int) -> DataType? {
    guard let type, let facts = catalog.facts(of: catalog.base(of: type)) else { return nil }
    guard facts.kind == .composite else {
      if type == .record || type == .unknown || facts.kind == .pseudo { return nil }
      reject(
        "column notation .\(name) applied to type \(text(type)), which is not a composite type", "42809", at: offset)
      return nil
    }
    guard let fields = catalog.fields(of: type) else { return nil }
    guard let field = fields.first(where: { $0.name == name }) else {
      if !catalog.functions(ObjectName(name)).isEmpty { return nil }
      reject(.undefined(ObjectID(.column, schema: nil, name, table: facts.name)), at: offset)
      return nil
    }
    if type.isCreated { uses.add(catalog.base(of: type), column: field.number) }
    return known(field.type)
  }
}
