import PostgresSyntax

/// A table with a row that it takes, from which rows that it doesn't take are made.
struct ConstraintSubject {
  var table: LiveTable
  var base: [String?]
  var columns: [LiveColumn]

  func value(_ column: String) -> String? {
    columns.firstIndex { $0.name == column }.flatMap { base[$0] }
  }

  /// The row with other values; nil where it has no such column.
  func changing(_ values: [String: String?]) -> [String?]? {
    var row = base
    for (name, value) in values {
      guard let index = columns.firstIndex(where: { $0.name == name }) else { return nil }
      row[index] = value
    }
    return row
  }

  /// The column of a foreign key that says which row is meant: one that no other key shares, if there is one.
  func ownPair(of key: LiveConstraint, _ number: Int) -> (column: String, target: String)? {
    let shared = table.foreignKeys.filter { $0.oid != key.oid }.flatMap { $0.columns ?? [] }
    let own = key.pairs.filter { !shared.contains($0.column) && !table.isPartitionKey($0.column) }
    let pairs = own.isEmpty ? key.pairs : own
    return pairs.isEmpty ? nil : pairs[(pairs.count - 1 + number) % pairs.count]
  }

  func dropping(_ constraint: String) -> String {
    "ALTER TABLE \(table.sql) DROP CONSTRAINT \(constraint.sqlIdentifier) CASCADE"
  }
}

extension LiveTable {
  fileprivate func isPartitionKey(_ column: String) -> Bool { partitionKey?.contains(column) ?? false }
}

extension LiveSchema {
  /// A value that no row has; nil where there are so few that all may be taken.
  func missingValue(_ column: LiveColumn, _ number: Int) -> String? {
    if types[column.type]?.kind == .enumeration || types[column.type]?.name == "bool" { return nil }
    var random = Randomness(seed: number, "missing", column.name)
    let maker = ValueMaker(schema: self, now: 0)
    return switch types[column.type]?.name {
    case "int2": String(32_700 - number)
    case "int4", "int8", "numeric": String(2_147_480_000 - number)
    case "varchar", "text", "bpchar", "citext":
      String("missing \(number)".prefix(column.modifier >= 4 ? column.modifier - 4 : 99))
    default: maker.value(of: column, Demand(), row: 999_983 - number, isUnique: true, &random)
    }
  }
}

extension Violation {
  init(exclusion constraint: LiveConstraint, _ table: LiveTable) {
    self.init(
      name: constraint.name, meaning: "EXCLUDE '\(constraint.name)'",
      expected: .init(sqlState: "23P01", constraint: constraint.name),
      removal: ["ALTER TABLE \(table.sql) DROP CONSTRAINT \(constraint.name.sqlIdentifier)"])
  }
}

extension LiveConstraint.Action {
  /// Whether what happened to the referring rows is what the action says, and what that is.
  func outcome(
    of event: String, _ rejection: (some Error)?, _ children: [[String?]], _ key: LiveConstraint
  ) -> (isRight: Bool, expected: String) {
    switch self {
    case .noAction, .restrict, .none: (rejection != nil, "the statement is rejected")
    case .cascade where event == "delete": (rejection == nil && children.isEmpty, "the row that refers to it goes too")
    case .cascade: (rejection == nil && children.count <= 1, "the row that refers to it follows")
    case .setNull: (rejection == nil && children.allSatisfy { $0.contains(nil) }, "the reference becomes NULL")
    case .setDefault: (rejection == nil, "the reference becomes the default")
    }
  }
}

/// Values that conditions often forget.
enum UnusualValues {
  static let all: [String] = [
    "", " ", "-1", "0", "1", "2147483647", "-0.01", "1.01", "999999", "zzz", "!", "ÄÖ", "{}", "[]", "\"text\"", "null",
    "1900-01-01",
    "2999-01-01", "true", "false", "x", String(repeating: "x", count: 300),
  ]
}

extension [String] {
  var quotedNames: String { map { "'\($0)'" }.joined(separator: ", ") }
}

extension Expression {
  /// Whether it says what NULL means.
  var testsForNull: Bool {
    var found = false
    walk { expression in
      switch expression {
      case .test, .choice(.coalesce, _, _): found = true
      case .operation(let operation) where operation.kind == .distinct || operation.kind == .notDistinct: found = true
      default: break
      }
    }
    return found
  }
}
