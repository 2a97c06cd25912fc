import Diagnostics
import Glibc

extension SourceFile {
  /// The lines with their bytes, line ends left out of the text and kept in the range.
  var lines: [(text: String, range: Range<Int>)] { lines(in: 0..<bytes.count) }

  /// The lines of a part of the file that begins at the start of a line.
  func lines(in part: Range<Int>) -> [(text: String, range: Range<Int>)] {
    LineRanges(self, in: part).map { (text($0), $1) }
  }

  /// The lines that begin with `--`.
  var commentLines: [(text: String, range: Range<Int>)] {
    LineRanges(self, in: 0..<bytes.count).filter { line, _ in isComment(line) }.map { (text($0), $1) }
  }

  /// The comment lines before the first SQL, in lower case and without their dashes.
  var leadingComments: [String] {
    var found: [String] = []
    var isInBlock = false
    for (line, _) in LineRanges(self, in: 0..<min(bytes.count, 4096)) {
      let content = withoutBlanks(line)
      if isInBlock || bytes[content].starts(with: Array("/*".utf8)) {
        isInBlock = bytes[content].suffix(2) != Array("*/".utf8)[...]
      } else if isComment(content) {
        found.append(text(content).dropFirst(2).trimmingBlanks.lowercased())
      } else if !content.isEmpty {
        break
      }
    }
    return found
  }

  private func isComment(_ line: Range<Int>) -> Bool {
    line.count > 1 && bytes[line.lowerBound] == UInt8(ascii: "-") && bytes[line.lowerBound + 1] == UInt8(ascii: "-")
  }

  /// A line without leading blanks or byte-order mark.
  private func withoutBlanks(_ line: Range<Int>) -> Range<Int> {
    var start = line.lowerBound
    if start == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    while start < line.upperBound, bytes[start] == UInt8(ascii: " ") || bytes[start] == UInt8(ascii: "\t") {
      start += 1
    }
    return start..<line.upperBound
  }
}

/// The lines of a file without and with their line ends.
private struct LineRanges: Sequence, IteratorProtocol {
  private let file: SourceFile
  private var start: Int
  private let end: Int

  init(_ file: SourceFile, in part: Range<Int>) {
    self.file = file
    start = part.lowerBound
    end = part.upperBound
  }

  mutating func next() -> (content: Range<Int>, whole: Range<Int>)? {
    guard start < end else { return nil }
    let first = start
    let newline = file.bytes.withUnsafeBytes { bytes in
      memchr(bytes.baseAddress! + first, Int32(UInt8(ascii: "\n")), end - first)
        .map { UnsafeRawPointer($0) - bytes.baseAddress! }
    }
    start = newline.map { $0 + 1 } ?? end
    var content = newline ?? end
    if content > first, file.bytes[content - 1] == UInt8(ascii: "\r") { content -= 1 }
    return (first..<content, first..<start)
  }
}
