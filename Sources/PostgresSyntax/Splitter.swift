import Diagnostics

/// Cuts SQL into statements, each with its semicolon, without parsing it, for text that the grammar can't read as a
/// whole: a syntax error somewhere, psql's commands, rows for COPY, a byte order mark, a NUL byte.
struct Splitter {
  struct Pieces {
    var statements: [Range<Int>] = []
    var psqlCommands: [Range<Int>] = []
  }

  private let file: SourceFile
  private let range: Range<Int>

  init(_ file: SourceFile, in range: Range<Int>) {
    self.file = file
    // A byte order mark is no SQL.
    let hasMark = file.bytes[range].starts(with: [0xEF, 0xBB, 0xBF])
    self.range = (hasMark ? range.lowerBound + 3 : range.lowerBound)..<range.upperBound
  }

  func split() -> Pieces {
    var pieces = Pieces()
    var start: Int?
    var end = range.lowerBound
    var depth = 0
    var atomicDepth = 0
    var words: [String] = []

    func close(at offset: Int) {
      if let start { pieces.statements.append(start..<offset) }
      start = nil
      depth = 0
      atomicDepth = 0
      words = []
    }

    var lexer = Lexer(file.bytes, in: range)
    while let token = lexer.next() {
      guard token.kind != .comment else { continue }
      if token.kind == .backslash, start == nil || isLineStart(token.range.lowerBound) {
        close(at: end)
        let position = lineEnd(after: token.range.lowerBound)
        pieces.psqlCommands.append(token.range.lowerBound..<position)
        lexer = Lexer(file.bytes, in: position..<range.upperBound)
        continue
      }
      if start == nil, let end = foreignEnd(token) {
        pieces.statements.append(token.range.lowerBound..<end)
        lexer = Lexer(file.bytes, in: end..<range.upperBound)
        continue
      }
      if file.isPunctuation(token, "(") { depth += 1 }
      if file.isPunctuation(token, ")") { depth = max(0, depth - 1) }
      if token.kind == .word {
        let word = file.text(token.range).lowercased()
        if word == "atomic", words.last == "begin" { atomicDepth = 1 }
        if atomicDepth > 0, word == "case" { atomicDepth += 1 }
        if atomicDepth > 0, word == "end" { atomicDepth -= 1 }
        words.append(word)
      }
      if file.isPunctuation(token, ";"), atomicDepth == 0, depth == 0 || startsStatement(after: token.range.upperBound)
      {
        let isCopy = words.first == "copy" && words.suffix(12).contains("stdin")
        close(at: token.range.upperBound)
        if isCopy {
          lexer = Lexer(file.bytes, in: copyDataEnd(after: token.range.upperBound)..<range.upperBound)
        }
        continue
      }
      if start == nil { start = token.range.lowerBound }
      end = token.range.upperBound
    }
    close(at: end)
    return pieces
  }

  /// The end of what no semicolon ends: MySQL's `DELIMITER` up to where it gives the semicolon back, Oracle's slash.
  private func foreignEnd(_ token: Token) -> Int? {
    let isSlash = file.bytes[token.range.lowerBound] == UInt8(ascii: "/") && token.range.count == 1
    let isDelimiter = token.kind == .word && token.range.count == "delimiter".utf8.count
    guard isSlash || isDelimiter, isLineStart(token.range.lowerBound) else { return nil }
    let line = lineEnd(after: token.range.lowerBound)
    let text = file.text(token.range.lowerBound..<line).trimmingSpaces
    if text == "/" { return token.range.upperBound }
    guard text.lowercased().hasPrefix("delimiter "), !text.hasSuffix(";") else { return nil }
    var end = line
    while end < range.upperBound {
      let next = lineEnd(after: min(end + 1, range.upperBound))
      let words = file.text(min(end + 1, next)..<next).lowercased().split(separator: " ")
      if words.first == "delimiter", words.last?.trimmingSpaces == ";" { return next }
      end = next
    }
    return range.upperBound
  }

  /// With a parenthesis left open, a semicolon still ends the statement where a new one evidently begins.
  private func startsStatement(after offset: Int) -> Bool {
    var lexer = Lexer(file.bytes, in: offset..<range.upperBound)
    while let token = lexer.next() {
      if token.kind == .comment { continue }
      guard token.kind == .word else { return false }
      return Self.statementWords.contains(file.text(token.range).lowercased())
    }
    return true
  }

  private static let statementWords: Set<String> = [
    "alter", "begin", "comment", "commit", "copy", "create", "do", "drop", "grant", "revoke", "rollback", "set",
    "truncate",
  ]

  private func isLineStart(_ offset: Int) -> Bool {
    var index = offset - 1
    while index >= range.lowerBound, file.bytes[index] != UInt8(ascii: "\n") {
      guard file.bytes[index].isSpace else { return false }
      index -= 1
    }
    return true
  }

  private func lineEnd(after offset: Int) -> Int {
    file.bytes[offset..<range.upperBound].firstIndex(of: UInt8(ascii: "\n")) ?? range.upperBound
  }

  /// Rows for COPY end with a line `\.`; in a file without one they reach to its end.
  private func copyDataEnd(after offset: Int) -> Int {
    var line = lineEnd(after: offset)
    while line < range.upperBound {
      let start = line + 1
      line = lineEnd(after: min(start, range.upperBound))
      let text = file.bytes[min(start, range.upperBound)..<line]
      if text.starts(with: Array("\\.".utf8)) { return line }
    }
    return range.upperBound
  }
}

extension StringProtocol {
  fileprivate var trimmingSpaces: String {
    let text = drop { $0.isWhitespace }
    return String(text.reversed().drop { $0.isWhitespace }.reversed())
  }
}
