/// Makes texts that match a regular expression.
///
/// It reads what checks usually have: literals, classes, groups, alternatives and quantifiers. What it doesn't know it
/// takes literally; the server has the last word.
struct PatternSample {
  private var rest: ArraySlice<Character>
  private var random: Randomness

  static func text(matching pattern: String, _ random: inout Randomness) -> String {
    var sample = PatternSample(rest: Array(pattern)[...], random: random)
    let text = sample.alternatives()
    random = sample.random
    return text
  }

  private mutating func alternatives() -> String {
    var ways = [sequence()]
    while rest.first == "|" {
      rest.removeFirst()
      ways.append(sequence())
    }
    return ways[random.below(ways.count)]
  }

  private mutating func sequence() -> String {
    var result = ""
    while let next = rest.first, next != "|", next != ")" {
      let start = rest
      let first = piece()
      let (minimum, maximum) = quantifier()
      let count = minimum + random.below(max(1, min(maximum, minimum + 3) - minimum + 1))
      let end = rest
      for number in 0..<count {
        if number == 0 {
          result += first
        } else {
          rest = start
          result += piece()
        }
      }
      rest = end
    }
    return result
  }

  private mutating func piece() -> String {
    switch rest.removeFirst() {
    case "^", "$": return ""
    case ".": return "x"
    case "[": return characterClass()
    case "(":
      if rest.starts(with: "?:") { rest = rest.dropFirst(2) }
      // Look-around matches nothing of its own.
      let isAssertion = rest.starts(with: "?=") || rest.starts(with: "?!") || rest.starts(with: "?<")
      let inside = alternatives()
      if rest.first == ")" { rest.removeFirst() }
      return isAssertion ? "" : inside
    case "\\": return rest.isEmpty ? "" : escape(rest.removeFirst())
    case let character: return String(character)
    }
  }

  private mutating func escape(_ character: Character) -> String {
    switch character {
    case "d": String(random.below(10))
    case "w": String("abcdefghijklmnopqrstuvwxyz".randomElement(using: &random) ?? "a")
    case "s": " "
    case "D", "S": "a"
    case "W": "-"
    case "m", "M", "y", "A", "Z", "b", "B": ""
    case "n": "\n"
    case "t": "\t"
    default: String(character)
    }
  }

  private mutating func characterClass() -> String {
    var isNegated = false
    if rest.first == "^" {
      isNegated = true
      rest.removeFirst()
    }
    var choices: [Character] = []
    var isFirst = true
    while let character = rest.first, isFirst || character != "]" {
      isFirst = false
      rest.removeFirst()
      if character == "[", rest.first == ":" {
        choices += namedClass()
      } else if character == "\\", let escaped = rest.first {
        rest.removeFirst()
        choices += Array(escape(escaped))
      } else if rest.first == "-", let end = rest.dropFirst().first, end != "]",
        let low = character.unicodeScalars.first?.value, let high = end.unicodeScalars.first?.value, low <= high
      {
        rest = rest.dropFirst(2)
        choices += (low...min(high, low + 127)).compactMap { Unicode.Scalar($0).map(Character.init) }
      } else {
        choices.append(character)
      }
    }
    if rest.first == "]" { rest.removeFirst() }
    if isNegated { return "abcxyz0189_-".first { !choices.contains($0) }.map(String.init) ?? "x" }
    return choices.isEmpty ? "" : String(choices[random.below(choices.count)])
  }

  /// `[:alnum:]` and its relatives.
  private mutating func namedClass() -> [Character] {
    let name = String(rest.prefix { $0 != "]" })
    rest = rest.dropFirst(name.count + 1)
    switch name {
    case ":digit:": return Array("0123456789")
    case ":upper:": return Array("ABCXYZ")
    case ":space:", ":blank:": return [" "]
    case ":xdigit:": return Array("0123456789abcdef")
    default: return Array("abcxyz")
    }
  }

  private mutating func quantifier() -> (minimum: Int, maximum: Int) {
    guard let character = rest.first else { return (1, 1) }
    var result: (Int, Int)
    switch character {
    case "*": result = (0, 3)
    case "+": result = (1, 6)
    case "?": result = (0, 1)
    case "{":
      let text = rest.dropFirst().prefix { $0 != "}" }
      guard let first = text.first, first.isNumber else { return (1, 1) }
      rest = rest.dropFirst(text.count + 1)
      let numbers = String(text).split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      let minimum = min((numbers.first ?? 1) ?? 0, 200)
      result = (minimum, numbers.count == 1 ? minimum : max(minimum, (numbers[1] ?? minimum + 3)))
    default: return (1, 1)
    }
    if !rest.isEmpty { rest.removeFirst() }
    // A lazy quantifier matches the same.
    if rest.first == "?" { rest.removeFirst() }
    return result
  }
}

extension String {
  /// The pattern of LIKE as a regular expression.
  /// The pattern of `SIMILAR TO` as a regular expression (PostgreSQL documentation, section 9.7.2).
  var similarAsRegularExpression: String {
    "^(" + replacing("%", with: ".*").replacing("_", with: ".") + ")$"
  }

  var likeAsRegularExpression: String {
    var result = ""
    var isEscaped = false
    for character in self {
      switch character {
      case _ where isEscaped:
        result += String(character).escapedAsRegularExpression
        isEscaped = false
      case "\\": isEscaped = true
      case "%": result += ".*"
      case "_": result += "."
      default: result += String(character).escapedAsRegularExpression
      }
    }
    return result
  }

  var escapedAsRegularExpression: String {
    var result = ""
    for character in self {
      if "\\^$.|?*+()[]{}".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }
}
