import Diagnostics

/// A form that PostgreSQL 15's grammar rejects, and what stands in its place so that the rest can be read.
///
/// A pattern is a row of elements with blanks between them:
/// - words and punctuation stand for themselves, `a|b` for either;
/// - `@name`, `@type`, `@number`, `@string`, `@group` (a parenthesis with what is in it), `@any` (one token), `@clause`
///   (up to the next comma), `@rest` (up to the end), `@closing` (the end of the statement's first parenthesis);
/// - `?` behind an element: it may be missing;
/// - `<` and `>` around what is replaced; without them everything is.
struct KnownForm: Sendable {
  var cause: SyntaxCause.Origin
  var name: String
  /// The words with which the statement begins; the second may have others before it.
  var statement: [String]
  var pattern: [Element]
  /// What PostgreSQL's message must contain.
  var message: String?
  /// What to write instead; `$1` stands for the text of the first element, `$#` for a number of its own.
  var advice: String
  /// The text in its place; nil where the rest can't be read anyway.
  var repair: String?
  /// The text that a fix writes; nil where it isn't mechanical.
  var fix: String?
  /// What the fix adds at the end of the statement.
  var ending: String?

  struct Element: Sendable {
    enum Kind: Sendable {
      case words(Set<String>)
      case name, type, number, string, group, any, clause, rest, closing
      case open, close
    }

    var kind: Kind
    var isOptional: Bool
  }

  enum Mending: Sendable {
    /// The same text serves for reading on and as a fix.
    case fix(String)
    /// The text serves for reading on only.
    case reading(String)
    /// The statement can't be read on.
    case none
  }

  init(
    _ cause: SyntaxCause.Origin, _ name: String, in statement: String = "", _ pattern: String, _ mending: Mending,
    fix: String? = nil, ending: String? = nil, message: String? = nil, _ advice: String = ""
  ) {
    self.cause = cause
    self.name = name
    self.statement = statement.split(separator: " ").map(String.init)
    self.pattern = pattern.split(separator: " ").map { Element(String($0)) }
    self.message = message
    self.advice = advice
    self.ending = ending
    switch mending {
    case .fix(let text):
      repair = text
      self.fix = text
    case .reading(let text):
      repair = text
      self.fix = fix
    case .none:
      repair = nil
      self.fix = fix
    }
  }
}

extension KnownForm.Element {
  fileprivate init(_ text: String) {
    isOptional = text.count > 1 && text.hasSuffix("?")
    let text = isOptional ? String(text.dropLast()) : text
    kind =
      switch text {
      case "@name": .name
      case "@type": .type
      case "@number": .number
      case "@string": .string
      case "@group": .group
      case "@any": .any
      case "@clause": .clause
      case "@rest": .rest
      case "@closing": .closing
      case "<": .open
      case ">": .close
      default: .words(Set(text.split(separator: "|").map(String.init)))
      }
  }
}

/// Where a form stands in a statement: the tokens of its elements, and those that are replaced.
struct FormMatch {
  var elements: [Range<Int>] = []
  var replaced: Range<Int>
  var whole: Range<Int>
}

extension BrokenStatement {
  /// The form around the token at which the grammar stopped.
  func match(_ form: KnownForm) -> FormMatch? {
    if let part = form.message, !message.contains(part) { return nil }
    if let first = form.statement.first {
      guard word(at: 0) == first, form.statement.dropFirst().allSatisfy(words.prefix(6).contains) else { return nil }
    }
    for start in stride(from: place, through: max(0, place - 80), by: -1) {
      var state = MatchState(elements: [], opened: nil, closed: nil)
      if let end = match(form.pattern[...], at: start, &state), start <= place, place < end {
        let whole = start..<end
        return FormMatch(
          elements: state.elements, replaced: state.opened.map { $0..<(state.closed ?? end) } ?? whole, whole: whole)
      }
    }
    return nil
  }

  private struct MatchState {
    var elements: [Range<Int>]
    var opened: Int?
    var closed: Int?
  }

  /// The token after the elements, where they stand at a token.
  private func match(_ pattern: ArraySlice<KnownForm.Element>, at index: Int, _ state: inout MatchState) -> Int? {
    guard let element = pattern.first else { return index }
    let rest = pattern.dropFirst()
    let saved = state
    switch element.kind {
    case .open:
      state.opened = index
      return match(rest, at: index, &state)
    case .close:
      state.closed = index
      return match(rest, at: index, &state)
    default: break
    }
    if let end = end(of: element.kind, at: index) {
      state.elements.append(index..<end)
      if let found = match(rest, at: end, &state) { return found }
      state = saved
    }
    guard element.isOptional else { return nil }
    state.elements.append(index..<index)
    if let found = match(rest, at: index, &state) { return found }
    state = saved
    return nil
  }

  /// The token after an element that stands at a token; nil where it doesn't stand there.
  private func end(of kind: KnownForm.Element.Kind, at index: Int) -> Int? {
    guard index < tokens.count else { return nil }
    switch kind {
    case .words(let choices): return choices.contains(text(at: index).lowercased()) ? index + 1 : nil
    case .closing: return isPunctuation(")", at: index) && closing(firstGroup) == index ? index + 1 : nil
    case .number: return tokens[index].kind == .number ? index + 1 : nil
    case .string: return tokens[index].kind == .string ? index + 1 : nil
    case .any: return isPunctuation(";", at: index) ? nil : index + 1
    case .clause:
      let end = endOfClause(index)
      return end > index ? end : nil
    case .rest: return index <= lastBeforeEnd ? lastBeforeEnd + 1 : nil
    case .group: return isPunctuation("(", at: index) ? closing(index).map { $0 + 1 } : nil
    case .name: return endOfName(index)
    case .type:
      guard let end = endOfName(index) else { return nil }
      return isPunctuation("(", at: end) ? closing(end).map { $0 + 1 } : end
    case .open, .close: return nil
    }
  }

  /// The comma, parenthesis or semicolon that ends an element of a list.
  private func endOfClause(_ index: Int) -> Int {
    var index = index
    while index <= lastBeforeEnd, !isPunctuation(",", at: index), !isPunctuation(")", at: index) {
      index = isPunctuation("(", at: index) ? (closing(index) ?? lastBeforeEnd) + 1 : index + 1
    }
    return index
  }

  private var firstGroup: Int { tokens.indices.first { isPunctuation("(", at: $0) } ?? tokens.count }

  private func endOfName(_ index: Int) -> Int? {
    var index = index
    while true {
      if let close = ["`": "`", "[": "]"][text(at: index)] {
        guard text(at: index + 2) == close else { return nil }
        index += 3
      } else {
        guard tokens.indices.contains(index), [.word, .quotedIdentifier].contains(tokens[index].kind) else {
          return nil
        }
        index += 1
      }
      guard isPunctuation(".", at: index) else { return index }
      index += 1
    }
  }

  /// A text with what the elements stand for.
  func fill(_ template: String, _ match: FormMatch) -> String {
    var result = template.replacing("$#", with: "\(tokens[match.whole.lowerBound].range.lowerBound)")
    for (number, element) in match.elements.enumerated().reversed() {
      result = result.replacing("$\(number + 1)", with: element.isEmpty ? "" : edited(span(element)))
    }
    return result
  }

  /// The bytes of tokens; for none, the place before the one that follows.
  func span(_ indices: Range<Int>) -> Range<Int> {
    if indices.isEmpty {
      let place =
        indices.lowerBound < tokens.count ? tokens[indices.lowerBound].range.lowerBound : self.range.upperBound
      return place..<place
    }
    return tokens[indices.lowerBound].range.lowerBound..<tokens[indices.upperBound - 1].range.upperBound
  }
}
