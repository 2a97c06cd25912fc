/// One lexical element of SQL, with its place in bytes.
public struct Token: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// An unquoted word: identifier or keyword.
    case word
    case quotedIdentifier
    case string
    case dollarString
    case number
    case parameter
    /// One character: `( ) [ ] , ; . :`
    case punctuation
    case operation
    case comment
    /// A backslash outside any string: psql's own.
    case backslash
    /// A string, quoted identifier or comment that never ends.
    case unterminated
  }

  public var kind: Kind
  public var range: Range<Int>
}

/// Splits SQL into tokens by the rules of PostgreSQL's scanner, without ever failing.
///
/// Source: PostgreSQL 15 documentation, section 4.1 "Lexical Structure".
public struct Lexer: Sequence, IteratorProtocol {
  private let bytes: [UInt8]
  private let end: Int
  private var position: Int

  public init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
    self.bytes = bytes
    position = range?.lowerBound ?? 0
    end = Swift.min(range?.upperBound ?? bytes.count, bytes.count)
  }

  public mutating func next() -> Token? {
    while position < end, bytes[position].isSpace { position += 1 }
    guard position < end else { return nil }
    let start = position
    let kind = scan()
    return Token(kind: kind, range: start..<position)
  }

  private func peek(_ distance: Int = 1) -> UInt8 {
    position + distance < end ? bytes[position + distance] : 0
  }

  private mutating func scan() -> Token.Kind {
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "-") where peek() == UInt8(ascii: "-"): return lineComment()
    case UInt8(ascii: "/") where peek() == UInt8(ascii: "*"): return blockComment()
    case UInt8(ascii: "'"): return quoted(by: byte, escapes: false, as: .string)
    case UInt8(ascii: "\""): return quoted(by: byte, escapes: false, as: .quotedIdentifier)
    case UInt8(ascii: "$"): return dollar()
    case UInt8(ascii: "\\"):
      position += 1
      return .backslash
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","),
      UInt8(ascii: ";"), UInt8(ascii: ":"):
      position += 1
      return .punctuation
    case UInt8(ascii: ".") where !peek().isDigit:
      position += 1
      return .punctuation
    case _ where byte.isDigit || byte == UInt8(ascii: "."): return number()
    case _ where byte.startsWord: return word()
    default: return operation()
    }
  }

  private mutating func lineComment() -> Token.Kind {
    while position < end, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    return .comment
  }

  private mutating func blockComment() -> Token.Kind {
    var depth = 0
    while position < end {
      if bytes[position] == UInt8(ascii: "/"), peek() == UInt8(ascii: "*") {
        depth += 1
        position += 2
      } else if bytes[position] == UInt8(ascii: "*"), peek() == UInt8(ascii: "/") {
        depth -= 1
        position += 2
        if depth == 0 { return .comment }
      } else {
        position += 1
      }
    }
    position = end
    return .unterminated
  }

  private mutating func quoted(by quote: UInt8, escapes: Bool, as kind: Token.Kind) -> Token.Kind {
    position += 1
    while position < end {
      if escapes, bytes[position] == UInt8(ascii: "\\") {
        position += 2
      } else if bytes[position] != quote {
        position += 1
      } else if peek() == quote {
        position += 2
      } else {
        position += 1
        return kind
      }
    }
    position = end
    return .unterminated
  }

  private mutating func dollar() -> Token.Kind {
    if peek().isDigit {
      position += 1
      while position < end, bytes[position].isDigit { position += 1 }
      return .parameter
    }
    var tagEnd = position + 1
    while tagEnd < end, bytes[tagEnd].continuesTag { tagEnd += 1 }
    guard tagEnd < end, bytes[tagEnd] == UInt8(ascii: "$") else {
      position += 1
      return .operation
    }
    let tag = bytes[position...tagEnd]
    position = tagEnd + 1
    while position + tag.count <= end {
      if bytes[position] == UInt8(ascii: "$"), bytes[position..<position + tag.count].elementsEqual(tag) {
        position += tag.count
        return .dollarString
      }
      position += 1
    }
    position = end
    return .unterminated
  }

  private mutating func number() -> Token.Kind {
    while position < end, bytes[position].continuesWord || bytes[position] == UInt8(ascii: ".") {
      // `1..10` is a range in PL/pgSQL, not a number with two points.
      if bytes[position] == UInt8(ascii: "."), peek() == UInt8(ascii: ".") { break }
      let isExponent = bytes[position] | 0x20 == UInt8(ascii: "e")
      position += 1
      if isExponent, position < end, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+"),
        peek().isDigit
      {
        position += 1
      }
    }
    return .number
  }

  private mutating func word() -> Token.Kind {
    let first = bytes[position] | 0x20
    if peek() == UInt8(ascii: "'") {
      if first == UInt8(ascii: "e") {
        position += 1
        return quoted(by: UInt8(ascii: "'"), escapes: true, as: .string)
      }
      if first == UInt8(ascii: "b") || first == UInt8(ascii: "x") || first == UInt8(ascii: "n") {
        position += 1
        return quoted(by: UInt8(ascii: "'"), escapes: false, as: .string)
      }
    }
    if first == UInt8(ascii: "u"), peek() == UInt8(ascii: "&"),
      peek(2) == UInt8(ascii: "'") || peek(2) == UInt8(ascii: "\"")
    {
      let quote = peek(2)
      position += 2
      return quoted(by: quote, escapes: false, as: quote == UInt8(ascii: "'") ? .string : .quotedIdentifier)
    }
    while position < end, bytes[position].continuesWord { position += 1 }
    return .word
  }

  private mutating func operation() -> Token.Kind {
    position += 1
    while position < end, bytes[position].isOperator {
      if bytes[position] == UInt8(ascii: "-"), peek() == UInt8(ascii: "-") { break }
      if bytes[position] == UInt8(ascii: "/"), peek() == UInt8(ascii: "*") { break }
      position += 1
    }
    return .operation
  }
}

extension UInt8 {
  var isSpace: Bool { self == 32 || (9...13).contains(self) }
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
  var startsWord: Bool { isLetter || self == UInt8(ascii: "_") || self >= 0x80 }
  var continuesTag: Bool { startsWord || isDigit }
  var continuesWord: Bool { continuesTag || self == UInt8(ascii: "$") }
  var isOperator: Bool { "+-*/<>=~!@#%^&|`?".utf8.contains(self) }
}
