import Diagnostics

/// Words in a script that its runner replaces before it sends the script.
enum Placeholders {
  /// `${name}`
  case dollarBraces
  /// `{{ name }}`
  case doubleBraces

  /// The file with something in place of each placeholder that the grammar can read. A name that is not known stands
  /// for itself.
  func filled(_ file: SourceFile) -> SourceFile {
    let (open, close) = self == .dollarBraces ? ("${", "}") : ("{{", "}}")
    var substitutions: [Substitution] = []
    var offset = 0
    let end = Array(close.utf8)
    while let start = file.firstRange(of: Array(open.utf8), from: offset) {
      guard let stop = file.firstRange(of: end, from: start.upperBound), stop.lowerBound - start.upperBound < 200,
        !file.bytes[start.upperBound..<stop.lowerBound].contains(UInt8(ascii: "\n"))
      else {
        offset = start.upperBound
        continue
      }
      let name = Self.identifier(file.text(start.upperBound..<stop.lowerBound))
      substitutions.append(Substitution(range: start.lowerBound..<stop.upperBound, text: name))
      offset = stop.upperBound
    }
    return substitutions.isEmpty ? file : file.substituting(substitutions)
  }

  /// A name for what stands between the braces: the last quoted or plain word.
  private static func identifier(_ text: String) -> String {
    let known = ["flyway:defaultSchema": "public", "flyway:user": "postgres", "flyway:database": "postgres"]
    if let value = known[text] { return value }
    let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == ".") }
    let last = words.last.map(String.init) ?? "placeholder"
    let plain = last.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }
    return plain.first?.isLetter == true ? String(plain) : "p_" + String(plain)
  }
}
