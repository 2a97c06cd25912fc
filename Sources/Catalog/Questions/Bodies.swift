import Diagnostics
import PostgresSyntax

extension Catalog {
  /// What the body of a function names that doesn't exist here; places are bytes of the function's own file.
  ///
  /// PL/pgSQL looks at names when a statement runs, so the server accepts such a function and fails later (PostgreSQL
  /// documentation, section 43.11.2 "Plan Caching").
  public func problems(inBodyOf routine: Routine) -> [Rejection] {
    guard let body = routine.definition.body, let origin = routine.origin, body.statements == nil else { return [] }
    let text = CodeText(body, in: origin.file, within: origin.range)
    var catalog = self
    if let path = routine.definition.settings.last(where: { $0.name.lowercased() == "search_path" }), !path.isReset {
      catalog.session.path = path.values.flatMap { $0.split(separator: ",") }
        .map { $0.filter { $0 != " " && $0 != "\"" } }.filter { !$0.isEmpty }
    }
    switch body.language {
    case "sql": return catalog.problems(inQueriesOf: text, routine)
    case "plpgsql": return catalog.problems(inBlockOf: text, routine)
    default: return []
    }
  }

  private func problems(inQueriesOf text: CodeText, _ routine: Routine) -> [Rejection] {
    let actions = text.parsed.statements.map(\.action)
    guard !actions.contains(where: \.changesSchema) else { return [] }
    var analyzer = Analyzer(self)
    analyzer.analyze(body: actions, of: routine)
    return analyzer.findings.map { $0.moved { text.offset(of: $0) } }
  }

  private func problems(inBlockOf text: CodeText, _ routine: Routine) -> [Rejection] {
    let block = text.block
    var names = Set(Self.proceduralVariables)
    names.formUnion(routine.definition.arguments.compactMap(\.name))
    names.formUnion(routine.definition.arguments.indices.map { "$\($0 + 1)" })
    names.insert(routine.name.name)
    block.collectNames(into: &names)
    let queries = block.queries
    let parsed = queries.map { query -> (Statement?, Int) in
      let source = query.into.map { text.source.blanking($0) } ?? text.source
      return (parse(source, in: query.range).statements.first, query.range.lowerBound)
    }
    guard !parsed.contains(where: { $0.0?.action.changesSchema == true }) else { return [] }
    var found: [Rejection] = []
    for (statement, _) in parsed {
      guard let statement else { continue }
      var analyzer = Analyzer(self)
      for name in names { analyzer.variables[name] = .some(nil) }
      _ = analyzer.shape(of: statement.action)
      found += analyzer.findings.map { $0.moved { text.offset(of: $0) } }
    }
    return found
  }

  /// Variables that PL/pgSQL itself provides (PostgreSQL documentation, sections 43.5.5, 43.6.8 and 43.10).
  private static let proceduralVariables = [
    "found", "sqlstate", "sqlerrm", "new", "old", "tg_op", "tg_name", "tg_when", "tg_level", "tg_relid", "tg_relname",
    "tg_table_name", "tg_table_schema", "tg_nargs", "tg_argv", "tg_event", "tg_tag",
  ]
}

extension Rejection {
  fileprivate func moved(_ place: (Int) -> Int) -> Rejection {
    var copy = self
    copy.offset = offset.map(place)
    return copy
  }
}

extension ProceduralBlock {
  /// The names of all variables, those of inner blocks and loops included.
  fileprivate func collectNames(into names: inout Set<String>) {
    names.formUnion(declarations.map(\.name))
    for statement in statements + handlers.flatMap(\.statements) { statement.collectNames(into: &names) }
  }

  /// The statements on rows, with where a clause for variables stands in them.
  fileprivate var queries: [(range: Range<Int>, into: Range<Int>?)] {
    (statements + handlers.flatMap(\.statements)).flatMap(\.queries)
  }
}

extension ProceduralStatement {
  fileprivate func collectNames(into names: inout Set<String>) {
    switch self {
    case .block(let block): block.collectNames(into: &names)
    case .branch(let branches, let otherwise):
      for statement in branches.flatMap(\.statements) + otherwise { statement.collectNames(into: &names) }
    case .loop(let loop, let body):
      switch loop {
      case .query(let target, _), .array(let target, _), .other(let target): names.insert(target)
      case .endless: break
      }
      for statement in body { statement.collectNames(into: &names) }
    default: break
    }
  }

  fileprivate var queries: [(range: Range<Int>, into: Range<Int>?)] {
    switch self {
    case .sql(let range, let into): [(range, into)]
    case .returnQuery(let range): [(range, nil)]
    case .loop(.query(_, let query), let body): [(query, nil)] + body.flatMap(\.queries)
    case .loop(_, let body): body.flatMap(\.queries)
    case .branch(let branches, let otherwise): (branches.flatMap(\.statements) + otherwise).flatMap(\.queries)
    case .block(let block): block.queries
    default: []
    }
  }
}
