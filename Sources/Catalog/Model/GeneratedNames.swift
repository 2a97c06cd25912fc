import PostgresSyntax

/// The names that PostgreSQL gives to constraints, indexes and sequences which the statement leaves unnamed.
///
/// Source: PostgreSQL source, `makeObjectName` and `ChooseRelationName` in commands/indexcmds.c.
enum GeneratedNames {
  /// Longest identifier, in bytes (NAMEDATALEN - 1).
  static let limit = 63

  /// `first_second_label`, with the longer of the first two cut back until all fits.
  static func join(_ first: String, _ second: String?, _ label: String) -> String {
    var first = Array(first.utf8)
    var second = second.map { Array($0.utf8) }
    let overhead = label.utf8.count + 1 + (second == nil ? 0 : 1)
    while first.count + (second?.count ?? 0) + overhead > limit {
      if let length = second?.count, length >= first.count, length > 0 {
        second = cut(second!)
      } else {
        first = cut(first)
      }
    }
    let parts = [first] + (second.map { [$0] } ?? []) + [Array(label.utf8)]
    return String(decoding: Array(parts.joined(separator: [UInt8(ascii: "_")])), as: UTF8.self)
  }

  /// One code point shorter.
  private static func cut(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    while let last = bytes.popLast(), last & 0b1100_0000 == 0b1000_0000 {}
    return bytes
  }

  /// A name that is truncated as the server truncates an identifier.
  static func truncated(_ name: String) -> String {
    var bytes = Array(name.utf8)
    while bytes.count > limit { bytes = cut(bytes) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension GeneratedNames {
  /// The first name that is free: the label gets a number where it isn't.
  static func first(_ first: String, _ second: String?, _ label: String, isTaken: (String) -> Bool) -> String {
    var name = join(first, second, label)
    var number = 0
    while isTaken(name) {
      number += 1
      name = join(first, second, label + String(number))
    }
    return name
  }

  /// The name of the multirange type that comes with a range type (PostgreSQL source, `makeMultirangeTypeName`).
  static func multirange(_ range: String) -> String {
    guard let place = range.firstRange(of: "range") else { return join(range, nil, "multirange") }
    return truncated(range.replacingCharacters(in: place))
  }
}

extension String {
  fileprivate func replacingCharacters(in place: Range<String.Index>) -> String {
    String(self[..<place.lowerBound]) + "multirange" + String(self[place.upperBound...])
  }
}

extension Catalog {
  /// A relation name that is still free in the schema.
  func freeRelationName(_ first: String, _ second: String?, _ label: String, in schema: String) -> String {
    GeneratedNames.first(first, second, label) { relationNames[ObjectName(schema: schema, $0)] != nil }
  }

  /// A name for the index of a constraint, which neither a relation nor a constraint of the schema has.
  func freeIndexName(_ first: String, _ second: String?, _ label: String, in schema: String) -> String {
    GeneratedNames.first(first, second, label) {
      let name = ObjectName(schema: schema, $0)
      return relationNames[name] != nil || constraintNames[name] ?? 0 > 0
    }
  }

  /// A constraint name that is still free in the schema of the table (PostgreSQL source, `ChooseConstraintName`).
  func freeConstraintName(_ first: String, _ second: String?, _ label: String, on table: Relation) -> String {
    GeneratedNames.first(first, second, label) { name in
      constraintNames[ObjectName(schema: table.name.schema, name)] ?? 0 > 0
        || table.constraints.contains { $0.name == name }
    }
  }

  mutating func count(_ change: Int, constraint name: String, of table: Relation) {
    let key = ObjectName(schema: table.name.schema, name)
    let count = (constraintNames[key] ?? 0) + change
    constraintNames[key] = count > 0 ? count : nil
  }
}
