import Diagnostics

/// Questions about the text of a statement that its parse tree doesn't answer.
extension SourceFile {
  public func tokens(in range: Range<Int>) -> [Token] {
    Lexer(bytes, in: range).filter { $0.kind != .comment }
  }

  /// What an identifier token names: folded to lower case, or unquoted.
  public func identifier(_ token: Token) -> String? {
    switch token.kind {
    case .word: text(token.range).lowercased()
    case .quotedIdentifier:
      String(text(token.range).drop { $0 != "\"" }.dropFirst().dropLast()).replacingDoubledQuotes
    default: nil
    }
  }

  public func isPunctuation(_ token: Token, _ character: Unicode.Scalar) -> Bool {
    token.kind == .punctuation && bytes[token.range.lowerBound] == UInt8(ascii: character)
  }

  /// The possibly qualified name that starts at `offset`: `a`, `"A"."b"`.
  public func nameRange(at offset: Int, within limit: Range<Int>) -> Range<Int> {
    var end = offset
    var expectsPart = true
    for token in Lexer(bytes, in: offset..<max(offset, limit.upperBound)) {
      if expectsPart, token.kind == .word || token.kind == .quotedIdentifier {
        end = token.range.upperBound
        expectsPart = false
      } else if !expectsPart, isPunctuation(token, ".") {
        expectsPart = true
      } else {
        break
      }
    }
    return offset..<max(end, min(offset + 1, bytes.count))
  }

  /// The element of a parenthesised list that starts at `offset`: up to the comma or parenthesis that ends it.
  public func elementRange(at offset: Int, within limit: Range<Int>) -> Range<Int> {
    var depth = 0
    var end = offset
    for token in Lexer(bytes, in: offset..<max(offset, limit.upperBound)) where token.kind != .comment {
      if isPunctuation(token, "(") || isPunctuation(token, "[") { depth += 1 }
      if isPunctuation(token, ")") || isPunctuation(token, "]") { depth -= 1 }
      if depth < 0 || (depth == 0 && isPunctuation(token, ",")) || isPunctuation(token, ";") { break }
      end = token.range.upperBound
    }
    return offset..<max(end, offset)
  }

  /// Where a name is written inside `range`: the first identifier that spells it, with its qualifiers.
  public func firstMention(of name: String, in range: Range<Int>) -> Range<Int>? {
    var start: Int?
    var expectsPart = false
    for token in Lexer(bytes, in: range) where token.kind != .comment {
      if let identifier = identifier(token) {
        let first = expectsPart ? start ?? token.range.lowerBound : token.range.lowerBound
        if identifier == name { return first..<token.range.upperBound }
        start = first
        expectsPart = false
      } else if isPunctuation(token, ".") {
        expectsPart = true
      } else {
        start = nil
        expectsPart = false
      }
    }
    return nil
  }
}

extension String {
  fileprivate var replacingDoubledQuotes: String {
    guard contains("\"\"") else { return self }
    var result = ""
    var skips = false
    for character in self {
      if character == "\"", !skips {
        skips = true
      } else {
        result.append(character)
        skips = false
      }
    }
    return result
  }
}
