/// Character types (PostgreSQL documentation, section 8.3), and extensions' types that are written as words.
enum Texts: ValueFamily {
  static let types: Set<String> = ["text", "varchar", "bpchar", "name", "char", "citext", "ltree"]

  static func value(_ request: ValueRequest, _ random: inout Randomness) -> String? {
    let demand = request.demand
    let most = min(limit(request), demand.maximumLength ?? .max)
    let least = max(demand.minimumLength ?? 0, 0)
    guard least <= most else { return nil }
    if demand.isBlank == true { return String(repeating: " ", count: min(least, most)) }
    if most == 0 { return "" }
    if let pattern = demand.patterns.first { return matching(pattern, demand, least, most, &random) }
    if request.type == "char" { return String(letters[request.row % letters.count]) }
    var text = lifelike(request, most, &random)
    if request.type == "ltree" { text = text.filter { $0.isLetter || $0.isNumber } }
    text = text.padded(to: least)
    if text.count > most { text = request.isUnique ? String(text.suffix(most)) : String(text.prefix(most)) }
    return text
  }

  private static let letters = Array("abcdefghijklmnopqrstuvwxyz")

  /// Tries a few times: whether lengths and further patterns fit as well is a matter of luck.
  private static func matching(
    _ pattern: Demand.Pattern, _ demand: Demand, _ least: Int, _ most: Int, _ random: inout Randomness
  ) -> String? {
    for _ in 0..<40 {
      let text = PatternSample.text(matching: pattern.text, &random)
      if text.count >= least, text.count <= most, !text.isEmpty || least == 0 { return text }
    }
    return nil
  }

  private static func limit(_ request: ValueRequest) -> Int {
    switch request.type {
    case "name": 63
    case "char": 1
    default: request.modifier >= 4 ? request.modifier - 4 : .max
    }
  }

  /// What the column's name promises.
  private static func lifelike(_ request: ValueRequest, _ most: Int, _ random: inout Randomness) -> String {
    let number = request.isUnique ? String(request.row + 1) : String(1 + random.below(max(20, request.row)))
    if most < 6 { return letters.base26(request.isUnique ? request.row : random.below(26)) }
    switch request.topic {
    case .email: return "user\(number)@example.com"
    case .address: return "https://example.com/\(number)"
    case .phone: return "+1555" + number.leftPadded(to: 7)
    case .slug: return "item-\(number)"
    case .version: return "1.\(number).0"
    case .currency: return ["USD", "EUR", "JPY"][random.below(3)]
    case .digest: return (0..<min(most, 32)).map { _ in String(random.below(16), radix: 16) }.joined()
    case .timeZone: return "UTC"
    case .color: return "#" + (0..<6).map { _ in String(random.below(16), radix: 16) }.joined()
    case nil:
      return most < request.column.utf8.count + number.utf8.count + 1 ? "v\(number)" : "\(request.column) \(number)"
    }
  }
}

/// What the name of a column promises of the texts in it.
enum TextTopic: Sendable {
  case email, address, phone, slug, version, currency, digest, timeZone, color

  init?(column: String) {
    let name = column.lowercased()
    func has(_ parts: String...) -> Bool { parts.contains { name.firstRange(of: $0) != nil } }
    // Versions are often parsed by triggers.
    if has("email") {
      self = .email
    } else if has("url", "uri", "website", "link") {
      self = .address
    } else if has("phone") {
      self = .phone
    } else if has("slug", "handle") {
      self = .slug
    } else if has("semver", "version") || name == "num" {
      self = .version
    } else if has("currency") {
      self = .currency
    } else if has("hash", "checksum", "digest") {
      self = .digest
    } else if has("timezone", "time_zone") {
      self = .timeZone
    } else if has("color", "colour") {
      self = .color
    } else {
      return nil
    }
  }
}

extension String {
  fileprivate func padded(to count: Int) -> String {
    self.count >= count ? self : self + String(repeating: "x", count: count - self.count)
  }

  func leftPadded(to count: Int) -> String { String(repeating: "0", count: max(0, count - self.count)) + self }
}

extension [Character] {
  /// The number in letters: a, b, … z, ba, bb.
  fileprivate func base26(_ number: Int) -> String {
    number < count ? String(self[number]) : base26(number / count) + String(self[number % count])
  }
}
