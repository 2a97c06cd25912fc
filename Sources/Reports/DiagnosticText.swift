import Diagnostics

/// One finding as text, with a frame of the source around each place.
struct DiagnosticText {
  var sources: [String: SourceFile]
  var paint: Paint

  func render(_ diagnostic: Diagnostic) -> String {
    let gutter = ([diagnostic.range] + diagnostic.labels.map(\.range)).map { String($0.start.line).count }.max() ?? 1
    let heading = paint.severity(diagnostic.severity, "\(diagnostic.severity.rawValue)[\(diagnostic.rule)]")
    var lines = ["\(heading)\(paint.strong(": " + visible(diagnostic.message)))"]
    lines += frame(diagnostic.range, gutter: gutter, mark: "^", text: "") { paint.severity(diagnostic.severity, $0) }
    for label in diagnostic.labels {
      lines += frame(label.range, gutter: gutter, mark: "-", text: label.text) { paint.frame($0) }
    }
    let margin = String(repeating: " ", count: gutter)
    for note in diagnostic.notes { lines.append("\(margin) \(paint.frame("=")) note: \(visible(note))") }
    if let help = diagnostic.help { lines.append("\(margin) \(paint.frame("=")) help: \(visible(help))") }
    if let fix = diagnostic.fix {
      lines.append("\(margin) \(paint.frame("=")) fix\(fix.safe ? "" : " (unsafe)"): \(visible(fix.title))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func frame(
    _ range: SourceRange, gutter: Int, mark: Character, text: String, _ paintMark: (String) -> String
  ) -> [String] {
    let margin = String(repeating: " ", count: gutter)
    let place = "\(range.path):\(range.start.line):\(range.start.column)"
    guard let line = sources[range.path]?.line(range.start.line) else {
      return ["\(margin)\(paint.frame("-->")) \(visible(place))" + (text.isEmpty ? "" : ": \(visible(text))")]
    }
    let number = String(range.start.line)
    let padded = String(repeating: " ", count: max(0, gutter - number.count)) + number
    let (shown, start) = excerpt(line, around: range.start.column - 1)
    let before = shown.prefix(start)
    let rest = shown.dropFirst(start)
    let marked =
      range.end.line == range.start.line ? rest.prefix(max(1, range.end.column - range.start.column)) : rest
    let underline = String(repeating: mark, count: max(1, width(marked)))
    return [
      "\(margin)\(paint.frame("-->")) \(visible(place))",
      "\(margin) \(paint.frame("|"))",
      "\(paint.frame("\(padded) |")) \(visible(String(String.UnicodeScalarView(shown))))",
      "\(margin) \(paint.frame("|")) \(String(repeating: " ", count: width(before)))"
        + paintMark(underline + (text.isEmpty ? "" : " " + visible(text))),
    ]
  }

  /// The part of a line that is worth showing, and the place in it that stands for a column of the line.
  private func excerpt(_ line: String, around column: Int) -> (text: ArraySlice<Unicode.Scalar>, column: Int) {
    let scalars = Array(line.unicodeScalars)
    guard scalars.count > Self.longLine else { return (scalars[...], column) }
    let start = max(0, min(column - Self.longLine / 2, scalars.count - Self.longLine))
    let end = min(scalars.count, start + Self.longLine)
    let ellipsis: [Unicode.Scalar] = start > 0 ? ["…"] : []
    return (
      (ellipsis + scalars[start..<end] + (end < scalars.count ? ["…"] : []))[...], column - start + ellipsis.count
    )
  }

  /// In code points.
  private static let longLine = 240

  /// Text in which nothing can move the cursor or change the terminal's colours.
  private func visible(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 9: result += "    "
      case 0..<32, 127, 0x80..<0xA0: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The columns that the text takes up in a terminal: tabs are shown as four, wide characters take two.
  private func width(_ scalars: some Sequence<Unicode.Scalar>) -> Int {
    scalars.reduce(0) { total, scalar in
      switch scalar.value {
      case 9: total + 4
      case 0x300..<0x370, 0x200B..<0x2010, 0xFE00..<0xFE10: total
      case 0x1100..<0x1160, 0x2E80..<0xA4D0, 0xAC00..<0xD7A4, 0xF900..<0xFB00, 0xFE30..<0xFE70, 0xFF00..<0xFF61,
        0x1F300..<0x1F650, 0x1F900..<0x1FA00, 0x20000..<0x3FFFE:
        total + 2
      default: total + 1
      }
    }
  }
}
