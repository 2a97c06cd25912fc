import CPgQuery
import Diagnostics

/// What PostgreSQL's grammar says against a statement.
public struct ParseError: Error, Hashable, Sendable {
  /// PostgreSQL's own message.
  public var message: String
  /// The token at which parsing stopped, in bytes of the file.
  public var range: Range<Int>
  /// The whole statement.
  public var statement: Range<Int>
}

/// What stands in a stretch of SQL.
public struct ParsedSQL: Hashable, Sendable {
  public var statements: [Statement] = []
  public var errors: [ParseError] = []
  /// psql's own commands and variables, which no server understands.
  public var psqlCommands: [Range<Int>] = []

  public init() {}
}

/// Parses the SQL in a range of a file. A statement with a syntax error doesn't keep its neighbours from being parsed.
public func parse(_ file: SourceFile, in range: Range<Int>? = nil) -> ParsedSQL {
  let range = range ?? 0..<file.bytes.count
  var result = ParsedSQL()
  if let statements = try? parseWhole(file, in: range) {
    result.statements = statements
    return result
  }
  let pieces = Splitter(file, in: range).split()
  result.psqlCommands = pieces.psqlCommands
  for piece in pieces.statements {
    do throws(ParseError) {
      result.statements += try parseWhole(file, in: piece)
    } catch {
      result.errors.append(error)
    }
  }
  return result
}

private func parseWhole(_ file: SourceFile, in range: Range<Int>) throws(ParseError) -> [Statement] {
  // The parser takes C strings and would stop at a NUL byte without a word.
  if let offset = file.bytes[range].firstIndex(of: 0) {
    throw ParseError(message: "a NUL byte is no SQL", range: offset..<offset + 1, statement: trimmed(file, range))
  }
  let tree = withUnsafeTemporaryAllocation(of: CChar.self, capacity: range.count + 1) { text in
    file.bytes[range].withUnsafeBytes { UnsafeMutableRawBufferPointer(text).copyMemory(from: $0) }
    text[range.count] = 0
    return scx_parse(text.baseAddress!)
  }
  defer { scx_free(tree) }
  if let error = tree.error {
    throw ParseError(
      message: String(cString: error.pointee.message),
      range: errorRange(file, in: range, codePoint: Int(error.pointee.cursorpos)),
      statement: trimmed(file, range))
  }
  let lowering = Lowering(places: TextPlaces(base: range.lowerBound))
  return each(tree.statement_count, tree.statements).compactMap { raw in
    guard let node = raw.pointee.stmt else { return nil }
    let start = range.lowerBound + Int(raw.pointee.stmt_location)
    let length = Int(raw.pointee.stmt_len)
    let end = length == 0 ? range.upperBound : start + length
    return Statement(range: trimmed(file, start..<end), action: lowering.action(node))
  }
}

/// The range without the blanks and comments around its SQL, and without a closing semicolon.
private func trimmed(_ file: SourceFile, _ range: Range<Int>) -> Range<Int> {
  var start: Int?
  var end = range.lowerBound
  var lexer = Lexer(file.bytes, in: range)
  while let token = lexer.next() {
    if token.kind == .comment || file.isPunctuation(token, ";") { continue }
    if start == nil { start = token.range.lowerBound }
    end = token.range.upperBound
  }
  return (start ?? range.lowerBound)..<end
}

/// The token at an error position, which libpg_query counts in code points from 1.
private func errorRange(_ file: SourceFile, in range: Range<Int>, codePoint: Int) -> Range<Int> {
  guard codePoint > 0 else { return trimmed(file, range) }
  var offset = range.lowerBound
  var remaining = codePoint - 1
  while offset < range.upperBound, remaining > 0 {
    offset += 1
    while offset < range.upperBound, file.bytes[offset] & 0b1100_0000 == 0b1000_0000 { offset += 1 }
    remaining -= 1
  }
  var lexer = Lexer(file.bytes, in: offset..<range.upperBound)
  guard let token = lexer.next() else {
    let statement = trimmed(file, range)
    return max(statement.lowerBound, statement.upperBound - 1)..<statement.upperBound
  }
  return token.range
}
