import Diagnostics

/// A query that finds defects in a real database: each row is one, with the columns schema, object, kind and detail.
public struct LiveCheck: Sendable {
  /// The name of its file, and of its page where it has one.
  public var id: String
  public var sql: String
  public var severity: Severity
  public var category: Category

  /// - Parameter sql: the query. Comments at its beginning, `-- severity: …` and `-- category: …`, say how its findings are
  ///   reported; a warning on the design where they don't.
  public init(id: String, sql: String) {
    self.id = id
    self.sql = sql
    func header(_ name: String) -> String? {
      let lines = sql.split(separator: "\n").prefix { $0.hasPrefix("--") }
      return lines.first { $0.hasPrefix("-- \(name): ") }.map { String($0.dropFirst("-- \(name): ".count)) }
    }
    severity = header("severity").flatMap(Severity.init) ?? .warning
    category = header("category").flatMap(Category.init) ?? .design
  }

  /// Those that come with schemacheck.
  public static let all = liveQueries.sorted { $0.key < $1.key }.map { LiveCheck(id: $0.key, sql: $0.value) }
}

extension RuleSettings {
  /// The findings of live checks as the user wants them.
  public func adjusted(_ diagnostics: [Diagnostic]) -> [Diagnostic] { diagnostics.compactMap(adjusted) }
}
