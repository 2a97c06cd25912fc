import PostgresSyntax

/// INSERT, UPDATE, DELETE and MERGE.
extension Analyzer {
  /// The relation that a statement changes; nil where nothing is known of it.
  private mutating func target(
    _ change: Modification, _ event: CreateTrigger.Event?
  ) -> (item: RangeItem, relation: Relation?) {
    if change.table.name.schema == nil, transient[change.table.name.name] != nil {
      reject(
        "relation '\(change.table.name)' cannot be the target of a modifying statement", "0A000",
        at: change.table.offset)
      return (RangeItem(alias: change.table.name.name, shape: .unknown), nil)
    }
    var item = rangeItem(change.table)
    let relation = item.relation.flatMap { catalog.relation($0) }
    if let relation {
      if relation.kind == .materializedView || relation.kind == .sequence {
        let what = relation.kind == .sequence ? "sequence" : "materialized view"
        reject("cannot change \(what) '\(change.table.name)'", "42809", at: change.table.offset)
      }
      checkUpdatable(relation, change, event)
      if !change.changesNothing { checkPublished(relation, event, at: change.table.offset) }
    }
    if let alias = change.alias {
      item.alias = alias.name
      item.schema = nil
    }
    return (item, relation)
  }

  mutating func analyzeInsert(_ change: Modification) -> Shape {
    let hasTables = !change.with.isEmpty
    if hasTables { declare(change.with, isRecursive: true) }
    defer { if hasTables { tables.removeLast() } }
    let (item, relation) = target(change, .insert)
    let columns = targetColumns(change.columns, of: item, relation)
    if let source = change.source { insertRows(source, into: columns, change, relation) }
    scopes.append(Scope(items: [item]))
    defer { scopes.removeLast() }
    if let conflict = change.conflict { analyze(conflict, item, relation) }
    return returning(change)
  }

  /// The columns that an INSERT names, or all of the table's; nil where that isn't known.
  private mutating func targetColumns(
    _ named: [Modification.Column], of item: RangeItem, _ relation: Relation?
  ) -> [(name: String, column: Column?)]? {
    guard let relation else {
      return named.isEmpty ? nil : named.map { ($0.name, nil) }
    }
    guard !named.isEmpty else { return relation.hasKnownColumns ? relation.columns.map { ($0.name, $0) } : nil }
    var seen: Set<String> = []
    for column in named {
      if !column.selectors.isEmpty { continue }
      if !seen.insert(column.name).inserted {
        reject("column '\(column.name)' specified more than once", "42701", at: column.offset)
      }
    }
    return named.map { column in
      let found = requireColumn(column.name, of: relation, at: column.offset)
      return (column.name, column.selectors.isEmpty ? found : nil)
    }
  }

  mutating func requireColumn(_ name: String, of relation: Relation, at offset: Int) -> Column? {
    if let column = relation.column(name) {
      uses.add(relation.oid, column: column.number)
      return column
    }
    if relation.hasKnownColumns {
      if Column.system[name] != nil {
        reject("cannot assign to system column '\(name)'", "0A000", at: offset)
      } else {
        reject(.undefined(ObjectID(.column, name, of: relation.name)), at: offset)
      }
    }
    return nil
  }

  private mutating func insertRows(
    _ source: Query, into columns: [(name: String, column: Column?)]?, _ change: Modification, _ relation: Relation?
  ) {
    let isPlainValues =
      !source.values.isEmpty && source.with.isEmpty && source.orderBy.isEmpty && source.limit == nil
      && source.setOperation == nil
    if isPlainValues {
      scopes.append(Scope())
      defer { scopes.removeLast() }
      let rows = source.values.map { $0.flatMap { expandingStar($0) } }
      let width = rows[0].count
      for row in rows where row.count != width {
        reject("VALUES lists must all be the same length", "42601", at: row.first?.offset ?? -1)
        return
      }
      for row in rows {
        guard checkWidth(row.count, columns, change, at: row) else { break }
        for (index, value) in row.enumerated() {
          assign(value, to: columns.map { $0[index].column } ?? nil, change)
        }
      }
      return
    }
    rejectInto(source)
    let shape = shape(of: source, keepsUnknown: true)
    guard shape.isComplete, let columns else { return }
    guard checkWidth(shape.columns.count, columns, change, at: source.targets.map(\.value)) else { return }
    for (index, given) in shape.columns.enumerated() {
      guard let column = columns[index].column else { continue }
      checkGenerated(column, isDefault: false, change, at: change.table.offset)
      let value = index < source.targets.count && source.setOperation == nil ? source.targets[index].value : nil
      checkAssignment(given.type, to: column, value: value, at: value?.offset ?? change.table.offset)
    }
  }

  /// `t.*` in a row stands for the columns of the table.
  private func expandingStar(_ value: Expression) -> [Expression] {
    guard case .column(let path, isWhole: true, let offset) = value, let alias = path.last,
      let item = item(alias), item.shape.isComplete
    else { return [value] }
    return item.shape.columns.map { .column([alias, $0.name], isWhole: false, offset: offset) }
  }

  private mutating func checkWidth(
    _ width: Int, _ columns: [(name: String, column: Column?)]?, _ change: Modification, at values: [Expression]
  ) -> Bool {
    guard let columns else { return true }
    if width > columns.count {
      reject(
        "INSERT has more expressions than target columns", "42601",
        at: values.indices.contains(columns.count) ? values[columns.count].offset : -1)
      return false
    }
    if width < columns.count, !change.columns.isEmpty {
      reject("INSERT has more target columns than expressions", "42601", at: change.columns[width].offset)
      return false
    }
    return true
  }

  /// A value for a column, in INSERT and UPDATE.
  private mutating func assign(_ value: Expression, to column: Column?, _ change: Modification) {
    if case .defaultValue = value { return }
    if let column { checkGenerated(column, isDefault: false, change, at: value.offset) }
    // An array constructor takes the column's type.
    if case .array(let elements, _) = value, elements.isEmpty {
      reject("cannot determine type of empty array", "42P18", at: value.offset)
      return
    }
    let given = type(of: value)
    guard let column else { return }
    checkAssignment(given, to: column, value: value, at: value.offset)
  }

  private mutating func checkGenerated(_ column: Column, isDefault: Bool, _ change: Modification, at offset: Int) {
    if column.isGenerated {
      reject("cannot insert a non-DEFAULT value into column '\(column.name)'", "428C9", at: offset)
    } else if column.identity == "a", !change.overridesSystemValues, !change.overridesUserValues {
      reject("cannot insert a non-DEFAULT value into column '\(column.name)'", "428C9", at: offset)
    }
  }

  private mutating func checkAssignment(_ given: DataType?, to column: Column, value: Expression?, at offset: Int) {
    guard let given, let type = known(column.type) else { return }
    if given.oid == .unknown {
      if let value { check(value, as: type) }
      return
    }
    guard !catalog.canCoerce(given.oid, to: type.oid, .assignment), given.oid != .record else { return }
    reject(
      "column '\(column.name)' is of type \(text(type.oid)) but expression is of type \(text(given.oid))", "42804",
      at: offset)
  }

  // MARK: - UPDATE, DELETE, MERGE

  mutating func analyze(_ assignments: [Modification.Column], of relation: Relation?) {
    var seen: Set<String> = []
    for assignment in assignments {
      let column = relation.flatMap { requireColumn(assignment.name, of: $0, at: assignment.offset) }
      if assignment.selectors.isEmpty, !seen.insert(assignment.name).inserted {
        reject("multiple assignments to same column '\(assignment.name)'", "42601", at: assignment.offset)
      }
      guard let value = assignment.value else { continue }
      if case .defaultValue = value { continue }
      if let column, column.isGenerated {
        reject("column '\(column.name)' can only be updated to DEFAULT", "428C9", at: assignment.offset)
      } else if let column, column.identity == "a" {
        reject("column '\(column.name)' can only be updated to DEFAULT", "428C9", at: assignment.offset)
      }
      if let position = assignment.position {
        part(position, of: value, to: assignment.selectors.isEmpty ? column : nil)
      } else {
        let given = type(of: value)
        if let column, assignment.selectors.isEmpty {
          checkAssignment(given, to: column, value: value, at: value.offset)
        }
      }
    }
  }

  /// One column of `(a, b) = (…)`.
  private mutating func part(_ position: Int, of value: Expression, to column: Column?) {
    switch value {
    case .row(let fields, _) where fields.indices.contains(position) && !fields.contains(where: \.isWholeRow):
      let given = type(of: fields[position])
      if let column { checkAssignment(given, to: column, value: fields[position], at: fields[position].offset) }
    case .subquery(let subquery):
      let shape = at(.query) { $0.shape(of: subquery.query, keepsUnknown: true) }
      guard shape.isComplete, shape.columns.indices.contains(position), let column else { return }
      checkAssignment(shape.columns[position].type, to: column, value: nil, at: subquery.offset)
    default: break
    }
  }

  mutating func analyzeUpdate(_ change: Modification) -> Shape {
    let hasTables = !change.with.isEmpty
    if hasTables { declare(change.with, isRecursive: true) }
    defer { if hasTables { tables.removeLast() } }
    let (item, relation) = target(change, .update)
    let items = [item] + from(change.from, beside: [item])
    scopes.append(Scope(items: items))
    defer { scopes.removeLast() }
    if let filter = change.filter { at(.filter("WHERE")) { $0.requireBoolean(filter, "WHERE") } }
    let result = returning(change)
    at(.filter("UPDATE")) { $0.analyze(change.columns, of: relation) }
    return result
  }

  mutating func analyzeDelete(_ change: Modification) -> Shape {
    let hasTables = !change.with.isEmpty
    if hasTables { declare(change.with, isRecursive: true) }
    defer { if hasTables { tables.removeLast() } }
    let (item, _) = target(change, .delete)
    let items = [item] + from(change.from, beside: [item])
    scopes.append(Scope(items: items))
    defer { scopes.removeLast() }
    if let filter = change.filter { at(.filter("WHERE")) { $0.requireBoolean(filter, "WHERE") } }
    return returning(change)
  }

  mutating func analyzeMerge(_ change: Modification) -> Shape {
    let hasTables = !change.with.isEmpty
    if hasTables { declare(change.with, isRecursive: true) }
    defer { if hasTables { tables.removeLast() } }
    let (item, relation) = target(change, nil)
    let sources = from(change.from, beside: [item])
    if let filter = change.filter {
      inside(Scope(items: [item] + sources)) { analyzer in
        analyzer.at(.filter("JOIN conditions")) { $0.requireBoolean(filter, "JOIN/ON") }
      }
    }
    for branch in change.cases {
      // A row that matches nothing has only the source's columns.
      let visible = branch.isMatched ? [item] + sources : sources
      inside(Scope(items: visible)) { analyzer in
        if let condition = branch.condition {
          analyzer.at(.filter("MERGE WHEN conditions")) { $0.requireBoolean(condition, "WHEN") }
        }
        switch branch.kind {
        case .update: analyzer.at(.filter("UPDATE")) { $0.analyze(branch.columns, of: relation) }
        case .insert:
          var row = Modification(table: change.table)
          row.columns = branch.columns
          row.overridesSystemValues = branch.overridesSystemValues
          row.overridesUserValues = branch.overridesUserValues
          let columns = analyzer.targetColumns(branch.columns, of: item, relation)
          guard !branch.values.isEmpty, analyzer.checkWidth(branch.values.count, columns, row, at: branch.values) else {
            return
          }
          for (index, value) in branch.values.enumerated() {
            analyzer.assign(value, to: columns.map { $0[index].column } ?? nil, row)
          }
        case .delete, .nothing: break
        }
      }
    }
    return Shape()
  }

  private mutating func from(_ items: [FromItem], beside target: [RangeItem]) -> [RangeItem] {
    var found: [RangeItem] = []
    for item in items {
      let added = rangeItems(item, beside: target + found)
      for name in added where name.isNamed && (target + found).contains(where: { $0.isNamed && $0.alias == name.alias })
      {
        reject("table name '\(name.alias)' specified more than once", "42712", at: item.references.first?.offset ?? -1)
      }
      found += added
    }
    return found
  }

  private mutating func returning(_ change: Modification) -> Shape {
    var shape = Shape()
    shape.isRowless = change.returning.isEmpty
    for target in change.returning { at(.filter("RETURNING")) { $0.expand(target, into: &shape) } }
    return shape.resolved
  }
}

extension Modification {
  /// Whether its condition is false for every row.
  fileprivate var changesNothing: Bool {
    if case .literal(.boolean(false), _) = filter { true } else { false }
  }
}

extension Expression {
  /// `t.*`
  var isWholeRow: Bool { if case .column(_, isWhole: true, _) = self { true } else { false } }
}
