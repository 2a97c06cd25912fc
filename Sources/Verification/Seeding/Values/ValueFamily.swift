import PostgresSyntax

/// Makes values for a family of types.
///
/// A new family is a file in this folder and a line in `valueFamilies`.
protocol ValueFamily: Sendable {
  /// The names of the types in `pg_type`.
  static var types: Set<String> { get }
  /// A value as the type's input function reads it (PostgreSQL documentation, chapter 8), that meets the demand as far as
  /// the family can; nil where it can't.
  static func value(_ request: ValueRequest, _ random: inout Randomness) -> String?
}

let valueFamilies: [any (ValueFamily & Sendable).Type] = [
  Numbers.self, Texts.self, Times.self, Identifiers.self, Documents.self, Addresses.self, Shapes.self, Bits.self,
  Searches.self, Booleans.self,
]

/// The family of each type.
let familyOfType: [String: any (ValueFamily & Sendable).Type] = {
  var families: [String: any (ValueFamily & Sendable).Type] = [:]
  for family in valueFamilies {
    for type in family.types { families[type] = family }
  }
  return families
}()

/// What a value is wanted for.
struct ValueRequest {
  /// The type's name in `pg_type`.
  var type: String
  /// As `pg_attribute.atttypmod` encodes it; -1 for none.
  var modifier: Int
  var demand: Demand
  /// The column's name, which says what would be lifelike.
  var column: String
  /// What that is.
  var topic: TextTopic?
  /// The row's number, from 0: values that grow with it don't meet.
  var row: Int
  /// Whether no other row may have the value.
  var isUnique: Bool
  /// The present time, in seconds since 1970.
  var now: Double
}

enum Booleans: ValueFamily {
  static let types: Set<String> = ["bool"]

  static func value(_ request: ValueRequest, _ random: inout Randomness) -> String? {
    random.happens(0.7) ? "true" : "false"
  }
}
