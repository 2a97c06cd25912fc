import PostgresSyntax

/// ALTER TABLE … COLUMN
extension Application {
  mutating func addColumn(_ definition: ColumnDefinition, to relation: Relation, ifNotExists: Bool) {
    if let index = definition.inlineIndex(columns: Set(relation.columns.map(\.name))) {
      reject(.inlineIndex(index), at: definition.offset)
      return
    }
    let id = ObjectID(.column, definition.name, of: relation.name)
    if let known = relation.column(definition.name) {
      if known.inheritanceCount > 0, !known.isLocal, !relation.isPartition {
        change(relation.oid) { relation in
          guard let index = relation.columns.firstIndex(where: { $0.name == definition.name }) else { return }
          relation.columns[index].isLocal = true
        }
        return
      }
      if !ifNotExists { reject(.duplicate(id), at: definition.offset, related: relation.origin) }
      return
    }
    if let type = definition.type.flatMap({ catalog.dataType($0) }),
      isMember(relation, of: type, at: definition.offset)
    {
      return
    }
    if relation.isPartition { reject("cannot add column to a partition", "42809", at: definition.offset) }
    if Column.system[definition.name] != nil {
      reject("column name '\(definition.name)' conflicts with a system column name", "42701", at: definition.offset)
    }
    if definition.storesDefault { checkRowTypeUsers(of: relation, at: definition.offset) }
    addColumn(definition, to: relation.oid, isInherited: false)
    created(id)
  }

  private mutating func addColumn(_ definition: ColumnDefinition, to oid: OID, isInherited: Bool) {
    guard let relation = catalog.relations[oid] else { return }
    if isInherited, relation.column(definition.name) != nil {
      changeColumn(oid, definition.name) { $0.inheritanceCount += 1 }
      return
    }
    var column = self.column(definition, of: relation)
    column.isLocal = !isInherited
    column.inheritanceCount = isInherited ? 1 : 0
    change(oid) { $0.append(column) }
    guard let table = catalog.relations[oid], let added = table.columns.last else { return }
    noteNeeds(of: added, in: table)
    if !isInherited {
      if definition.type?.serialType != nil || column.identity != nil {
        addOwnedSequence(oid, added, isIdentity: column.identity != nil, options: definition.identityOptions)
      }
      for constraint in definition.constraints { add(constraint, to: oid, column: added.name) }
    }
    for child in inheritors(of: oid) { addColumn(definition, to: child.oid, isInherited: true) }
  }

  mutating func alterColumn(
    _ name: String, of relation: Relation, at offset: Int, inherits: Bool = false, _ body: (inout Column) -> Void
  ) {
    check([name], of: relation, at: offset)
    changeColumn(relation.oid, name, body)
    altered(ObjectID(.column, name, of: relation.name))
    guard inherits else { return }
    for child in inheritors(of: relation.oid) {
      changeColumn(child.oid, name, body)
      for grandchild in inheritors(of: child.oid) { changeColumn(grandchild.oid, name, body) }
    }
  }

  // MARK: - Defaults and identity

  mutating func setDefault(_ name: String, _ value: Expression?, of relation: Relation, at offset: Int) {
    if let column = relation.column(name) {
      if column.identity != nil {
        reject("column '\(name)' of relation '\(relation.name.name)' is an identity column", "42601", at: offset)
      } else if column.isGenerated {
        reject("column '\(name)' of relation '\(relation.name.name)' is a generated column", "42601", at: offset)
      }
      catalog.dependencies.removeNeeds(of: Address(.defaultValue, relation.oid, column: column.number))
    }
    let keeps = value.map { keepsDefault($0, of: relation.column(name)?.type) } ?? false
    alterColumn(name, of: relation, at: offset, inherits: true) {
      $0.defaultValue = value
      $0.hasDefault = keeps
    }
    guard value != nil, let table = catalog.relations[relation.oid], let column = table.column(name) else { return }
    checkDefault(of: column, in: table)
  }

  mutating func dropExpression(_ name: String, of relation: Relation, ifExists: Bool, at offset: Int) {
    if let column = relation.column(name), !column.isGenerated, !ifExists {
      reject(
        "column '\(name)' of relation '\(relation.name.name)' is not a stored generated column", "55000", at: offset)
    }
    alterColumn(name, of: relation, at: offset, inherits: true) {
      guard $0.generated != nil else { return }
      $0.generated = nil
      $0.hasDefault = false
    }
  }

  mutating func addIdentity(
    _ name: String, always: Bool, _ options: CreateSequence.Options, to relation: Relation, at offset: Int
  ) {
    if let column = relation.column(name) {
      if column.identity != nil {
        reject(
          "column '\(name)' of relation '\(relation.name.name)' is already an identity column", "55000", at: offset)
        return
      }
      if !column.isNotNull {
        reject(
          "column '\(name)' of relation '\(relation.name.name)' must be declared NOT NULL before identity can be added",
          "55000", at: offset)
      }
      if column.hasDefault {
        reject("column '\(name)' of relation '\(relation.name.name)' already has a default value", "55000", at: offset)
      }
      checkIdentityType(column, at: offset)
    }
    alterColumn(name, of: relation, at: offset) { $0.identity = always ? "a" : "d" }
    if let column = catalog.relations[relation.oid]?.column(name) {
      addOwnedSequence(relation.oid, column, isIdentity: true, options: options)
    }
  }

  mutating func setIdentity(_ name: String, always: Bool?, of relation: Relation, at offset: Int) {
    if let column = relation.column(name), column.identity == nil {
      reject("column '\(name)' of relation '\(relation.name.name)' is not an identity column", "55000", at: offset)
    }
    alterColumn(name, of: relation, at: offset) { column in
      if let always { column.identity = always ? "a" : "d" }
    }
  }

  mutating func dropIdentity(_ name: String, of relation: Relation, ifExists: Bool, at offset: Int) {
    guard let column = relation.column(name) else {
      check([name], of: relation, at: offset)
      return
    }
    guard column.identity != nil else {
      if !ifExists {
        reject("column '\(name)' of relation '\(relation.name.name)' is not an identity column", "55000", at: offset)
      }
      return
    }
    alterColumn(name, of: relation, at: offset) { $0.identity = nil }
    for entry in catalog.dependencies.entries(of: relation.oid) where entry.column == column.number {
      guard entry.dependent.kind == .relation, let sequence = catalog.relations[entry.dependent.oid],
        sequence.ownedBy?.isIdentity == true
      else { continue }
      delete([Address(.relation, sequence.oid)])
    }
  }

  // MARK: - Types

  mutating func setType(
    _ name: String, _ typeName: TypeName, _ collation: ObjectName?, using: Expression?, of relation: Relation,
    at offset: Int
  ) {
    guard let type = dataType(typeName) else { return }
    guard let column = relation.column(name) else {
      check([name], of: relation, at: offset)
      return
    }
    if let facts = catalog.facts(of: type.oid), facts.kind == .pseudo {
      reject("column '\(name)' has pseudo-type \(catalog.format(type))", "42P16", at: offset)
    }
    guard !isMember(relation, of: type, at: offset) else { return }
    checkConversion(of: column, to: type, using: using, in: relation, at: offset)
    checkUsers(of: column, in: relation, at: offset)
    checkRowTypeUsers(of: relation, at: offset)
    let address = Address(.column, relation.oid, column: column.number)
    catalog.dependencies.removeNeeds(of: address)
    alterColumn(name, of: relation, at: offset, inherits: true) { [origin] changed in
      changed.type = type
      changed.collation = collation?.name
      changed.origin = origin
      changed.offset = nil
    }
    addTypeNeed(address, type.oid)
    retypeSequences(of: relation, column, to: type.oid)
  }

  private mutating func checkConversion(
    of column: Column, to type: DataType, using: Expression?, in relation: Relation, at offset: Int
  ) {
    guard catalog.facts(of: type.oid) != nil else { return }
    if let using {
      // It is read as the table was before the statement, whatever the statement drops.
      let scope = Analyzer(catalog).scope(of: relationBefore ?? relation)
      let (given, _) = analyze { analyzer in
        analyzer.inside(scope) { analyzer in analyzer.at(.using) { $0.type(of: using) } }
      }
      if let given, given.oid != .unknown, !catalog.canCoerce(given.oid, to: type.oid, .assignment) {
        reject(
          "result of USING clause for column '\(column.name)' cannot be cast automatically to type \(catalog.format(type.oid))",
          "42804", at: offset)
      }
    } else if relation.kind != .compositeType, let source = column.type?.oid, catalog.facts(of: source) != nil,
      !catalog.canCoerce(source, to: type.oid, .assignment)
    {
      reject(
        "column '\(column.name)' cannot be cast automatically to type \(catalog.format(type.oid))", "42804", at: offset)
    }
    guard let value = column.defaultValue, column.generated == nil, !value.isNull else { return }
    var analyzer = Analyzer(catalog)
    let given = analyzer.inside(Scope()) { analyzer in analyzer.at(.defaultValue) { $0.type(of: value) } }
    // The default was already made a value of the old type.
    let source = given?.oid == .unknown ? column.type?.oid : given?.oid
    guard let source, catalog.facts(of: source) != nil else { return }
    if !catalog.canCoerce(source, to: type.oid, .assignment) {
      reject(
        "default for column '\(column.name)' cannot be cast automatically to type \(catalog.format(type.oid))", "42804",
        at: offset)
    }
  }

  /// Views, policies, triggers and generated columns keep a column's type as it is.
  private mutating func checkUsers(of column: Column, in relation: Relation, at offset: Int) {
    for entry in catalog.dependencies.entries(of: relation.oid) where entry.column == column.number {
      let what: String
      switch entry.dependent.kind {
      case .relation:
        guard let view = catalog.relations[entry.dependent.oid], view.view != nil else { continue }
        what = "a view or rule"
      case .rule: what = "a view or rule"
      case .policy: what = "a policy definition"
      case .trigger: what = "a trigger definition"
      case .column where entry.dependent.oid == relation.oid && entry.dependent.column != column.number:
        what = "a generated column"
      case .routine: continue
      default: continue
      }
      reject("cannot alter type of a column used by \(what)", "0A000", at: offset)
      return
    }
    if column.inheritanceCount > 0, !relation.isAssumed {
      reject("cannot alter inherited column '\(column.name)'", "42P16", at: offset)
    } else if let heir = heirFromElsewhere(of: column.name, under: relation) {
      reject("cannot alter inherited column '\(column.name)' of relation '\(heir.name.name)'", "42P16", at: offset)
    }
    if let table = partitioned(by: column.name, from: relation) {
      reject(
        "cannot alter column '\(column.name)' because it is part of the partition key of relation '\(table.name.name)'",
        "42P16", at: offset)
    }
  }

  /// Whether a column of the type would put the row type into itself.
  private mutating func isMember(_ relation: Relation, of type: DataType, at offset: Int) -> Bool {
    guard catalog.contains(type.oid, relation.oid) else { return false }
    reject("composite type \(relation.name.name) cannot be made a member of itself", "42P16", at: offset)
    return true
  }

  /// A row type that columns of other tables have can't change what it stores.
  mutating func checkRowTypeUsers(of relation: Relation, at offset: Int) {
    if let (user, column) = catalog.columnsStoring(relation.oid).first(where: { $0.0.oid != relation.oid }) {
      let what = relation.kind == .compositeType ? "type" : "table"
      let whose = relation.kind == .compositeType ? "it" : "its row type"
      reject(
        "cannot alter \(what) '\(relation.name.name)' because column '\(user.name.name).\(column.name)' uses \(whose)",
        "0A000", at: offset)
    }
  }

  private mutating func retypeSequences(of relation: Relation, _ column: Column, to type: OID) {
    guard column.identity != nil else { return }
    for entry in catalog.dependencies.entries(of: relation.oid) where entry.column == column.number {
      guard entry.dependent.kind == .relation, catalog.relations[entry.dependent.oid]?.kind == .sequence else {
        continue
      }
      change(entry.dependent.oid) { $0.sequence?.type = type }
    }
  }

  // MARK: - Dropping

  mutating func dropColumn(
    _ name: String, of relation: Relation, ifExists: Bool, cascade: Bool, at offset: Int
  ) {
    let id = ObjectID(.column, name, of: relation.name)
    guard let column = relation.column(name) else {
      if relation.hasKnownColumns, !ifExists {
        if Column.system[name] != nil {
          reject("cannot drop system column '\(name)'", "0A000", at: offset)
        } else {
          reject(.undefined(id), at: offset, related: relation.origin)
        }
      }
      return
    }
    if column.inheritanceCount > 0 {
      reject("cannot drop inherited column '\(name)'", "42P16", at: offset)
      return
    }
    if let table = partitioned(by: name, from: relation) {
      reject(
        "cannot drop column '\(name)' because it is part of the partition key of relation '\(table.name.name)'",
        "42P16",
        at: offset)
      return
    }
    var targets = [Address(.column, relation.oid, column: column.number)]
    if isOnly {
      for child in catalog.children(of: relation.oid) {
        changeColumn(child.oid, name) {
          $0.inheritanceCount -= 1
          $0.isLocal = true
        }
      }
    }
    var children = inheritors(of: relation.oid)
    while let child = children.popLast() {
      guard let own = child.column(name) else { continue }
      if own.isLocal || own.inheritanceCount > 1 {
        changeColumn(child.oid, name) { $0.inheritanceCount -= 1 }
        continue
      }
      targets.append(Address(.column, child.oid, column: own.number))
      children += inheritors(of: child.oid)
    }
    drop(targets, cascade: cascade, id: id, related: relation.origin)
  }
}

extension Relation {
  /// Whether it holds values of its columns' types.
  fileprivate var isStored: Bool { isTable || kind == .materializedView || kind == .compositeType }
}

extension Catalog {
  /// The columns of tables that hold values of a type, directly or within those of other types.
  func columnsStoring(_ type: OID) -> [(Relation, Column)] {
    var seen: Set<OID> = []
    return columnsStoring(type, &seen)
  }

  /// A type that holds itself is rejected, but counts as made: each is looked at once.
  private func columnsStoring(_ type: OID, _ seen: inout Set<OID>) -> [(Relation, Column)] {
    guard seen.insert(type).inserted else { return [] }
    return dependencies.entries(of: type).flatMap { entry -> [(Relation, Column)] in
      switch entry.dependent.kind {
      case .column:
        guard entry.column == 0, let relation = relations[entry.dependent.oid],
          let column = relation.columns.first(where: { $0.number == entry.dependent.column })
        else { return [] }
        if relation.kind == .compositeType { return columnsStoring(relation.oid, &seen) }
        return relation.isStored ? [(relation, column)] : []
      case .type: return columnsStoring(entry.dependent.oid, &seen)
      default: return []
      }
    }
  }

  /// Whether values of a type hold values of another one, directly, in arrays, ranges, domains or fields.
  func contains(_ type: OID, _ wanted: OID) -> Bool {
    var open = [type]
    var seen: Set<OID> = []
    while let type = open.popLast() {
      if type == wanted { return true }
      guard type.isCreated, seen.insert(type).inserted, let facts = facts(of: type) else { continue }
      switch facts.kind {
      case .domain: open.append(facts.base)
      case .range: open.append(facts.subtype)
      case .multirange: open.append(facts.counterpart)
      case .composite: open += relations[type]?.columns.compactMap { $0.type?.oid } ?? []
      default: if facts.isArray { open.append(facts.element) }
      }
    }
    return false
  }
}

extension ColumnDefinition {
  /// Whether existing rows get a value.
  fileprivate var storesDefault: Bool {
    constraints.contains {
      switch $0.kind {
      case .default(let value): !value.isNull
      case .identity, .generated: true
      default: false
      }
    }
  }

  fileprivate var identityOptions: CreateSequence.Options? {
    constraints.lazy.compactMap { constraint -> CreateSequence.Options? in
      if case .identity(_, let options) = constraint.kind { options } else { nil }
    }.first
  }
}
