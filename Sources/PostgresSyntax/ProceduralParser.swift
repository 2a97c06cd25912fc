import Diagnostics

/// Reads PL/pgSQL, statement by statement.
///
/// libpg_query has a parser for it too, but that one ends the process on some input and refuses valid bodies.
struct ProceduralParser {
  private let file: SourceFile
  private let range: Range<Int>
  private let tokens: [Token]
  private let words: [String]
  private var position = 0
  private var depth = 0

  init(_ file: SourceFile, in range: Range<Int>) {
    self.file = file
    self.range = range
    tokens = file.tokens(in: range)
    words = tokens.map { $0.kind == .word ? file.text($0.range).lowercased() : "" }
  }

  func parse() -> ProceduralBlock {
    var parser = self
    while parser.isWord("#") || parser.isCompilerOption { parser.position += 2 }
    parser.skipLabel()
    let block = parser.block()
    return block
  }

  /// `#variable_conflict use_column`
  private var isCompilerOption: Bool {
    guard position < tokens.count, tokens[position].kind == .operation else { return false }
    return file.text(tokens[position].range) == "#"
  }

  // MARK: - Tokens

  private var isAtEnd: Bool { position >= tokens.count }
  private func isWord(_ word: String, _ distance: Int = 0) -> Bool {
    position + distance < words.count && words[position + distance] == word
  }
  private func isPunctuation(_ character: Unicode.Scalar, at index: Int) -> Bool {
    index < tokens.count && file.isPunctuation(tokens[index], character)
  }

  private mutating func skip(_ word: String) -> Bool {
    guard isWord(word) else { return false }
    position += 1
    return true
  }

  /// `<<label>>`
  private mutating func skipLabel() {
    guard position + 2 < tokens.count, tokens[position].kind == .operation,
      file.text(tokens[position].range) == "<<"
    else { return }
    position += 3
  }

  private mutating func skipSemicolon() {
    if isPunctuation(";", at: position) { position += 1 }
  }

  /// Goes to the end of a statement: the next semicolon outside of parentheses.
  private mutating func toSemicolon() -> Range<Int> {
    let start = position
    var depth = 0
    while position < tokens.count {
      if isPunctuation("(", at: position) || isPunctuation("[", at: position) { depth += 1 }
      if isPunctuation(")", at: position) || isPunctuation("]", at: position) { depth -= 1 }
      if isPunctuation(";", at: position), depth <= 0 { break }
      position += 1
    }
    let text = span(start, position)
    skipSemicolon()
    return text
  }

  /// Goes up to one of the words, outside of parentheses and of CASE expressions.
  private mutating func upTo(_ stops: Set<String>) -> Range<Int> {
    let start = position
    var depth = 0
    var cases = 0
    while position < tokens.count {
      if isPunctuation("(", at: position) || isPunctuation("[", at: position) { depth += 1 }
      if isPunctuation(")", at: position) || isPunctuation("]", at: position) { depth -= 1 }
      if depth <= 0 {
        if words[position] == "case" {
          cases += 1
        } else if words[position] == "end", cases > 0 {
          cases -= 1
        } else if cases == 0, stops.contains(words[position]) || isPunctuation(";", at: position) {
          break
        }
      }
      position += 1
    }
    return span(start, position)
  }

  private func span(_ first: Int, _ end: Int) -> Range<Int> {
    guard first < end, first < tokens.count else {
      let place = first < tokens.count ? tokens[first].range.lowerBound : range.upperBound
      return place..<place
    }
    return tokens[first].range.lowerBound..<tokens[end - 1].range.upperBound
  }

  // MARK: - Blocks

  private mutating func block() -> ProceduralBlock {
    var block = ProceduralBlock()
    depth += 1
    defer { depth -= 1 }
    // Nested deeper than any hand writes: left unread.
    guard depth < 200 else {
      position = tokens.count
      return block
    }
    if skip("declare") { block.declarations = declarations() }
    guard skip("begin") else { return block }
    block.statements = statements(until: ["end", "exception"])
    if skip("exception") {
      while skip("when") {
        let conditions = upTo(["then"])
        _ = skip("then")
        let names = file.tokens(in: conditions).compactMap { token -> String? in
          switch token.kind {
          case .word: file.identifier(token)
          case .string: String(file.text(token.range).dropFirst().dropLast())
          default: nil
          }
        }.filter { $0 != "or" && $0 != "sqlstate" }
        block.handlers.append(.init(conditions: names, statements: statements(until: ["end", "when"])))
      }
    }
    if skip("end") {
      if position < tokens.count, !isPunctuation(";", at: position), words[position] != "" { position += 1 }
      skipSemicolon()
    }
    return block
  }

  private mutating func declarations() -> [ProceduralBlock.Declaration] {
    var found: [ProceduralBlock.Declaration] = []
    while !isAtEnd, !isWord("begin") {
      if skip("declare") { continue }
      let start = position
      guard let name = file.identifier(tokens[position]) else {
        _ = toSemicolon()
        continue
      }
      let whole = toSemicolon()
      let parts = Array(tokens[(start + 1)..<position]).filter { $0.range.upperBound <= whole.upperBound }
      let split = parts.firstIndex { token in
        let text = file.text(token.range).lowercased()
        return text == ":=" || text == "default" || token.kind == .operation && text == "="
          || text == ":" && file.bytes[token.range.upperBound] == UInt8(ascii: "=")
      }
      let typeParts = parts[..<(split ?? parts.count)].filter { file.identifier($0) != "constant" }
      let type =
        typeParts.first.map { $0.range.lowerBound..<typeParts.last!.range.upperBound } ?? whole
        .upperBound..<whole.upperBound
      var value: Range<Int>?
      if let split {
        let isColon = file.text(parts[split].range) == ":"
        let first = split + (isColon ? 2 : 1)
        if first < parts.count { value = parts[first].range.lowerBound..<whole.upperBound }
      }
      found.append(.init(name: name, type: type, value: value))
    }
    return found
  }

  private mutating func statements(until stops: Set<String>) -> [ProceduralStatement] {
    var found: [ProceduralStatement] = []
    while !isAtEnd {
      if stops.contains(words[position]) { break }
      let before = position
      found.append(statement())
      // Whatever can't be read is passed over.
      if position == before { position += 1 }
    }
    return found
  }

  // MARK: - Statements

  private mutating func statement() -> ProceduralStatement {
    skipLabel()
    guard !isAtEnd else { return .other("", range.upperBound..<range.upperBound) }
    switch words[position] {
    case "declare", "begin": return .block(block())
    case "if": return conditional()
    case "case": return caseStatement()
    case "loop", "while", "for", "foreach": return loop()
    case "execute":
      position += 1
      let text = toSemicolon()
      return .execute(expression(text))
    case "perform":
      position += 1
      return .perform(toSemicolon())
    case "return": return returnStatement()
    case "raise":
      position += 1
      let level =
        ["debug", "log", "info", "notice", "warning", "exception"].contains(
          words[position < words.count ? position : 0]) ? words[position] : "exception"
      return .raise(level, toSemicolon())
    case "null", "get", "open", "fetch", "close", "move", "exit", "continue", "assert", "commit", "rollback":
      let word = words[position]
      return .other(word, toSemicolon())
    default: return assignmentOrSQL()
    }
  }

  /// `EXECUTE text INTO target USING values`: the text only.
  private func expression(_ text: Range<Int>) -> Range<Int> {
    var depth = 0
    var end = text.upperBound
    for token in file.tokens(in: text) {
      if file.isPunctuation(token, "(") { depth += 1 }
      if file.isPunctuation(token, ")") { depth -= 1 }
      if depth == 0, token.kind == .word, ["into", "using"].contains(file.text(token.range).lowercased()) {
        end = token.range.lowerBound
        break
      }
    }
    return text.lowerBound..<end
  }

  private mutating func conditional() -> ProceduralStatement {
    position += 1
    var branches: [ProceduralStatement.Branch] = []
    var otherwise: [ProceduralStatement] = []
    var condition = upTo(["then"])
    while true {
      _ = skip("then")
      branches.append(.init(condition: condition, statements: statements(until: ["elsif", "elseif", "else", "end"])))
      guard isWord("elsif") || isWord("elseif") else { break }
      position += 1
      condition = upTo(["then"])
    }
    if skip("else") { otherwise = statements(until: ["end"]) }
    end("if")
    return .branch(branches, otherwise: otherwise)
  }

  private mutating func caseStatement() -> ProceduralStatement {
    position += 1
    _ = upTo(["when"])
    var branches: [ProceduralStatement.Branch] = []
    var otherwise: [ProceduralStatement] = []
    while skip("when") {
      let condition = upTo(["then"])
      _ = skip("then")
      branches.append(.init(condition: condition, statements: statements(until: ["when", "else", "end"])))
    }
    if skip("else") { otherwise = statements(until: ["end"]) }
    end("case")
    return .branch(branches, otherwise: otherwise)
  }

  private mutating func loop() -> ProceduralStatement {
    let kind = words[position]
    var header = ProceduralStatement.Loop.endless
    if kind != "loop" {
      position += 1
      let head = upTo(["loop"])
      if kind == "for" || kind == "foreach" { header = self.header(head) }
    }
    _ = skip("loop")
    let body = statements(until: ["end"])
    end("loop")
    return .loop(header, body)
  }

  /// What stands between FOR and LOOP.
  private func header(_ head: Range<Int>) -> ProceduralStatement.Loop {
    let parts = file.tokens(in: head)
    let target = parts.first.flatMap { file.identifier($0) } ?? ""
    guard let place = parts.firstIndex(where: { $0.kind == .word && file.identifier($0) == "in" }),
      place + 1 < parts.count
    else { return .other(target: target) }
    let first = parts[place + 1]
    let word = file.text(first.range).lowercased()
    if word == "array" {
      let value =
        place + 2 < parts.count
        ? parts[place + 2].range.lowerBound..<head.upperBound : head.upperBound..<head.upperBound
      return .array(target: target, value)
    }
    let isRange =
      parts[(place + 1)...].contains { file.text($0.range) == ".." } || word == "reverse" || word == "execute"
    let isQuery = ["select", "with", "values"].contains(word) || file.isPunctuation(first, "(") && !isRange
    return isQuery ? .query(target: target, first.range.lowerBound..<head.upperBound) : .other(target: target)
  }

  /// `END IF label;`
  private mutating func end(_ kind: String) {
    guard skip("end") else { return }
    _ = skip(kind)
    if position < tokens.count, !isPunctuation(";", at: position), words[position] != "" { position += 1 }
    skipSemicolon()
  }

  private mutating func returnStatement() -> ProceduralStatement {
    position += 1
    if isWord("query") {
      position += 1
      // A text that gives rows changes no schema.
      if skip("execute") { return .other("return query execute", toSemicolon()) }
      return .returnQuery(toSemicolon())
    }
    if skip("next") { return .returnNext(toSemicolon()) }
    let value = toSemicolon()
    return .returns(value.isEmpty ? nil : value)
  }

  private mutating func assignmentOrSQL() -> ProceduralStatement {
    let start = position
    // `target := value`, where the target may have fields and subscripts.
    if let place = assignmentOperator() {
      let target = span(start, place.first)
      position = place.last + 1
      return .assignment(target: target, value: toSemicolon())
    }
    let text = toSemicolon()
    return .sql(text, into: into(text))
  }

  private func assignmentOperator() -> (first: Int, last: Int)? {
    var index = position
    guard index < tokens.count,
      tokens[index].kind == .word || tokens[index].kind == .quotedIdentifier || tokens[index].kind == .parameter
    else { return nil }
    index += 1
    var depth = 0
    while index < tokens.count {
      if isPunctuation("[", at: index) || isPunctuation("(", at: index) { depth += 1 }
      if isPunctuation("]", at: index) || isPunctuation(")", at: index) { depth -= 1 }
      if depth == 0 {
        if isPunctuation(":", at: index), index + 1 < tokens.count, tokens[index + 1].kind == .operation,
          file.text(tokens[index + 1].range).hasPrefix("="),
          tokens[index].range.upperBound == tokens[index + 1].range.lowerBound
        {
          return (index, index + 1)
        }
        if tokens[index].kind == .operation { return file.text(tokens[index].range) == "=" ? (index, index) : nil }
        let isPath = isPunctuation(".", at: index) || isPunctuation("]", at: index) || isPunctuation(")", at: index)
        let follows = isPunctuation(".", at: index - 1)
        guard isPath || follows else { return nil }
      }
      index += 1
    }
    return nil
  }

  /// Where `INTO variable, …` stands in an SQL statement, but for the INTO of INSERT and MERGE.
  private func into(_ text: Range<Int>) -> Range<Int>? {
    let parts = file.tokens(in: text)
    var depth = 0
    for (index, token) in parts.enumerated() {
      if file.isPunctuation(token, "(") { depth += 1 }
      if file.isPunctuation(token, ")") { depth -= 1 }
      guard depth == 0, token.kind == .word, index > 0, file.text(token.range).lowercased() == "into" else { continue }
      let before = file.text(parts[index - 1].range).lowercased()
      if before == "insert" || before == "merge" { continue }
      var end = index + 1
      if end < parts.count, file.identifier(parts[end]) == "strict" { end += 1 }
      var expectsName = true
      while end < parts.count {
        let isName = parts[end].kind == .word || parts[end].kind == .quotedIdentifier || parts[end].kind == .parameter
        if expectsName, isName {
          expectsName = false
        } else if file.isPunctuation(parts[end], ",") || file.isPunctuation(parts[end], ".") {
          expectsName = true
        } else if file.isPunctuation(parts[end], "[") || !expectsName && file.isPunctuation(parts[end], "]") {
          while end < parts.count, !file.isPunctuation(parts[end], "]") { end += 1 }
        } else {
          break
        }
        end += 1
      }
      return token.range.lowerBound..<parts[end - 1].range.upperBound
    }
    return nil
  }
}
