import Diagnostics

extension SourceFile {
  /// The first byte that is no part of UTF-8 (RFC 3629).
  func firstInvalidUTF8(in range: Range<Int>) -> Int? {
    bytes.withUnsafeBytes { bytes -> Int? in
      var offset = range.lowerBound
      while offset < range.upperBound {
        if offset + 8 <= range.upperBound,
          bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
          offset += 8
          continue
        }
        guard let length = Self.sequence(UnsafeRawBufferPointer(rebasing: bytes[offset..<range.upperBound])) else {
          return offset
        }
        offset += length
      }
      return nil
    }
  }

  /// The length of the character that the bytes begin with; nil where they begin with none.
  private static func sequence(_ bytes: UnsafeRawBufferPointer) -> Int? {
    let (length, second): (Int, ClosedRange<UInt8>)
    switch bytes[0] {
    case 0..<0x80: return 1
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard bytes.count >= length, second.contains(bytes[1]),
      bytes[2..<max(2, length)].allSatisfy({ (0x80...0xBF).contains($0) })
    else { return nil }
    return length
  }
}

extension ParsedSQL {
  /// Reports the first byte in a wrong encoding, and leaves the statement as it could be read. Comments are no part of
  /// statements.
  mutating func addEncodingError(_ file: SourceFile, _ range: Range<Int>, at first: Int) {
    var offset: Int? = first
    var lexer = Lexer(file.bytes, in: range)
    while let wrong = offset, let token = lexer.next() {
      guard token.range.upperBound > wrong else { continue }
      if token.kind == .comment {
        offset = file.firstInvalidUTF8(in: token.range.upperBound..<range.upperBound)
        continue
      }
      let byte = String(file.bytes[wrong], radix: 16)
      let statement = pieces.first { $0.range.contains(wrong) }?.range ?? token.range
      errors.append(
        ParseError(
          message: "invalid byte sequence for encoding \"UTF8\": 0x\(byte)", range: wrong..<wrong + 1,
          statement: statement, sqlState: "22021", isRecovered: true))
      return
    }
  }
}
