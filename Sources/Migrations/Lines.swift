import Diagnostics

extension SourceFile {
  /// The lines with their bytes, line ends left out of the text and kept in the range.
  var lines: [(text: String, range: Range<Int>)] {
    var lines: [(String, Range<Int>)] = []
    var start = 0
    while start < bytes.count {
      let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
      let end = newline.map { $0 + 1 } ?? bytes.count
      var textEnd = newline ?? bytes.count
      if textEnd > start, bytes[textEnd - 1] == UInt8(ascii: "\r") { textEnd -= 1 }
      lines.append((text(start..<textEnd), start..<end))
      start = end
    }
    return lines
  }
}
