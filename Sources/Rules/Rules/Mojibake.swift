import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/mojibake.md.
struct Mojibake: Rule {
  static let id = "mojibake"
  static let severity = Severity.warning
  static let category = Category.design

  /// How the first bytes of UTF-8 look after they were read as Windows-1252 and saved as UTF-8 again: of accented letters,
  /// of quotes and dashes, of emoji.
  private static let traces: [[UInt8]] = [
    Array("Ã".utf8), Array("â€".utf8), Array("âœ".utf8), Array("ðŸ".utf8), Array("Â ".utf8),
  ]

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.set.files.compactMap { file in
      let found = Self.traces.flatMap { self.places(of: $0, in: file) }.sorted { $0.lowerBound < $1.lowerBound }
      guard let first = found.first else { return nil }
      return Diagnostic(
        rule: Self.id, severity: Self.severity, category: Self.category,
        message: "the text has been read in a wrong encoding and saved", range: file.range(first),
        notes: found.count > 1 ? ["\(found.count) places in the file"] : [],
        help: "restore it from before, or read it as UTF-8, write it as Windows-1252, and read that as UTF-8")
    }
  }

  private func places(of trace: [UInt8], in file: SourceFile) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var offset = 0
    while let match = file.firstRange(of: trace, from: offset), found.count < 1000 {
      offset = match.upperBound
      // After a letter that begins such a pair, only what a continuation byte became may follow.
      guard offset < file.bytes.count, file.bytes[offset] >= 0xC2, trace.count > 2 || file.bytes[offset] == 0xC2 else {
        continue
      }
      found.append(match.lowerBound..<endOfCharacter(at: offset, in: file))
    }
    return found
  }

  private func endOfCharacter(at offset: Int, in file: SourceFile) -> Int {
    var end = offset + 1
    while end < file.bytes.count, file.bytes[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }
}
