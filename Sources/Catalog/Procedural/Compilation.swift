import Diagnostics
import PostgresSyntax

/// What the server checks of PL/pgSQL when a function is made or a DO block begins: the types of variables, and the
/// grammar of the SQL inside.
extension Application {
  mutating func checkProcedural(_ text: CodeText, _ rules: ReturnRules, isProcedure: Bool) {
    check(text.block, text) { analyzer, statement in
      analyzer.check(statement, text, rules, isProcedure: isProcedure)
    }
  }

  private mutating func check(
    _ block: ProceduralBlock, _ text: CodeText, _ body: (inout Application, ProceduralStatement) -> Void
  ) {
    for declaration in block.declarations { checkType(of: declaration, text) }
    for statement in block.statements + block.handlers.flatMap(\.statements) { check(statement, text, body) }
  }

  private mutating func check(
    _ statement: ProceduralStatement, _ text: CodeText, _ body: (inout Application, ProceduralStatement) -> Void
  ) {
    body(&self, statement)
    switch statement {
    case .branch(let branches, let otherwise):
      for inner in branches.flatMap(\.statements) + otherwise { check(inner, text, body) }
    case .loop(_, let inner): for inner in inner { check(inner, text, body) }
    case .block(let block): check(block, text, body)
    default: break
    }
  }

  private mutating func check(
    _ statement: ProceduralStatement, _ text: CodeText, _ rules: ReturnRules, isProcedure: Bool
  ) {
    switch statement {
    case .sql(let range, let into): checkSyntax(range, without: into, text)
    case .loop(.query(_, let query), _): checkSyntax(query, without: nil, text)
    case .returnQuery(let query):
      checkSyntax(query, without: nil, text)
      if !rules.returnsSet {
        reject("cannot use RETURN QUERY in a non-SETOF function", "42804", at: text.offset(of: query.lowerBound))
      }
    case .returnNext(let value):
      if !rules.returnsSet {
        reject("cannot use RETURN NEXT in a non-SETOF function", "42804", at: text.offset(of: value.lowerBound))
      }
    case .returns(let value):
      if let problem = rules.problem(withReturn: value != nil, isProcedure: isProcedure) {
        reject(problem.message, problem.sqlState, at: value.map { text.offset(of: $0.lowerBound) } ?? -1)
      }
    case .raise(_, let range):
      if let message = text.problem(withRaise: range) {
        reject(message, "42601", at: text.offset(of: range.lowerBound))
      }
    default: break
    }
  }

  private mutating func checkType(of declaration: ProceduralBlock.Declaration, _ text: CodeText) {
    let tokens = text.source.tokens(in: declaration.type)
    let words = tokens.map { text.source.identifier($0) ?? text.source.text($0.range) }
    if words.count >= 3, words.suffix(2) == ["%", "rowtype"] {
      return checkRowType(declaration, words.dropLast(2), text)
    }
    guard let first = words.first, !words.contains("%"),
      !["alias", "cursor", "record", "no", "scroll", "refcursor"].contains(first)
    else { return }
    // A collation may follow the type.
    var end = declaration.type.upperBound
    if let clause = words.firstIndex(of: "collate") ?? words.firstIndex(of: "not") {
      end = tokens[clause].range.lowerBound
    }
    guard end > declaration.type.lowerBound else { return }
    let written = text.source.text(declaration.type.lowerBound..<end)
    let parsed = parse(SourceFile(path: "", text: "SELECT NULL::" + written))
    guard parsed.errors.isEmpty, case .query(let query)? = parsed.statements.first?.action, query.targets.count == 1,
      case .cast(_, let type, _) = query.targets[0].value
    else { return }
    guard case .undefined = catalog.lookUp(type), !catalog.hasUnknownExtension else { return }
    reject(
      .undefined(ObjectID(.type, type.name)), at: text.offset(of: declaration.type.lowerBound),
      isCertain: catalog.isComplete)
  }

  /// `table%ROWTYPE`
  private mutating func checkRowType(
    _ declaration: ProceduralBlock.Declaration, _ path: ArraySlice<String>, _ text: CodeText
  ) {
    let parts = path.filter { $0 != "." }
    let name = ObjectName(schema: parts.count > 1 ? parts[parts.count - 2] : nil, parts.last ?? "")
    guard catalog.relation(name) == nil, catalog.builtInRelation(name) == nil, catalog.typeNumber(name) == nil,
      !catalog.hasUnknownExtension
    else { return }
    reject(
      .undefined(ObjectID(.table, name)), at: text.offset(of: declaration.type.lowerBound),
      isCertain: catalog.isComplete)
  }

  private mutating func checkSyntax(_ range: Range<Int>, without into: Range<Int>?, _ text: CodeText) {
    guard !range.isEmpty else { return }
    let parsed: ParsedSQL
    var skipped: Range<Int>?
    if let into {
      skipped = into
      let blank = String(repeating: " ", count: into.count)
      let sql =
        text.source.text(range.lowerBound..<into.lowerBound) + blank
        + text.source.text(into.upperBound..<range.upperBound)
      parsed = parse(SourceFile(path: "", text: sql))
    } else {
      parsed = parse(text.source, in: range)
    }
    guard let error = parsed.lastingError else { return }
    let place = skipped == nil ? error.range.lowerBound : range.lowerBound + error.range.lowerBound
    reject(error.message.replacing("\"", with: "'"), "42601", at: text.offset(of: place))
  }
}
