import Diagnostics

/// The tokens of a statement that doesn't parse, and where the grammar stopped.
struct BrokenStatement {
  let file: SourceFile
  let range: Range<Int>
  let tokens: [Token]
  let words: [String]
  /// The token at which the grammar stopped.
  let place: Int
  let message: String
  /// What was already replaced.
  let edits: [Substitution]

  init?(_ error: ParseError, in file: SourceFile, _ range: Range<Int>, edits: [Substitution]) {
    self.edits = edits
    self.file = file
    self.range = range
    tokens = file.tokens(in: range)
    words = tokens.map { $0.kind == .word ? file.text($0.range).lowercased() : "" }
    message = error.message
    guard !tokens.isEmpty else { return nil }
    place = tokens.firstIndex { $0.range.upperBound > error.range.lowerBound } ?? tokens.count - 1
  }

  func word(at index: Int) -> String { words.indices.contains(index) ? words[index] : "" }
  func text(at index: Int) -> String { tokens.indices.contains(index) ? file.text(tokens[index].range) : "" }
  func isPunctuation(_ character: Unicode.Scalar, at index: Int) -> Bool {
    tokens.indices.contains(index) && file.isPunctuation(tokens[index], character)
  }

  /// The text of a range as the edits leave it.
  func edited(_ range: Range<Int>) -> String {
    String(decoding: ParsableText(file, in: range, edits: edits).bytes, as: UTF8.self)
  }

  /// The token that closes the parenthesis at an index.
  func closing(_ index: Int) -> Int? {
    var depth = 0
    for place in index..<tokens.count {
      if isPunctuation("(", at: place) { depth += 1 }
      if isPunctuation(")", at: place) {
        depth -= 1
        if depth == 0 { return place }
      }
    }
    return nil
  }

  /// The last token that isn't the semicolon.
  var lastBeforeEnd: Int { isPunctuation(";", at: tokens.count - 1) ? max(0, tokens.count - 2) : tokens.count - 1 }
}

extension BrokenStatement {
  /// What the grammar stumbles over, if it is known, and how to read on.
  func repair() -> Repair? {
    quotedNames().flatMap(untried) ?? KnownForm.all.lazy.compactMap { repair($0).flatMap(untried) }.first
      ?? newerNumber() ?? jsonTable() ?? psqlVariable()
  }

  /// A repair, unless it was already made and didn't help.
  private func untried(_ repair: Repair) -> Repair? {
    let isTried = repair.edits?.allSatisfy { new in edits.contains { $0.range == new.range } }
    return isTried == true ? nil : repair
  }

  private func repair(_ form: KnownForm) -> Repair? {
    guard let match = match(form) else { return nil }
    let range = span(match.replaced)
    let edits = form.repair.map { [Substitution(range: range, text: fill($0, match))] }
    var fix: [Substitution] = []
    if let text = form.fix { fix.append(Substitution(range: range, text: fill(text, match))) }
    if let ending = form.ending {
      let end = tokens[lastBeforeEnd].range.upperBound
      fix.append(Substitution(range: end..<end, text: fill(ending, match)))
    }
    let cause: SyntaxCause =
      switch form.cause {
      case .newer(let version): .newer(construct: fill(form.name, match), version: version)
      case .dialect(let dialect):
        .dialect(dialect, ForeignForm(form: fill(form.name, match), advice: fill(form.advice, match), fix: fix))
      }
    // A comma goes with the clause but isn't what is wrong.
    var place = match.replaced.isEmpty ? match.whole : match.replaced
    if place.count > 1, isPunctuation(",", at: place.lowerBound) { place.removeFirst() }
    if place.count > 1, isPunctuation(",", at: place.upperBound - 1) { place.removeLast() }
    return Repair(cause: cause, range: span(place), edits: edits)
  }

  /// Names in backticks or brackets, all of the statement at once.
  private func quotedNames() -> Repair? {
    let isMySQL = text(at: place).hasPrefix("`") || text(at: place - 1).hasPrefix("`")
    guard isMySQL || isPunctuation("[", at: place) else { return nil }
    let edits = (isMySQL ? names(from: "`", to: "`") : names(from: "[", to: "]")).filter { name in
      !self.edits.contains { $0.range.overlaps(name.range) }
    }
    guard let first = edits.first(where: { $0.range.upperBound > tokens[place].range.lowerBound }) else { return nil }
    let form = ForeignForm(
      form: isMySQL ? "a name in backticks" : "a name in brackets",
      advice: "write the name without \(isMySQL ? "backticks" : "brackets"), or in double quotes", fix: edits)
    return Repair(cause: .dialect(isMySQL ? .mysql : .sqlServer, form), range: first.range, edits: edits)
  }

  private func names(from open: String, to close: String) -> [Substitution] {
    var edits: [Substitution] = []
    var index = 0
    while index < tokens.count {
      // A subscript follows what it is applied to without a blank, or the word ARRAY.
      let isSubscript =
        open == "[" && index > 0
        && (tokens[index - 1].range.upperBound == tokens[index].range.lowerBound
          && !".(,[".contains(text(at: index - 1))
          || word(at: index - 1) == "array")
      if text(at: index) == open, !isSubscript,
        let end = (index + 1..<max(index + 1, min(index + 8, tokens.count))).first(where: { text(at: $0) == close })
      {
        let name = file.text(tokens[index].range.upperBound..<tokens[end].range.lowerBound)
        edits.append(
          Substitution(
            range: tokens[index].range.lowerBound..<tokens[end].range.upperBound, text: name.lowercased().sqlIdentifier)
        )
        index = end
      }
      index += 1
    }
    return edits
  }

  /// psql's `:name`, `:'name'` and `:"name"`: not the grammar's, and no mistake either.
  private func psqlVariable() -> Repair? {
    guard isPunctuation(":", at: place), place + 1 < tokens.count,
      tokens[place].range.upperBound == tokens[place + 1].range.lowerBound
    else { return nil }
    let next = tokens[place + 1]
    guard next.kind == .word || next.kind == .quotedIdentifier || next.kind == .string else { return nil }
    let range = span(place..<place + 2)
    let text = next.kind == .quotedIdentifier ? file.text(next.range) : "NULL"
    return Repair(cause: .psqlVariable, range: range, edits: [Substitution(range: range, text: text)])
  }
}
