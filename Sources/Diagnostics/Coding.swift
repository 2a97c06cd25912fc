// The JSON form of the result model. A source range is written as two keys beside its owner's, `path` and `range`.

private struct LineRange: Codable {
  var start: SourcePosition
  var end: SourcePosition
}

private enum RangeKey: String, CodingKey {
  case path, range
}

extension SourceRange: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: RangeKey.self)
    let lines = try container.decode(LineRange.self, forKey: .range)
    self.init(path: try container.decode(String.self, forKey: .path), start: lines.start, end: lines.end)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RangeKey.self)
    try container.encode(path, forKey: .path)
    try container.encode(LineRange(start: start, end: end), forKey: .range)
  }
}

extension Diagnostic: Codable {
  private enum Key: String, CodingKey {
    case rule, severity, category, message, migration, direction, labels, notes, help, sqlState, fix
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      rule: try container.decode(String.self, forKey: .rule),
      severity: try container.decode(Severity.self, forKey: .severity),
      category: try container.decode(Category.self, forKey: .category),
      message: try container.decode(String.self, forKey: .message),
      range: try SourceRange(from: decoder),
      migration: try container.decodeIfPresent(String.self, forKey: .migration),
      direction: try container.decodeIfPresent(Direction.self, forKey: .direction),
      labels: try container.decodeIfPresent([Label].self, forKey: .labels) ?? [],
      notes: try container.decodeIfPresent([String].self, forKey: .notes) ?? [],
      help: try container.decodeIfPresent(String.self, forKey: .help),
      sqlState: try container.decodeIfPresent(String.self, forKey: .sqlState),
      fix: try container.decodeIfPresent(Fix.self, forKey: .fix))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(rule, forKey: .rule)
    try container.encode(severity, forKey: .severity)
    try container.encode(category, forKey: .category)
    try container.encode(message, forKey: .message)
    try range.encode(to: encoder)
    try container.encodeIfPresent(migration, forKey: .migration)
    try container.encodeIfPresent(direction, forKey: .direction)
    try container.encode(labels, forKey: .labels)
    try container.encode(notes, forKey: .notes)
    try container.encodeIfPresent(help, forKey: .help)
    try container.encodeIfPresent(sqlState, forKey: .sqlState)
    try container.encodeIfPresent(fix, forKey: .fix)
  }
}

extension Diagnostic.Label: Codable {
  private enum Key: String, CodingKey { case text }

  public init(from decoder: any Decoder) throws {
    let text = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .text)
    self.init(range: try SourceRange(from: decoder), text: text)
  }

  public func encode(to encoder: any Encoder) throws {
    try range.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(text, forKey: .text)
  }
}

extension Fix.Edit: Codable {
  private enum Key: String, CodingKey { case replacement }

  public init(from decoder: any Decoder) throws {
    let replacement = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .replacement)
    self.init(range: try SourceRange(from: decoder), replacement: replacement)
  }

  public func encode(to encoder: any Encoder) throws {
    try range.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(replacement, forKey: .replacement)
  }
}

extension CheckResult: Codable {
  private enum Key: String, CodingKey {
    case id, stage, subject, status, message, expected, actual, durationMs, sqlState, repro
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      id: try container.decode(String.self, forKey: .id),
      stage: try container.decode(String.self, forKey: .stage),
      subject: try container.decode(String.self, forKey: .subject),
      status: try container.decode(Status.self, forKey: .status),
      message: try container.decode(String.self, forKey: .message),
      expected: try container.decodeIfPresent(String.self, forKey: .expected),
      actual: try container.decodeIfPresent(String.self, forKey: .actual),
      durationMs: try container.decode(Double.self, forKey: .durationMs),
      sqlState: try container.decodeIfPresent(String.self, forKey: .sqlState),
      repro: try container.decodeIfPresent(String.self, forKey: .repro),
      range: try? SourceRange(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(id, forKey: .id)
    try container.encode(stage, forKey: .stage)
    try container.encode(subject, forKey: .subject)
    try container.encode(status, forKey: .status)
    try container.encode(message, forKey: .message)
    try container.encodeIfPresent(expected, forKey: .expected)
    try container.encodeIfPresent(actual, forKey: .actual)
    try container.encode(durationMs, forKey: .durationMs)
    try container.encodeIfPresent(sqlState, forKey: .sqlState)
    try container.encodeIfPresent(repro, forKey: .repro)
    try range?.encode(to: encoder)
  }
}

extension MigrationResult.StatementResult: Codable {
  private enum Key: String, CodingKey { case durationMs, locks, rewrites, scans, walBytes }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      range: try SourceRange(from: decoder),
      durationMs: try container.decode(Double.self, forKey: .durationMs),
      locks: try container.decodeIfPresent([MigrationResult.Lock].self, forKey: .locks) ?? [],
      rewrites: try container.decodeIfPresent([String].self, forKey: .rewrites) ?? [],
      scans: try container.decodeIfPresent([String].self, forKey: .scans) ?? [],
      walBytes: try container.decodeIfPresent(Int.self, forKey: .walBytes))
  }

  public func encode(to encoder: any Encoder) throws {
    try range.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(durationMs, forKey: .durationMs)
    try container.encode(locks, forKey: .locks)
    try container.encode(rewrites, forKey: .rewrites)
    try container.encode(scans, forKey: .scans)
    try container.encodeIfPresent(walBytes, forKey: .walBytes)
  }
}

extension RunResult: Codable {
  private enum Key: String, CodingKey {
    case schemaVersion, command, tool, summary, diagnostics, checks, migrations, benchmarks
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let summary = try container.decode(Summary.self, forKey: .summary)
    self.init(
      command: try container.decode(String.self, forKey: .command),
      tool: try container.decode(Tool.self, forKey: .tool),
      files: summary.files, statements: summary.statements, suppressed: summary.suppressed,
      diagnostics: try container.decode([Diagnostic].self, forKey: .diagnostics),
      checks: try container.decode([CheckResult].self, forKey: .checks),
      migrations: try container.decode([MigrationResult].self, forKey: .migrations))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Self.schemaVersion, forKey: .schemaVersion)
    try container.encode(command, forKey: .command)
    try container.encode(tool, forKey: .tool)
    try container.encode(summary, forKey: .summary)
    try container.encode(diagnostics, forKey: .diagnostics)
    try container.encode(checks, forKey: .checks)
    try container.encode(migrations, forKey: .migrations)
    try container.encode([String](), forKey: .benchmarks)
  }
}
