/// Keys that nobody counts: UUIDs, names of objects in the catalog.
enum Identifiers: ValueFamily {
  static let types: Set<String> = ["uuid", "regclass", "regtype", "regproc", "regrole", "regnamespace"]

  static func value(_ request: ValueRequest, _ random: inout Randomness) -> String? {
    switch request.type {
    case "uuid": return uuid(&random)
    case "regclass": return "pg_class"
    case "regtype": return "text"
    case "regproc": return "now"
    case "regrole": return "postgres"
    default: return "pg_catalog"
    }
  }

  /// Version 4 (RFC 9562, section 5.4).
  static func uuid(_ random: inout Randomness) -> String {
    let high = random.next() & 0xffff_ffff_ffff_0fff | 0x4000
    let low = random.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
    let digits = [high, low].map { String($0, radix: 16).leftPadded(to: 16) }.joined()
    var text = ""
    for (position, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(position) { text.append("-") }
      text.append(digit)
    }
    return text
  }
}

/// Network addresses (PostgreSQL documentation, section 8.9).
enum Addresses: ValueFamily {
  static let types: Set<String> = ["inet", "cidr", "macaddr", "macaddr8"]

  static func value(_ request: ValueRequest, _ random: inout Randomness) -> String? {
    let number = request.isUnique ? request.row : random.below(65536)
    let bytes = [number >> 16, number >> 8, number].map { String($0 & 255) }
    let hexadecimal = [number >> 16, number >> 8, number].map { String($0 & 255, radix: 16).leftPadded(to: 2) }
    switch request.type {
    case "inet", "cidr": return "10." + bytes.joined(separator: ".")
    case "macaddr": return "08:00:2b:" + hexadecimal.joined(separator: ":")
    default: return "08:00:2b:ff:fe:" + hexadecimal.joined(separator: ":")
    }
  }
}

/// Geometric types (PostgreSQL documentation, section 8.8), cubes and vectors.
enum Shapes: ValueFamily {
  static let types: Set<String> = [
    "point", "line", "lseg", "box", "path", "polygon", "circle", "cube", "vector", "halfvec", "geometry", "geography",
  ]

  static func value(_ request: ValueRequest, _ random: inout Randomness) -> String? {
    let x = random.below(180) - 90
    let y = random.below(180) - 90
    switch request.type {
    case "point": return "(\(x),\(y))"
    case "line": return "{1,\(x),\(y)}"
    case "lseg", "box": return "((\(x),\(y)),(\(x + 1),\(y + 1)))"
    case "path", "polygon": return "((\(x),\(y)),(\(x + 1),\(y)),(\(x),\(y + 1)))"
    case "circle": return "<(\(x),\(y)),\(1 + random.below(5))>"
    case "cube": return "(\(x),\(y))"
    // The modifier of a vector is the number of its dimensions.
    case "vector", "halfvec":
      return "[" + (0..<max(1, request.modifier)).map { _ in String(random.below(100)) }.joined(separator: ",") + "]"
    default: return "SRID=4326;POINT(\(x) \(y))"
    }
  }
}

/// Binary strings and bit strings (PostgreSQL documentation, sections 8.4 and 8.10).
enum Bits: ValueFamily {
  static let types: Set<String> = ["bytea", "bit", "varbit", "pg_lsn", "xid", "xid8", "cid", "tid"]

  static func value(_ request: ValueRequest, _ random: inout Randomness) -> String? {
    switch request.type {
    case "bytea":
      let least = request.demand.minimumLength ?? 8
      let count = min(max(least, 8), request.demand.maximumLength ?? .max)
      return "\\x" + (0..<count).map { _ in String(random.below(256), radix: 16).leftPadded(to: 2) }.joined()
    case "bit", "varbit": return (0..<max(1, request.modifier)).map { _ in String(random.below(2)) }.joined()
    case "pg_lsn": return "0/" + String(request.row + 1, radix: 16)
    case "tid": return "(0,\(request.row % 100 + 1))"
    default: return String(request.row + 1)
    }
  }
}

/// Types of full text search (PostgreSQL documentation, section 8.11), and what is a word in them.
enum Searches: ValueFamily {
  static let types: Set<String> = ["tsvector", "tsquery", "jsonpath"]

  static func value(_ request: ValueRequest, _ random: inout Randomness) -> String? {
    request.type == "jsonpath" ? "$.a" : "word\(random.below(100))"
  }
}
