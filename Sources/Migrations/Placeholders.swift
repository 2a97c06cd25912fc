import Diagnostics

/// Words in a script that its runner replaces before it sends the script.
struct Placeholders {
  /// What stands before a name.
  var open: String
  /// What stands behind it.
  var close: String
  /// What the runner's own configuration puts in place of a name.
  var values: [String: String] = [:]
  /// Only files that hold this text have any.
  var marker: String?

  /// `${name}`
  static let dollarBraces = Placeholders(
    open: "${", close: "}",
    values: ["flyway:defaultSchema": "public", "flyway:user": "postgres", "flyway:database": "postgres"])
  /// `{{ name }}`
  static let doubleBraces = Placeholders(open: "{{", close: "}}")

  /// The stretches of a file that the runner replaces, with something that the grammar can read. A name without a value
  /// stands for itself.
  func substitutions(in file: SourceFile) -> [Substitution] {
    if let marker, file.firstRange(of: Array(marker.utf8)) == nil { return [] }
    var found: [Substitution] = []
    var offset = 0
    let end = Array(close.utf8)
    while let start = file.firstRange(of: Array(open.utf8), from: offset) {
      guard let stop = file.firstRange(of: end, from: start.upperBound), stop.lowerBound - start.upperBound < 200,
        !file.bytes[start.upperBound..<stop.lowerBound].contains(UInt8(ascii: "\n"))
      else {
        offset = start.upperBound
        continue
      }
      let name = file.text(start.upperBound..<stop.lowerBound)
      found.append(
        Substitution(range: start.lowerBound..<stop.upperBound, text: values[name] ?? Self.identifier(name)))
      offset = stop.upperBound
    }
    return found
  }

  /// A name for what stands between the braces: the last quoted or plain word.
  private static func identifier(_ text: String) -> String {
    let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == ".") }
    let last = words.last.map(String.init) ?? "placeholder"
    let plain = last.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }
    return plain.first?.isLetter == true ? String(plain) : "p_" + String(plain)
  }
}

extension SourceFile {
  /// The file with what a user says, word for word, and what the layout's style of placeholders asks for.
  func filled(_ values: [String: String], _ style: Placeholders?) -> SourceFile {
    guard fileName.hasSuffix(".sql") else { return self }
    var found: [Substitution] = []
    // The longest first: one may be the beginning of another.
    for (text, value) in values.sorted(by: { ($0.key.utf8.count, $0.key) > ($1.key.utf8.count, $1.key) }) {
      var offset = 0
      while let range = firstRange(of: Array(text.utf8), from: offset) {
        offset = range.upperBound
        if !found.contains(where: { $0.range.overlaps(range) }) {
          found.append(Substitution(range: range, text: value))
        }
      }
    }
    for new in style?.substitutions(in: self) ?? [] where !found.contains(where: { $0.range.overlaps(new.range) }) {
      found.append(new)
    }
    return found.isEmpty ? self : substituting(found.sorted { $0.range.lowerBound < $1.range.lowerBound })
  }
}
