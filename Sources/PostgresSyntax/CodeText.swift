import Diagnostics

/// The text of a function or DO block with its place in the file.
///
/// In dollar quotes, the text stands in the file as it is; in plain quotes, doubled quotes and escapes move it.
public struct CodeText: Sendable {
  private let file: SourceFile
  private let range: Range<Int>
  /// For each byte of a text of its own, the byte of the file that it comes from.
  private var origins: [Int]?

  public init(_ body: CodeBody, in file: SourceFile, within statement: Range<Int>) {
    let start = body.offset < 0 ? statement.lowerBound : body.offset
    var lexer = Lexer(file.bytes, in: start..<max(start, statement.upperBound))
    while let token = lexer.next() {
      if token.kind == .dollarString {
        let tag = file.bytes[(token.range.lowerBound + 1)...].prefix { $0 != UInt8(ascii: "$") }.count + 2
        self.file = file
        range = token.range.lowerBound + tag..<max(token.range.lowerBound + tag, token.range.upperBound - tag)
        return
      }
      guard token.kind == .string else { continue }
      let content = token.range.lowerBound + 1..<max(token.range.lowerBound + 1, token.range.upperBound - 1)
      let isPlain =
        file.bytes[token.range.lowerBound] == UInt8(ascii: "'") && !file.bytes[content].contains(UInt8(ascii: "'"))
      if isPlain, content.count == body.text.utf8.count {
        self.file = file
        range = content
        return
      }
      (self.file, origins) = Self.decoded(body.text, in: file, content)
      range = 0..<body.text.utf8.count
      return
    }
    self.file = SourceFile(path: file.path, text: body.text)
    range = 0..<body.text.utf8.count
    origins = Array(repeating: statement.lowerBound, count: body.text.utf8.count + 1)
  }

  /// The text as a file of its own, with the place that each byte comes from.
  private static func decoded(_ text: String, in file: SourceFile, _ content: Range<Int>) -> (SourceFile, [Int]) {
    let bytes = Array(text.utf8)
    var origins: [Int] = []
    var place = content.lowerBound
    for byte in bytes {
      while place < content.upperBound, file.bytes[place] != byte { place += 1 }
      origins.append(min(place, content.upperBound))
      // The second of two quotes is the one that counts.
      if byte == UInt8(ascii: "'"), place + 1 < content.upperBound, file.bytes[place + 1] == byte { place += 1 }
      place += 1
    }
    origins.append(content.upperBound)
    return (SourceFile(path: file.path, bytes: bytes), origins)
  }

  /// The text as SQL.
  public var parsed: ParsedSQL { parse(file, in: range) }

  /// The text as a block of PL/pgSQL.
  public var block: ProceduralBlock { ProceduralParser(file, in: range).parse() }

  /// The file that offsets of the parsed text are in.
  public var source: SourceFile { file }

  /// The byte of the file that a byte of the parsed text comes from.
  public func offset(of place: Int) -> Int {
    guard let origins else { return place }
    return place < origins.count ? origins[max(0, place)] : origins.last ?? place
  }
}
