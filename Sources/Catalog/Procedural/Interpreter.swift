import Diagnostics
import PostgresSyntax

/// Running DO blocks as far as their text alone says what they do.
///
/// Conditions and texts for EXECUTE are worked out where they depend on the catalog and constants only; what depends on
/// anything else may happen or not, and casts doubt on what it names.
extension Application {
  mutating func run(_ body: CodeBody) {
    guard body.language == "plpgsql" else {
      if body.language != "sql" { catalog.unseen.note(body) }
      return
    }
    let text = CodeText(body, in: origin.file, within: origin.range)
    let block = text.block
    var run = ProceduralRun(file: origin.file, text: text)
    checkProcedural(text, ReturnRules(), isProcedure: false)
    guard !outcome.rejections.contains(where: \.isCertain) else { return }
    _ = execute(block, &run)
  }

  /// Runs the body of a function that is called with these arguments, as a DO block is run.
  mutating func follow(_ call: FunctionCall, variables: [String: Value]) {
    let evaluator = CatalogQuery(catalog, variables: variables)
    let candidates = catalog.routines(call.name).filter { routine in
      call.arguments.count <= routine.arguments.count
        && call.arguments.count >= routine.arguments.count - routine.defaults
    }
    guard candidates.count == 1, let body = candidates[0].definition.body, let place = candidates[0].origin, depth < 20,
      body.language == "plpgsql"
    else { return doubt(call.name.name) }
    let text = CodeText(body, in: place.file, within: place.range)
    var run = ProceduralRun(file: place.file, text: text)
    run.isCall = true
    let inputs = candidates[0].definition.arguments.filter { $0.mode != .out && $0.mode != .table }
    for (index, argument) in inputs.enumerated() {
      let expression = index < call.arguments.count ? call.arguments[index] : argument.defaultValue
      let value = expression.flatMap { evaluator.value(of: $0, in: [:]) }
      run.variables["$\(index + 1)"] = .some(value)
      if let name = argument.name { run.variables[name] = .some(value) }
    }
    depth += 1
    defer { depth -= 1 }
    let known = outcome.rejections.count
    _ = execute(text.block, &run)
    // Errors inside stand where the function is called.
    for index in outcome.rejections.indices.dropFirst(known) { outcome.rejections[index].offset = call.offset }
  }

  /// Variables that PL/pgSQL itself provides.
  private static let specialVariables = ["found", "sqlstate", "sqlerrm", "new", "old", "tg_op", "tg_name"]

  fileprivate struct ProceduralRun {
    /// The file that holds the text.
    var file: SourceFile
    var text: CodeText
    /// Variables with a constant value that is known; nil where it isn't.
    var variables: [String: Value?] = [:]
    /// Whether this is a function's body, where errors that depend on rows are not looked for.
    var isCall = false
    /// What array variables were given, as text.
    var arrays: [String: String] = [:]

    func sql(_ range: Range<Int>) -> String { text.source.text(range) }

    /// What the variables named in a stretch of the text hold is no longer known.
    mutating func forget(_ targets: Range<Int>) {
      for name in text.source.tokens(in: targets).compactMap({ text.source.identifier($0) }) {
        variables[name] = .some(nil)
        arrays[name] = nil
      }
    }
  }

  /// How a statement ended.
  private enum Ending {
    case next, returned
    case failed
  }

  private mutating func execute(_ block: ProceduralBlock, _ run: inout ProceduralRun) -> Ending {
    for declaration in block.declarations {
      run.variables[declaration.name] = declaration.value.map { evaluate($0, run) } ?? .some(.null)
      if let value = declaration.value { run.arrays[declaration.name] = run.sql(value) }
    }
    guard !block.handlers.isEmpty else { return execute(block.statements, &run) }
    // A block with handlers is a subtransaction: what fails in it never happened.
    let before = (catalog: catalog, outcome: outcome)
    let ending = execute(block.statements, &run)
    guard let rejection = outcome.rejections.dropFirst(before.outcome.rejections.count).first(where: { _ in true })
    else {
      return ending
    }
    guard let handler = block.handlers.first(where: { $0.handles(rejection.sqlState) }) else { return .failed }
    if rejection.isCertain {
      catalog = before.catalog
    }
    outcome = before.outcome
    if handler.statements.allSatisfy(\.isHarmless) { return .next }
    return execute(handler.statements, &run)
  }

  private mutating func execute(_ statements: [ProceduralStatement], _ run: inout ProceduralRun) -> Ending {
    for statement in statements {
      let known = outcome.rejections.count
      let ending = execute(statement, &run)
      // A certain rejection ends the block.
      if outcome.rejections.dropFirst(known).contains(where: \.isCertain) { return .failed }
      if case .next = ending { continue }
      return ending
    }
    return .next
  }

  private mutating func execute(_ statement: ProceduralStatement, _ run: inout ProceduralRun) -> Ending {
    switch statement {
    case .sql(let range, let into): sql(range, into: into, &run)
    case .perform(let range): perform(range, run)
    case .execute(let range): dynamic(range, run)
    case .assignment(let target, let value):
      let name = run.sql(target).lowercased()
      run.variables[name] = .some(evaluate(value, run))
      run.arrays[name] = run.sql(value)
    case .branch(let branches, let otherwise): return branch(branches, otherwise, &run)
    case .loop(let loop, let body): return repeating(loop, body, &run)
    case .block(let block): return execute(block, &run)
    case .returns: return .returned
    case .returnNext, .returnQuery, .other: break
    case .raise(let level, _): if level == "exception" { return raise() }
    }
    return .next
  }

  private mutating func raise() -> Ending {
    reject("the block raises an exception", "P0001")
    return .failed
  }

  // MARK: - Statements

  private mutating func sql(_ range: Range<Int>, into: Range<Int>?, _ run: inout ProceduralRun) {
    guard let into else {
      for statement in parse(run.text.source, in: range).statements {
        apply(statement, from: Origin(file: run.text.source, range: statement.range, migration: origin.migration), run)
      }
      return
    }
    // What a query finds is known only where it asks the catalog.
    let targets = run.text.source.tokens(in: into).compactMap { run.text.source.identifier($0) }
    for name in targets { run.variables[name] = .some(nil) }
    guard let statement = parse(run.text.source.blanking(into), in: range).statements.first else { return }
    analyze(statement.action, run)
    if case .query(let query) = statement.action, let name = targets.last {
      run.variables[name] = .some(CatalogQuery(catalog, variables: run.known).scalar(query))
    }
  }

  private func analyzer(for run: ProceduralRun) -> Analyzer {
    var analyzer = Analyzer(catalog)
    for name in Self.specialVariables + run.variables.keys { analyzer.variables[name] = .some(nil) }
    return analyzer
  }

  /// Checks a statement on rows, in which names may mean variables.
  private mutating func analyze(_ action: Action, _ run: ProceduralRun) {
    var analyzer = analyzer(for: run)
    _ = analyzer.shape(of: action)
    for finding in analyzer.findings {
      reject(
        finding.reason, at: finding.offset.map { run.text.offset(of: $0) }, isCertain: finding.isCertain,
        related: finding.related)
    }
    outcome.references += analyzer.relations
    noteCalls(action, variables: run.known)
  }

  private mutating func apply(_ statement: Statement, from place: Origin, isText: Bool = false, _ run: ProceduralRun) {
    switch statement.action {
    case .insert, .update, .delete, .merge, .query: return analyze(statement.action, run)
    case .call(let call): return noteCalls(.query(Query(calling: call)), variables: run.known)
    case .transaction: return
    default: break
    }
    var inner = Application(catalog: catalog, origin: place, depth: depth)
    inner.apply(statement.action)
    catalog = inner.catalog
    for var rejection in inner.outcome.rejections {
      rejection.offset = isText ? place.range.lowerBound : rejection.offset.map { run.text.offset(of: $0) }
      outcome.rejections.append(rejection)
    }
    outcome.effects += inner.outcome.effects
    outcome.references += inner.outcome.references
  }

  private mutating func perform(_ range: Range<Int>, _ run: ProceduralRun) {
    let parsed = parse(SourceFile(path: "", text: "SELECT " + run.sql(range)))
    if let action = parsed.statements.first?.action { noteCalls(action, variables: run.known) }
  }

  /// `EXECUTE text`
  private mutating func dynamic(_ range: Range<Int>, _ run: ProceduralRun) {
    guard case .text(let sql)? = evaluate(range, run) else {
      catalog.unseen.noteDynamic(run.sql(range))
      return
    }
    // What is in the text stands where EXECUTE names it.
    let range = run.text.offset(of: range.lowerBound)..<run.text.offset(of: range.upperBound)
    let others = run.file.substitutions.filter { !$0.range.overlaps(range) }
    let file = run.file.substituting(others + [Substitution(range: range, text: sql)])
    let place = Origin(file: file, range: range, migration: origin.migration)
    for statement in parse(file, in: range).statements { apply(statement, from: place, isText: true, run) }
  }

  private mutating func branch(
    _ branches: [ProceduralStatement.Branch], _ otherwise: [ProceduralStatement], _ run: inout ProceduralRun
  ) -> Ending {
    for (index, branch) in branches.enumerated() {
      let known = outcome.rejections.count
      checkCondition(branch.condition, run)
      if outcome.rejections.dropFirst(known).contains(where: \.isCertain) { return .failed }
      switch evaluate(branch.condition, run) {
      case .boolean(true)?: return execute(branch.statements, &run)
      case .boolean(false)?, .null?: continue
      default:
        let known = run
        for remaining in branches[index...] { doubt(remaining.statements, &run) }
        doubt(otherwise, &run)
        mayExecute(branch.statements, known)
        return .next
      }
    }
    return execute(otherwise, &run)
  }

  /// Runs statements of which it isn't known whether they run: what they make is in the catalog then, and in doubt. Where
  /// they would fail, they evidently don't run.
  private mutating func mayExecute(_ statements: [ProceduralStatement], _ run: ProceduralRun) {
    let before = (catalog: catalog, outcome: outcome)
    var attempt = run
    let ending = execute(statements, &attempt)
    if case .failed = ending {
      catalog = before.catalog
      outcome = before.outcome
    } else {
      outcome.rejections = before.outcome.rejections
    }
  }

  private mutating func checkCondition(_ range: Range<Int>, _ run: ProceduralRun) {
    let parsed = parse(SourceFile(path: "", text: "SELECT " + run.sql(range)))
    guard parsed.errors.isEmpty, let action = parsed.statements.first?.action else { return }
    var analyzer = analyzer(for: run)
    _ = analyzer.shape(of: action)
    for finding in analyzer.findings {
      reject(finding.reason, at: run.text.offset(of: range.lowerBound), isCertain: finding.isCertain)
    }
  }

  /// Runs a loop over values that are known.
  private mutating func repeating(
    _ loop: ProceduralStatement.Loop, _ body: [ProceduralStatement], _ run: inout ProceduralRun
  ) -> Ending {
    var rounds: [[String: Value]]?
    switch loop {
    case .query(let target, let range):
      let parsed = parse(SourceFile(path: "", text: run.sql(range)))
      if case .query(let query)? = parsed.statements.first?.action {
        rounds = CatalogQuery(catalog, variables: run.known).result(query)?.map { row in
          var named: [String: Value] = [:]
          for (name, value) in row { named["\(target).\(name)"] = value }
          // With one column, the target may be a plain variable.
          if row.count == 1, let only = row.first { named[target] = only.value }
          return named
        }
      }
    case .array(let target, let range):
      rounds = elements(range, run)?.map { [target: $0] }
    case .endless, .other: break
    }
    guard let rounds, rounds.count <= 10_000 else {
      doubt(body, &run)
      return .next
    }
    for round in rounds {
      for (name, value) in round { run.variables[name] = .some(value) }
      let known = outcome.rejections.count
      let ending = execute(body, &run)
      if outcome.rejections.dropFirst(known).contains(where: \.isCertain) { return .failed }
      if case .next = ending { continue }
      return ending
    }
    return .next
  }

  /// The values of an array constructor or of an array variable.
  private func elements(_ range: Range<Int>, _ run: ProceduralRun) -> [Value]? {
    var text = run.sql(range)
    if let known = run.arrays[text.lowercased()] { text = known }
    let parsed = parse(SourceFile(path: "", text: "SELECT " + text))
    guard case .query(let query)? = parsed.statements.first?.action, var value = query.targets.first?.value else {
      return nil
    }
    if case .cast(let inner, _, _) = value { value = inner }
    let evaluator = CatalogQuery(catalog, variables: run.known)
    switch value {
    case .array(let items, _):
      let values = items.map { evaluator.value(of: $0, in: [:]) }
      return values.contains(nil) ? nil : values.compactMap { $0 }
    case .literal(.string(let literal), _) where literal.hasPrefix("{") && !literal.contains("\""):
      return literal.dropFirst().dropLast().split(separator: ",").map { .text($0.filter { $0 != " " }) }
    default: return nil
    }
  }

  /// Statements that may run or not: what they name is no longer certain, and what they assign not known.
  private mutating func doubt(_ statements: [ProceduralStatement], _ run: inout ProceduralRun) {
    for statement in statements {
      switch statement {
      case .sql(let range, let into):
        catalog.unseen.note(text: run.sql(range))
        if let into { run.forget(into) }
      case .execute(let range): catalog.unseen.noteDynamic(run.sql(range))
      case .branch(let branches, let otherwise):
        for branch in branches { doubt(branch.statements, &run) }
        doubt(otherwise, &run)
      case .loop(_, let body): doubt(body, &run)
      case .block(let block): doubt(block.statements + block.handlers.flatMap(\.statements), &run)
      case .perform(let range): perform(range, run)
      case .assignment(let target, _): run.forget(target)
      case .returns, .returnNext, .returnQuery, .raise, .other: break
      }
    }
  }

  private func evaluate(_ range: Range<Int>, _ run: ProceduralRun) -> Value? {
    let parsed = parse(SourceFile(path: "", text: "SELECT " + run.sql(range)))
    guard parsed.errors.isEmpty, case .query(let query)? = parsed.statements.first?.action, query.targets.count == 1,
      query.from.isEmpty, query.filter == nil
    else { return nil }
    return CatalogQuery(catalog, variables: run.known).value(of: query.targets[0].value, in: [:])
  }
}

extension Application.ProceduralRun {
  var known: [String: Value] { variables.compactMapValues { $0 } }
}

extension ProceduralStatement {
  /// Whether it changes no schema.
  fileprivate var isHarmless: Bool {
    switch self {
    case .raise(let level, _): level != "exception"
    case .other, .returns: true
    default: false
    }
  }
}

extension ProceduralBlock.Handler {
  /// Whether an error of that code is handled (PostgreSQL documentation, appendix A "PostgreSQL Error Codes").
  func handles(_ sqlState: String) -> Bool {
    conditions.contains { condition in
      condition == "others" || condition == sqlState.lowercased() || condition == sqlState
        || Self.codes[condition] == sqlState
        || Self.classes[condition].map { sqlState.hasPrefix($0) } == true
    }
  }

  private static let classes = ["syntax_error_or_access_rule_violation": "42", "data_exception": "22"]

  private static let codes = [
    "duplicate_object": "42710", "duplicate_table": "42P07", "duplicate_column": "42701", "duplicate_function": "42723",
    "duplicate_schema": "42P06", "duplicate_alias": "42712", "duplicate_database": "42P04", "undefined_table": "42P01",
    "undefined_column": "42703", "undefined_object": "42704", "undefined_function": "42883",
    "invalid_schema_name": "3F000", "dependent_objects_still_exist": "2BP01", "invalid_table_definition": "42P16",
    "wrong_object_type": "42809", "feature_not_supported": "0A000", "datatype_mismatch": "42804",
    "invalid_foreign_key": "42830", "syntax_error": "42601", "object_not_in_prerequisite_state": "55000",
    "invalid_object_definition": "42P17", "raise_exception": "P0001", "invalid_parameter_value": "22023",
    "insufficient_privilege": "42501", "unique_violation": "23505",
  ]
}

extension SourceFile {
  /// The file with a stretch of it made blank.
  func blanking(_ range: Range<Int>) -> SourceFile {
    var bytes = self.bytes
    for offset in range { bytes[offset] = UInt8(ascii: " ") }
    return SourceFile(path: path, bytes: bytes)
  }
}
