import Diagnostics

extension SourceFile {
  /// The lines with their bytes, line ends left out of the text and kept in the range.
  var lines: [(text: String, range: Range<Int>)] { lines(in: 0..<bytes.count) }

  /// The lines of a part of the file that begins at the start of a line.
  func lines(in part: Range<Int>) -> [(text: String, range: Range<Int>)] {
    var lines: [(String, Range<Int>)] = []
    var start = part.lowerBound
    while start < part.upperBound {
      let newline = bytes[start..<part.upperBound].firstIndex(of: UInt8(ascii: "\n"))
      let end = newline.map { $0 + 1 } ?? part.upperBound
      var textEnd = newline ?? part.upperBound
      if textEnd > start, bytes[textEnd - 1] == UInt8(ascii: "\r") { textEnd -= 1 }
      lines.append((text(start..<textEnd), start..<end))
      start = end
    }
    return lines
  }
}
