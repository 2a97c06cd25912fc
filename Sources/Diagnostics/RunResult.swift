/// Everything that one run of a command found out. All report formats are made from this value.
public struct RunResult: Hashable, Sendable {
  public static let schemaVersion = 1

  public var command: String
  public var tool: Tool
  public var files: Int
  public var statements: Int
  /// Findings that an allow comment kept out of `diagnostics`.
  public var suppressed: Int
  public var diagnostics: [Diagnostic]
  public var checks: [CheckResult]
  public var migrations: [MigrationResult]

  public init(
    command: String, tool: Tool, files: Int = 0, statements: Int = 0, suppressed: Int = 0,
    diagnostics: [Diagnostic] = [], checks: [CheckResult] = [], migrations: [MigrationResult] = []
  ) {
    self.command = command
    self.tool = tool
    self.files = files
    self.statements = statements
    self.suppressed = suppressed
    self.diagnostics = diagnostics
    self.checks = checks
    self.migrations = migrations
  }

  public struct Tool: Hashable, Codable, Sendable {
    public var name: String
    public var version: String
    /// The server that `verify` ran on, such as `15.18`.
    public var postgres: String?

    public init(name: String = "schemacheck", version: String, postgres: String? = nil) {
      self.name = name
      self.version = version
      self.postgres = postgres
    }
  }

  public struct Summary: Hashable, Codable, Sendable {
    public var files, statements, errors, warnings, infos, suppressed: Int
    public var checksPassed, checksFailed, checksSkipped: Int
  }

  public var summary: Summary {
    Summary(
      files: files, statements: statements,
      errors: diagnostics.count { $0.severity == .error },
      warnings: diagnostics.count { $0.severity == .warning },
      infos: diagnostics.count { $0.severity == .info },
      suppressed: suppressed,
      checksPassed: checks.count { $0.status == .passed },
      checksFailed: checks.count { $0.status == .failed || $0.status == .errored },
      checksSkipped: checks.count { $0.status == .skipped })
  }

  /// Whether a finding reaches `threshold`, or a check failed. Without a threshold, nothing does.
  public func fails(at threshold: Severity?) -> Bool {
    guard let threshold else { return false }
    return diagnostics.contains { $0.severity >= threshold } || summary.checksFailed > 0
  }
}

/// One claim that `verify` put to a real server.
public struct CheckResult: Hashable, Sendable {
  public enum Status: String, Codable, Sendable {
    case passed, failed, skipped, errored
  }

  /// A stable path, such as `rollback/001/restores`.
  public var id: String
  public var stage: String
  public var subject: String
  public var status: Status
  public var message: String
  public var expected: String?
  public var actual: String?
  /// What it took to find out, in milliseconds.
  public var durationMs: Double
  public var sqlState: String?
  /// SQL that shows it in psql.
  public var repro: String?
  public var range: SourceRange?

  public init(
    id: String, stage: String, subject: String, status: Status, message: String, expected: String? = nil,
    actual: String? = nil, durationMs: Double = 0, sqlState: String? = nil, repro: String? = nil,
    range: SourceRange? = nil
  ) {
    self.id = id
    self.stage = stage
    self.subject = subject
    self.status = status
    self.message = message
    self.expected = expected
    self.actual = actual
    self.durationMs = durationMs
    self.sqlState = sqlState
    self.repro = repro
    self.range = range
  }
}

/// What happened to one migration on the server.
public struct MigrationResult: Hashable, Codable, Sendable {
  public enum Status: String, Codable, Sendable {
    case applied, failed, skipped
  }

  public var version: String
  public var name: String
  public var path: String
  public var status: Status
  public var durationMs: Double
  public var statements: [StatementResult]
  public var rollback: Rollback?

  public init(
    version: String, name: String, path: String, status: Status, durationMs: Double,
    statements: [StatementResult] = [], rollback: Rollback? = nil
  ) {
    self.version = version
    self.name = name
    self.path = path
    self.status = status
    self.durationMs = durationMs
    self.statements = statements
    self.rollback = rollback
  }

  public struct StatementResult: Hashable, Sendable {
    public var range: SourceRange
    public var durationMs: Double
    /// What the statement locked that others may be using.
    public var locks: [Lock]
    /// The tables of which every row was written anew.
    public var rewrites: [String]
    /// The tables of which every row was read.
    public var scans: [String]
    /// What was written to the write-ahead log; nil where that isn't known.
    public var walBytes: Int?

    public init(
      range: SourceRange, durationMs: Double, locks: [Lock] = [], rewrites: [String] = [], scans: [String] = [],
      walBytes: Int? = nil
    ) {
      self.range = range
      self.durationMs = durationMs
      self.locks = locks
      self.rewrites = rewrites
      self.scans = scans
      self.walBytes = walBytes
    }
  }

  /// A lock on a relation that was there before the migration.
  public struct Lock: Hashable, Codable, Sendable {
    public var relation: String
    /// As LOCK TABLE writes it, such as `ACCESS EXCLUSIVE`.
    public var mode: String
    /// How long it was held: to the end of the transaction, or as long as samples saw it.
    public var heldMs: Double

    public init(relation: String, mode: String, heldMs: Double) {
      self.relation = relation
      self.mode = mode
      self.heldMs = heldMs
    }
  }

  public struct Rollback: Hashable, Codable, Sendable {
    public enum Status: String, Codable, Sendable {
      case restored, differs, failed, missing
    }

    public var status: Status
    /// Object by object, what is not as it was before the migration.
    public var differences: [String]

    public init(status: Status, differences: [String] = []) {
      self.status = status
      self.differences = differences
    }
  }
}
