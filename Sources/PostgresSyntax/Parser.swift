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
  public var cause = SyntaxCause.grammar
  /// The code with which the server rejects the statement (PostgreSQL documentation, appendix A); nil where it gets none.
  public var sqlState: String? = "42601"
  /// Whether the statement could be read nevertheless, and is among the statements.
  public var isRecovered = false
}

/// What stands in a stretch of SQL.
public struct ParsedSQL: Hashable, Sendable {
  public var statements: [Statement] = []
  public var errors: [ParseError] = []
  /// psql's own commands and variables, which no server understands.
  public var psqlCommands: [Range<Int>] = []

  public init() {}

  /// The first error that no later version of PostgreSQL takes away.
  public var lastingError: ParseError? { errors.first(where: \.cause.isLasting) }

  /// A statement, or what could not be read at all.
  public enum Piece: Hashable, Sendable {
    case statement(Statement)
    case unreadable(Range<Int>)

    public var range: Range<Int> {
      switch self {
      case .statement(let statement): statement.range
      case .unreadable(let range): range
      }
    }
  }

  /// Everything that a runner sends, in order.
  public var pieces: [Piece] {
    let statements = statements.map { Piece.statement($0) }
    var unreadable: [Range<Int>] = []
    for error in errors where !error.isRecovered && unreadable.last != error.statement {
      unreadable.append(error.statement)
    }
    if unreadable.isEmpty { return statements }
    return (statements + unreadable.map { .unreadable($0) }).sorted { $0.range.lowerBound < $1.range.lowerBound }
  }
}

/// Parses the SQL in a range of a file. A statement with a syntax error doesn't keep its neighbours from being parsed.
public func parse(_ file: SourceFile, in range: Range<Int>? = nil) -> ParsedSQL {
  let range = range ?? 0..<file.bytes.count
  var result = ParsedSQL()
  if let failure = file.failure {
    result.errors = [ParseError(message: failure, range: range, statement: range, sqlState: nil)]
    return result
  }
  if let statements = try? parseWhole(file, in: range) {
    result.statements = statements
  } else {
    let pieces = Splitter(file, in: range).split()
    result.psqlCommands = pieces.psqlCommands
    for piece in pieces.statements { result.add(file, piece) }
    result.statements.sort { $0.range.lowerBound < $1.range.lowerBound }
  }
  if let offset = file.firstInvalidUTF8(in: range) { result.addEncodingError(file, range, at: offset) }
  return result
}

/// Cuts a script that is too long to be parsed in one piece between statements.
public func stretches(of file: SourceFile, in range: Range<Int>, length: Int = 1 << 20) -> [Range<Int>] {
  guard range.count > 2 * length else { return [range] }
  var stretches: [Range<Int>] = []
  var start = range.lowerBound
  for piece in Splitter(file, in: range).split().statements where piece.lowerBound - start >= length {
    stretches.append(start..<piece.lowerBound)
    start = piece.lowerBound
  }
  return stretches + [start..<range.upperBound]
}

extension ParsedSQL {
  /// Parses a stretch between two semicolons.
  mutating func add(_ file: SourceFile, _ piece: Range<Int>) {
    do throws(ParseError) {
      statements += try parseWhole(file, in: piece)
    } catch {
      addBroken(file, piece, error)
    }
  }
}

/// A stretch of SQL in the form in which it is parsed: as it stands in the file, or with substitutions and repairs.
struct ParsableText {
  var bytes: [UInt8]
  var places: TextPlaces
  var range: Range<Int>

  init(_ file: SourceFile, in range: Range<Int>, edits: [Substitution] = []) {
    self.range = range
    places = TextPlaces(base: range.lowerBound)
    let inside = (file.substitutions + edits).filter {
      range.lowerBound <= $0.range.lowerBound && $0.range.upperBound <= range.upperBound
    }.sorted { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    guard !inside.isEmpty else {
      bytes = Array(file.bytes[range])
      return
    }
    bytes = []
    var place = range.lowerBound
    for edit in inside where edit.range.lowerBound >= place {
      bytes += file.bytes[place..<edit.range.lowerBound]
      // Whatever the new text holds stands where the old one did.
      for offset in 0..<edit.text.utf8.count {
        let parsed = bytes.count + offset
        places.shifts.append((parsed, edit.range.lowerBound - range.lowerBound - parsed))
      }
      bytes += Array(edit.text.utf8)
      place = edit.range.upperBound
      places.shifts.append((bytes.count, place - range.lowerBound - bytes.count))
    }
    bytes += file.bytes[place..<range.upperBound]
  }
}

func parseWhole(
  _ file: SourceFile, in range: Range<Int>, edits: [Substitution] = []
) throws(ParseError) -> [Statement] {
  // The parser takes C strings and would stop at a NUL byte without a word.
  if let offset = file.bytes[range].firstIndex(of: 0) {
    throw ParseError(message: "a NUL byte is no SQL", range: offset..<offset + 1, statement: trimmed(file, range))
  }
  let source: ParsableText? =
    file.substitutions.isEmpty && edits.isEmpty ? nil : ParsableText(file, in: range, edits: edits)
  let length = source?.bytes.count ?? range.count
  let tree = withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) { text in
    if let source {
      source.bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(text).copyMemory(from: $0) }
    } else {
      file.bytes[range].withUnsafeBytes { UnsafeMutableRawBufferPointer(text).copyMemory(from: $0) }
    }
    text[length] = 0
    return scx_parse(text.baseAddress!)
  }
  defer { scx_free(tree) }
  let places = source?.places ?? TextPlaces(base: range.lowerBound)
  if let error = tree.error {
    let place = byte(ofCodePoint: Int(error.pointee.cursorpos), in: source?.bytes[...] ?? file.bytes[range])
    throw ParseError(
      message: shortened(String(cString: error.pointee.message)),
      range: errorRange(file, in: range, at: place.map { min(places.offset(of: $0), range.upperBound) }),
      statement: trimmed(file, range))
  }
  let lowering = Lowering(places: places)
  return each(tree.statement_count, tree.statements).compactMap { raw in
    guard let node = raw.pointee.stmt else { return nil }
    let start = places.offset(of: Int(raw.pointee.stmt_location))
    let count = Int(raw.pointee.stmt_len)
    let end = count == 0 ? range.upperBound : places.offset(of: Int(raw.pointee.stmt_location) + count)
    return Statement(
      range: trimmed(file, start..<max(start, min(end, range.upperBound))), action: lowering.action(node))
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

/// The byte of an error position, which libpg_query counts in code points from 1; nil where it gives none.
private func byte(ofCodePoint number: Int, in bytes: ArraySlice<UInt8>) -> Int? {
  guard number > 0 else { return nil }
  var offset = bytes.startIndex
  var remaining = number - 1
  while offset < bytes.endIndex, remaining > 0 {
    offset += 1
    while offset < bytes.endIndex, bytes[offset] & 0b1100_0000 == 0b1000_0000 { offset += 1 }
    remaining -= 1
  }
  return offset - bytes.startIndex
}

/// PostgreSQL quotes the whole token, which may be a string over many lines.
private func shortened(_ message: String) -> String {
  guard let quote = message.firstRange(of: " at or near \""), message.hasSuffix("\"") else { return message }
  let token = message[quote.upperBound...].dropLast()
  let short = token.prefix { !$0.isNewline }.prefix(40)
  return short.count == token.count ? message : "\(message[..<quote.upperBound])\(short)…\""
}

/// The token at which parsing stopped.
private func errorRange(_ file: SourceFile, in range: Range<Int>, at offset: Int?) -> Range<Int> {
  guard let offset else { return trimmed(file, range) }
  var lexer = Lexer(file.bytes, in: offset..<range.upperBound)
  guard let token = lexer.next() else {
    let statement = trimmed(file, range)
    return max(statement.lowerBound, statement.upperBound - 1)..<statement.upperBound
  }
  return token.range
}
