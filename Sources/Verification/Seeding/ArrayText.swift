/// Arrays as PostgreSQL reads and writes them (PostgreSQL documentation, section 8.15.6).
enum ArrayText {
  /// The elements of `{a,"b c"}`; nil for anything else, and for arrays of arrays.
  static func elements(of text: String) -> [String]? {
    guard text.hasPrefix("{"), text.hasSuffix("}") else { return nil }
    var elements: [String] = []
    var current = ""
    var isQuoted = false
    var wasQuoted = false
    var isEscaped = false
    for character in text.dropFirst().dropLast() {
      switch character {
      case _ where isEscaped:
        current.append(character)
        isEscaped = false
      case "\\": isEscaped = true
      case "\"":
        isQuoted.toggle()
        wasQuoted = true
      case "{" where !isQuoted: return nil
      case "," where !isQuoted:
        elements.append(current)
        current = ""
        wasQuoted = false
      default: current.append(character)
      }
    }
    if !current.isEmpty || wasQuoted || !elements.isEmpty { elements.append(current) }
    return elements
  }

  static func text(_ elements: [String?]) -> String {
    "{" + elements.map { $0.map(quoted) ?? "NULL" }.joined(separator: ",") + "}"
  }

  /// In quotes, with quotes and backslashes inside escaped.
  static func quoted(_ element: String) -> String {
    var result = "\""
    for character in element {
      if character == "\"" || character == "\\" { result.append("\\") }
      result.append(character)
    }
    return result + "\""
  }
}
