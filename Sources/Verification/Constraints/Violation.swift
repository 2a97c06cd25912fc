import Postgres

/// A constraint, with how to break it and how to do without it.
struct Violation {
  /// Its name, or what stands for one.
  var name: String
  /// What it says, for people.
  var meaning: String
  /// How PostgreSQL answers a row that breaks it.
  var expected: Answer
  /// What takes the constraint away.
  var removal: [String]

  /// How a rejection is recognised (PostgreSQL documentation, appendix A and section 55.8).
  struct Answer: Hashable {
    var sqlState: String
    /// The constraint's name; for NOT NULL the column's.
    var constraint: String?
    var column: String?

    func matches(_ error: PostgresError) -> Bool {
      guard error.sqlState == sqlState else { return false }
      return column.map { $0 == error.column } ?? (constraint == error.constraint)
    }

    var text: String {
      [sqlState, constraint ?? column].compactMap { $0 }.joined(separator: " ")
    }
  }
}
