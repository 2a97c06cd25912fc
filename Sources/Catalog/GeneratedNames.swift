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

extension Catalog {
  /// A relation name that is still free in the schema: the label gets a number where it isn't.
  func freeRelationName(_ first: String, _ second: String?, _ label: String, in schema: String) -> String {
    free { number in
      GeneratedNames.join(first, second, label + number)
    } isTaken: {
      let name = ObjectName(schema: schema, $0)
      return relations[name] != nil || indexes[name] != nil
    }
  }

  /// A constraint name that is still free on the table.
  func freeConstraintName(_ first: String, _ second: String?, _ label: String, on table: Relation) -> String {
    free { number in
      GeneratedNames.join(first, second, label + number)
    } isTaken: { name in
      table.constraints.contains { $0.name == name }
    }
  }

  private func free(_ make: (String) -> String, isTaken: (String) -> Bool) -> String {
    var name = make("")
    var number = 0
    while isTaken(name) {
      number += 1
      name = make(String(number))
    }
    return name
  }
}
