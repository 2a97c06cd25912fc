/// How bad a finding is.
public enum Severity: String, Codable, Sendable, Comparable, CaseIterable {
  /// Advice on design.
  case info
  /// It applies, but is an operational risk.
  case warning
  /// PostgreSQL will reject it, or data or tenant isolation is provably broken.
  case error

  public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What kind of defect a rule looks for.
public enum Category: String, Codable, Sendable, CaseIterable {
  case dialect, reference, rollback, security, locks
  case dataLoss = "data-loss"
  case design, apply
}

/// Which way a migration's statement takes the schema.
public enum Direction: String, Codable, Sendable {
  case up, down
}

/// One thing that schemacheck has to say about a place in the migrations.
public struct Diagnostic: Hashable, Sendable {
  /// The rule's id, as in `rules/<id>.md`.
  public var rule: String
  public var severity: Severity
  public var category: Category
  /// What is wrong: one line, lower case, no full stop, names in single quotes.
  public var message: String
  public var range: SourceRange
  /// The version of the migration, if the place belongs to one.
  public var migration: String?
  public var direction: Direction?
  /// Other places that explain this one.
  public var labels: [Label]
  /// Why it matters.
  public var notes: [String]
  /// What to write instead.
  public var help: String?
  /// The SQLSTATE with which PostgreSQL rejects the statement: a prediction that `verify` confirms or refutes.
  public var sqlState: String?
  public var fix: Fix?

  public init(
    rule: String, severity: Severity, category: Category, message: String, range: SourceRange,
    migration: String? = nil, direction: Direction? = nil, labels: [Label] = [], notes: [String] = [],
    help: String? = nil, sqlState: String? = nil, fix: Fix? = nil
  ) {
    self.rule = rule
    self.severity = severity
    self.category = category
    self.message = message
    self.range = range
    self.migration = migration
    self.direction = direction
    self.labels = labels
    self.notes = notes
    self.help = help
    self.sqlState = sqlState
    self.fix = fix
  }

  /// A second place, with what it has to do with the first.
  public struct Label: Hashable, Sendable {
    public var range: SourceRange
    public var text: String

    public init(range: SourceRange, text: String) {
      self.range = range
      self.text = text
    }
  }

  /// File, place, rule: the order in which findings are printed.
  public static func inReadingOrder(_ a: Diagnostic, _ b: Diagnostic) -> Bool {
    (a.range.path, a.range.start.offset, a.rule, a.message) < (b.range.path, b.range.start.offset, b.rule, b.message)
  }
}

/// Edits that remove a finding.
public struct Fix: Hashable, Codable, Sendable {
  public var title: String
  /// Whether the edits keep the meaning that the author evidently had.
  public var safe: Bool
  public var edits: [Edit]

  public init(title: String, safe: Bool, edits: [Edit]) {
    self.title = title
    self.safe = safe
    self.edits = edits
  }

  public struct Edit: Hashable, Sendable {
    public var range: SourceRange
    public var replacement: String

    public init(range: SourceRange, replacement: String) {
      self.range = range
      self.replacement = replacement
    }
  }
}
