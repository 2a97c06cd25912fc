/// The version that a file's name begins with, and the order between versions.
public struct Version: Comparable, Hashable, Sendable {
  public var text: String
  private let numbers: [Number]

  /// A number of any length: some tools write times to the nanosecond.
  private struct Number: Comparable, Hashable {
    var digits: String

    init(_ text: Substring) {
      let significant = text.drop { $0 == "0" }
      digits = String(significant)
    }

    static func < (a: Number, b: Number) -> Bool {
      a.digits.utf8.count == b.digits.utf8.count ? a.digits < b.digits : a.digits.utf8.count < b.digits.utf8.count
    }
  }

  public init(_ text: String) {
    self.text = text
    // diesel writes dates with dashes in newer versions and without in older ones, and compares them without.
    let parts = text.split(separator: "-")
    let isDate = parts.count >= 4 && parts[0].count == 4 && parts.allSatisfy { $0.allSatisfy(\.isASCIIDigit) }
    numbers =
      isDate
      ? ([Substring(parts.prefix(4).joined())] + parts.dropFirst(4)).map(Number.init)
      : text.split { !$0.isASCIIDigit }.map(Number.init)
  }

  /// A version that equals no other, whatever numbers are in its text.
  init(exactly text: String) {
    self.text = text
    numbers = []
  }

  /// Numbers compare as numbers, so that `2` comes before `10` and `1` equals `001`.
  public static func < (a: Version, b: Version) -> Bool {
    if a.numbers.isEmpty != b.numbers.isEmpty { return b.numbers.isEmpty }
    if a.numbers != b.numbers { return a.numbers.lexicographicallyPrecedes(b.numbers) }
    return a.numbers.isEmpty && a.text < b.text
  }

  public static func == (a: Version, b: Version) -> Bool {
    a.numbers == b.numbers && (!a.numbers.isEmpty || a.text == b.text)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(numbers)
    if numbers.isEmpty { hasher.combine(text) }
  }

  /// Splits `0012-add_users` into its version and name.
  static func split(_ stem: Substring) -> (version: String, name: String)? {
    var rest = stem
    // Flyway puts underscores between the parts of a version, and two of them behind it.
    if let first = rest.first, "VUB".contains(first), rest.dropFirst().first?.isASCIIDigit == true,
      let end = rest.firstRange(of: "__")
    {
      let version = rest[rest.index(after: rest.startIndex)..<end.lowerBound].map { $0 == "_" ? "." : $0 }
      return (String(version), String(rest[end.upperBound...]))
    }
    if rest.first == "V" || rest.first == "U", rest.dropFirst().first?.isASCIIDigit == true { rest = rest.dropFirst() }
    let version = rest.prefix { $0.isASCIIDigit || $0 == "." || ($0 == "-" && rest.first != "-") }
    let digits = version.prefix { $0.isASCIIDigit }
    guard !digits.isEmpty else { return nil }
    // diesel's dates have dashes (2024-01-31-120000_name); elsewhere a dash begins the name.
    let isDate = version.split(separator: "-").count >= 3 && digits.count == 4
    let end = isDate || version.contains(".") ? version : digits
    let trimmed = end.hasSuffix("-") || end.hasSuffix(".") ? end.dropLast() : end
    let name = rest.dropFirst(trimmed.count).drop { $0 == "_" || $0 == "-" || $0 == "." || $0 == " " }
    return (String(trimmed), String(name))
  }
}

extension Character {
  var isASCIIDigit: Bool { isASCII && isNumber }
}
