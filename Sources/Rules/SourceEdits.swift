import Diagnostics
import PostgresSyntax

/// Places in a file that fixes edit.
extension SourceFile {
  /// The statement with its semicolon.
  public func wholeStatement(_ range: Range<Int>) -> Range<Int> {
    var lexer = Lexer(bytes, in: range.upperBound..<bytes.count)
    while let token = lexer.next() {
      if token.kind == .comment { continue }
      return isPunctuation(token, ";") ? range.lowerBound..<token.range.upperBound : range
    }
    return range
  }

  /// A word with the blanks before it.
  func withBlanksBefore(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    while start > 0, bytes[start - 1] == UInt8(ascii: " ") { start -= 1 }
    return start..<range.upperBound
  }

  /// What stands in parentheses that open at a place, with them.
  func parenthesized(at offset: Int) -> Range<Int> {
    var depth = 0
    for token in Lexer(bytes, in: offset..<bytes.count) {
      if isPunctuation(token, "(") { depth += 1 }
      if isPunctuation(token, ")") { depth -= 1 }
      if depth == 0 { return offset..<token.range.upperBound }
    }
    return offset..<min(offset + 1, bytes.count)
  }

  /// The range with the blanks before it and the line end before those, where nothing else is on its line before it. The
  /// line end stays where a comment would otherwise swallow what comes after the range.
  func wholeLine(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    while start > 0, bytes[start - 1] == UInt8(ascii: " ") || bytes[start - 1] == UInt8(ascii: "\t") { start -= 1 }
    guard start > 0, bytes[start - 1] == UInt8(ascii: "\n") else { return range }
    let before = line(position(at: start - 1).line) ?? ""
    guard !before.contains("--") else { return start..<range.upperBound }
    start -= 1
    if start > 0, bytes[start - 1] == UInt8(ascii: "\r") { start -= 1 }
    return start..<range.upperBound
  }

  /// The last comma before `offset`, comments passed over, if nothing else stands between.
  func comma(before offset: Int, in range: Range<Int>) -> Range<Int>? {
    let last = tokens(in: range.lowerBound..<offset).last
    return last.flatMap { isPunctuation($0, ",") ? $0.range : nil }
  }

  func comma(after offset: Int, in range: Range<Int>) -> Range<Int>? {
    let next = tokens(in: offset..<range.upperBound).first
    return next.flatMap { isPunctuation($0, ",") ? $0.range : nil }
  }
}
