import PostgresSyntax

/// Constants that can't be read as the type they are given.
///
/// Only what is certain is reported: text in a form that the type's input function rejects whatever the settings.
extension Analyzer {
  /// Checks an untyped constant that becomes a value of a type.
  mutating func check(_ expression: Expression, as type: DataType) {
    guard case .literal(.string(let text), let offset) = expression,
      let facts = catalog.facts(of: catalog.base(of: type.oid))
    else { return }
    if facts.kind == .enumeration {
      guard let created = catalog.types[facts.oid], case .enumeration(let labels) = created.kind else { return }
      if !labels.contains(text) {
        reject("invalid input value for enum \(self.text(facts.oid)): \"\(text)\"", "22P02", at: offset)
      }
      return
    }
    if facts.isArray, facts.name.hasPrefix("_") {
      let first = text.drop(while: \.isWhitespace).first
      if first != "{", first != "[" { reject("malformed array literal: \"\(text)\"", "22P02", at: offset) }
      return
    }
    if checkName(text, as: facts.oid, at: offset) { return }
    let isValid =
      switch facts.oid {
      case .smallint: Self.integer(text, in: -32768...32767)
      case .integer: Self.integer(text, in: -2_147_483_648...2_147_483_647)
      case .bigint: Self.isInteger(text)
      case .boolean: Self.isBoolean(text)
      case .uuid: Self.isUUID(text)
      case .numeric, .real, .doublePrecision: Self.isNumber(text)
      case .json, .jsonb: Self.isJSON(text)
      default: true
      }
    guard !isValid else { return }
    let isRange = [OID.smallint, .integer].contains(facts.oid) && Self.isInteger(text)
    if isRange {
      reject("value \"\(text)\" is out of range for type \(self.text(facts.oid))", "22003", at: offset)
    } else {
      reject("invalid input syntax for type \(self.text(facts.oid)): \"\(text)\"", "22P02", at: offset)
    }
  }

  private static func trimmed(_ text: String) -> Substring {
    var rest = text[...]
    while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
    while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
    return rest
  }

  private static func isInteger(_ text: String) -> Bool {
    var digits = trimmed(text)
    if digits.first == "-" || digits.first == "+" { digits = digits.dropFirst() }
    return !digits.isEmpty && digits.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
  }

  private static func integer(_ text: String, in range: ClosedRange<Int>) -> Bool {
    guard isInteger(text) else { return false }
    return Int(trimmed(text)).map { range.contains($0) } ?? false
  }

  private static func isNumber(_ text: String) -> Bool {
    let value = trimmed(text).lowercased()
    if ["nan", "inf", "infinity", "+infinity", "-infinity", "+inf", "-inf"].contains(value) { return true }
    return !value.hasPrefix("0x") && Double(value) != nil
  }

  /// PostgreSQL documentation, section 8.6: unique prefixes are accepted.
  private static func isBoolean(_ text: String) -> Bool {
    let value = trimmed(text).lowercased()
    guard !value.isEmpty else { return false }
    if value == "1" || value == "0" || value == "on" || value == "of" { return true }
    return ["true", "false", "yes", "no", "off"].contains { $0.hasPrefix(value) } && value != "o"
  }

  /// PostgreSQL documentation, section 8.12: dashes after any group of four digits, braces around.
  private static func isUUID(_ text: String) -> Bool {
    var digits = text[...]
    if digits.first == "{", digits.last == "}" { digits = digits.dropFirst().dropLast() }
    return digits.filter { $0 != "-" }.count == 32
      && digits.allSatisfy { $0 == "-" || $0.isASCII && $0.isHexDigit }
  }

  private static func isJSON(_ text: String) -> Bool {
    var reader = JSONReader(Array(text.utf8))
    return reader.isDocument
  }
}

/// Says whether a text is JSON (RFC 8259), without making anything of it.
struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var isDocument: Bool {
    mutating get {
      guard value() else { return false }
      blanks()
      return position == bytes.count
    }
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func blanks() {
    while let byte = next, byte == 32 || byte == 10 || byte == 13 || byte == 9 { position += 1 }
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    blanks()
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func value() -> Bool {
    blanks()
    depth += 1
    defer { depth -= 1 }
    // Deeper than any hand writes: not judged.
    guard depth < 200 else {
      position = bytes.count
      return true
    }
    switch next {
    case UInt8(ascii: "{"): return members(until: UInt8(ascii: "}"), isObject: true)
    case UInt8(ascii: "["): return members(until: UInt8(ascii: "]"), isObject: false)
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "t"): return word("true")
    case UInt8(ascii: "f"): return word("false")
    case UInt8(ascii: "n"): return word("null")
    default: return number()
    }
  }

  private mutating func members(until end: UInt8, isObject: Bool) -> Bool {
    position += 1
    if skip(end) { return true }
    while true {
      if isObject {
        blanks()
        guard next == UInt8(ascii: "\""), string(), skip(UInt8(ascii: ":")) else { return false }
      }
      guard value() else { return false }
      if skip(end) { return true }
      guard skip(UInt8(ascii: ",")) else { return false }
    }
  }

  private mutating func string() -> Bool {
    position += 1
    while let byte = next {
      position += 1
      if byte == UInt8(ascii: "\"") { return true }
      if byte < 32 { return false }
      if byte == UInt8(ascii: "\\") {
        guard let escaped = next, "\"\\/bfnrtu".utf8.contains(escaped) else { return false }
        position += 1
      }
    }
    return false
  }

  private mutating func word(_ word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func number() -> Bool {
    let start = position
    while let byte = next, "+-.eE0123456789".utf8.contains(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let first = text.first, first == "-" || first.isNumber, Double(text) != nil else { return false }
    let digits = text.drop { $0 == "-" }
    return !(digits.hasPrefix("0") && digits.dropFirst().first?.isNumber == true) && !text.hasSuffix(".")
      && digits.first?.isNumber == true
  }
}
