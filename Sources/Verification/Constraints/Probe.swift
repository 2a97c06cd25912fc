import Postgres

/// Tries statements in a transaction that is rolled back to where it was.
struct Probe {
  var connection: Connection

  /// Opens the transaction in which `body` tries things, and rolls it back. Constraints that would wait for its end speak
  /// at once.
  func session<Value>(_ body: () throws -> Value) throws -> Value {
    try connection.execute("BEGIN; SET CONSTRAINTS ALL IMMEDIATE")
    let result = Result { try body() }
    if connection.isInTransaction { try connection.execute("ROLLBACK") }
    return try result.get()
  }

  /// Lets `body` do what it likes, and takes it back.
  func trial<Value>(_ body: () throws -> Value) throws -> Value {
    try connection.execute("SAVEPOINT trial")
    let result = Result { try body() }
    try connection.execute("ROLLBACK TO SAVEPOINT trial; RELEASE SAVEPOINT trial")
    return try result.get()
  }

  /// What the server has against the statements, the first that it rejects; nil where it takes them all. The accepted
  /// ones stay in force.
  func rejection(of statements: [String]) throws -> PostgresError? {
    for statement in statements {
      try connection.execute("SAVEPOINT attempt")
      do throws(PostgresError) {
        try connection.execute(statement)
      } catch {
        if error.isConnectionLost { throw error }
        try connection.execute("ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt")
        return error
      }
      try connection.execute("RELEASE SAVEPOINT attempt")
    }
    return nil
  }
}

extension PostgresError {
  /// One line for a report.
  var summary: String { [sqlState, message].compactMap { $0 }.joined(separator: ": ") }
}
