import PostgresSyntax

/// Statements on rows and on the session.
extension Application {
  mutating func applyData(_ action: Action) {
    switch action {
    case .insert, .update, .delete, .merge:
      _ = analyze { $0.shape(of: action) }
      noteCalls(action)
    case .query(let query):
      if let into = query.into {
        createTable(fromQuery: query, into: into)
      } else {
        _ = analyze { $0.shape(of: query) }
      }
      noteCalls(action)
    case .truncate(let tables, let cascade, let only): truncate(tables, cascade: cascade, only: only)
    case .lock(let tables): for name in tables { _ = table(name) }
    case .copy(let copy): self.copy(copy)
    case .refresh(let name, let concurrently, let withData):
      refresh(name, concurrently: concurrently, withData: withData)
    case .reindex(let kind, let name, let isConcurrent):
      if isConcurrent, name.name.schema == "pg_toast" || name.name.name.hasPrefix("pg_"),
        kind == .table || kind == .index
      {
        reject("cannot reindex system catalogs concurrently", "0A000", at: name.offset)
      } else {
        reindex(kind, name)
      }
    case .vacuum(let vacuum): self.vacuum(vacuum)
    case .call(let call): self.call(call)
    case .explain(let inner, let isRun): explain(inner, isRun: isRun)
    case .prepare(let prepare): self.prepare(prepare)
    case .execute(let name, _):
      if catalog.session.prepared[name] == nil {
        reject("prepared statement '\(name)' does not exist", "26000")
      }
    case .deallocate(let name):
      if let name {
        if catalog.session.prepared.removeValue(forKey: name) == nil {
          reject("prepared statement '\(name)' does not exist", "26000")
        }
      } else {
        catalog.session.prepared = [:]
      }
    case .cursor(_, let query):
      _ = analyze { analyzer in
        analyzer.rejectInto(query)
        return analyzer.shape(of: query)
      }
    case .set(let variable): set(variable)
    case .doBlock(let body): run(body)
    default: break
    }
  }

  private mutating func explain(_ action: Action, isRun: Bool) {
    switch action {
    case .createTableAs where isRun: apply(action)
    case .execute: break
    case .createTableAs(let table): if let query = table.query { _ = analyze { $0.shape(of: query) } }
    default: _ = analyze { $0.shape(of: action) }
    }
  }

  private mutating func truncate(_ names: [Reference], cascade: Bool, only: [Bool]) {
    var truncated: [Relation] = []
    for (index, name) in names.enumerated() {
      guard let relation = table(name) else { continue }
      if relation.kind == .view || relation.kind == .materializedView || relation.kind == .sequence {
        reject("'\(relation.name.name)' is not a table", "42809", at: name.offset)
      } else if only[index], relation.kind == .partitionedTable {
        reject("cannot truncate only a partitioned table", "42809", at: name.offset)
      }
      truncated += only[index] ? [relation] : catalog.hierarchy(of: relation)
    }
    guard !cascade else { return }
    let emptied = Set(truncated.map(\.oid))
    for relation in truncated {
      guard let source = catalog.tables(referencing: relation.oid).first(where: { !emptied.contains($0.oid) }) else {
        continue
      }
      reject(
        "cannot truncate table '\(relation.name.name)', which a foreign key of '\(source.name.name)' references",
        "0A000", at: names.first?.offset ?? -1)
      return
    }
  }

  private mutating func vacuum(_ statement: Vacuum) {
    let command = statement.isVacuum ? "VACUUM" : "ANALYZE"
    let known = statement.isVacuum ? Self.vacuumOptions : Self.analyzeOptions
    if let option = statement.options.first(where: { !known.contains($0) }) {
      reject(
        "unrecognized \(command) option '\(option)'", "42601",
        before: Self.laterOptions.contains(option) ? 16 : nil)
    }
    for (reference, columns) in zip(statement.tables, statement.columns) {
      guard let relation = table(reference) else { continue }
      check(columns, of: relation, at: reference.offset)
    }
  }

  private static let laterOptions: Set<String> = [
    "buffer_usage_limit", "process_main", "skip_database_stats", "only_database_stats",
  ]
  private static let analyzeOptions: Set<String> = ["verbose", "skip_locked", "analyze"]
  private static let vacuumOptions: Set<String> = analyzeOptions.union([
    "freeze", "full", "disable_page_skipping", "index_cleanup", "process_toast", "truncate", "parallel",
  ])

  private mutating func copy(_ statement: Copy) {
    if let query = statement.query { _ = analyze { $0.shape(of: query) } }
    guard let reference = statement.table, let relation = table(reference) else { return }
    check(statement.columns, of: relation, at: reference.offset)
    if relation.kind == .view, !statement.isFrom {
      reject("cannot copy from view '\(relation.name.name)'", "42809", at: reference.offset)
    }
    guard let filter = statement.filter else { return }
    let scope = Analyzer(catalog).scope(of: relation)
    _ = analyze { analyzer in
      analyzer.inside(scope) { analyzer in analyzer.at(.copy) { $0.requireBoolean(filter, "WHERE") } }
    }
  }

  private mutating func refresh(_ name: Reference, concurrently: Bool, withData: Bool) {
    guard let relation = table(name, as: .materializedView) else { return }
    guard relation.kind == .materializedView || relation.isAssumed else {
      reject("'\(relation.name.name)' is not a materialized view", "0A000", at: name.offset)
      return
    }
    guard concurrently, !relation.isAssumed else { return }
    if !withData {
      reject("REFRESH options CONCURRENTLY and WITH NO DATA cannot be used together", "42601", at: name.offset)
    }
    let hasKey = catalog.indexes(on: relation.oid).contains { index in
      index.isUnique && !index.isPartial && index.elements.allSatisfy { $0.column != nil }
    }
    if !hasKey, !catalog.unseen.mayConcern(relation.id) {
      reject("cannot refresh materialized view '\(relation.name)' concurrently", "55000", at: name.offset)
    }
  }

  private mutating func reindex(_ kind: ObjectKind, _ name: Reference) {
    switch kind {
    case .index:
      guard catalog.index(name.name) == nil else { return }
      if let relation = catalog.relation(name.name), !relation.isAssumed {
        reject("'\(relation.name.name)' is not an index", "42809", at: name.offset)
      } else if catalog.relation(name.name) == nil {
        // The data has no indexes of the server's own catalogs.
        let isSystem = name.name.name.hasPrefix("pg_")
        reject(.undefined(ObjectID(.table, name.name)), at: name.offset, isCertain: catalog.isComplete && !isSystem)
      }
    case .table:
      if catalog.relation(name.name) == nil, catalog.index(name.name) != nil {
        reject("'\(name.name.name)' is not a table or materialized view", "42809", at: name.offset)
      } else {
        _ = table(name)
      }
    case .schema:
      if !catalog.hasSchema(name.name.name) {
        reject(.undefined(ObjectID(.schema, name.name.name)), isCertain: catalog.isComplete)
      }
    default: break
    }
  }

  /// CALL runs a procedure, whose OUT arguments are given as well.
  private mutating func call(_ call: FunctionCall) {
    let candidates = catalog.functions(call.name)
    noteCalls(.query(Query(calling: call)))
    guard !candidates.isEmpty else {
      guard !catalog.hasUnknownExtension else { return }
      if let schema = call.name.schema, !catalog.hasSchema(schema) {
        reject(.undefined(ObjectID(.schema, schema)), at: call.offset, isCertain: catalog.isComplete)
        return
      }
      reject(
        .undefined(ObjectID(.procedure, schema: call.name.schema, call.name.name, signature: "")), at: call.offset,
        isCertain: catalog.isComplete)
      return
    }
    if candidates.allSatisfy({ $0.kind != .procedure }) {
      reject("\(call.name) is not a procedure", "42809", at: call.offset)
      return
    }
    let (types, names) = analyze { analyzer in
      analyzer.inside(Scope()) { $0.arguments(of: call) }
    }.result
    // OUT arguments are given like others, but are no part of what identifies a procedure.
    guard candidates.allSatisfy(\.output.isEmpty), !call.isVariadic else { return }
    let found = catalog.resolve(candidates, arguments: types, names: names, isVariadic: call.isVariadic)
    if case .none = found {
      reject(
        .noFunction(
          call.name.name, types: types.map { $0.map(catalog.format) ?? "unknown" },
          candidates: candidates.map { "\($0.name)(\($0.arguments.map(catalog.format).joined(separator: ", ")))" }),
        at: call.offset, isCertain: catalog.isComplete)
    }
  }

  private mutating func prepare(_ statement: Prepare) {
    if catalog.session.prepared[statement.name] != nil {
      reject("prepared statement '\(statement.name)' already exists", "42P05")
      return
    }
    let types = statement.types.map { dataType($0)?.oid }
    _ = analyze { analyzer in
      analyzer.parameters = types.isEmpty ? nil : types
      // Parameters without a type get one from where they stand.
      return analyzer.shape(of: statement.statement)
    }
    catalog.session.prepared[statement.name] = statement
  }
}

extension Query {
  /// `SELECT function(…)`
  init(calling call: FunctionCall) {
    self.init()
    targets = [Target(name: nil, value: .call(call), offset: call.offset)]
  }
}
