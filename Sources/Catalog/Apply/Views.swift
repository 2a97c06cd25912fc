import PostgresSyntax

extension Application {
  mutating func createView(_ statement: CreateView) {
    let name = newName(statement.view.name, isTemporary: statement.isTemporary)
    if let known = catalog.relations[name], known.kind == .view, statement.orReplace {
      removeReader(name, of: known.reads)
      addView(name, kind: .view, query: statement.query, columns: statement.columns, isNew: known.isAssumed)
      return
    }
    guard !isTaken(name, .view, offset: statement.view.offset, ifNotExists: false) else { return }
    addView(name, kind: .view, query: statement.query, columns: statement.columns)
  }

  mutating func addView(
    _ name: ObjectName, kind: Relation.Kind, query: Query, columns: [String], isNew: Bool = true
  ) {
    var relation = Relation(kind: kind, name: name, origin: origin)
    let names = columns.isEmpty ? query.outputNames : columns
    relation.columns = (names ?? []).map { Column(name: $0) }
    relation.hasKnownColumns = names != nil
    var reads: [ObjectName] = []
    for reference in query.relations() {
      guard let read = catalog.relation(reference.name)?.name, !reads.contains(read) else { continue }
      reads.append(read)
      catalog.readers[read, default: []].append(name)
    }
    relation.reads = reads
    catalog.relations[name] = relation
    if isNew { created(relation.id) } else { altered(relation.id) }
  }

  mutating func removeReader(_ view: ObjectName, of relations: [ObjectName]) {
    for relation in relations { catalog.readers[relation]?.removeAll { $0 == view } }
  }
}

extension Query {
  /// The names of the result's columns, where the query itself says them all.
  var outputNames: [String]? {
    if let left = operands.first { return left.outputNames }
    var names: [String] = []
    for target in targets {
      guard let name = target.name ?? target.value.outputName else { return nil }
      names.append(name)
    }
    return names.isEmpty ? nil : names
  }
}

extension Expression {
  fileprivate var outputName: String? {
    switch self {
    case .column(let path, isWhole: false, _): path.last
    case .call(let call): call.name.name
    case .cast(let operand, let type, _): operand.outputName ?? type.name.name
    default: nil
    }
  }
}
