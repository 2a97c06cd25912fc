import Diagnostics
import Migrations
import PostgresSyntax

/// How a user changed what the rules say.
public struct RuleSettings: Sendable {
  /// Severities by rule; nil turns the rule off.
  public var severities: [String: Severity?]
  /// The major version of the server that the migrations are for; nil where nobody said.
  public var postgresVersion: Int?
  /// The threads that parse.
  public var threads: Int

  public init(severities: [String: Severity?] = [:], postgresVersion: Int? = nil, threads: Int = 2) {
    self.severities = severities
    self.postgresVersion = postgresVersion
    self.threads = threads
  }
}

/// What the static analysis found, with the replayed chain it was found on.
public struct LintResult: Sendable {
  public var chain: Chain
  public var diagnostics: [Diagnostic]
  public var suppressed: Int
  public var statements: Int
}

/// Parses and replays the migrations, and puts every rule to them.
public func lint(
  _ set: MigrationSet, rules: [any Rule.Type] = allRules, settings: RuleSettings = RuleSettings()
) -> LintResult {
  onDeepStack { check(set, rules: rules, settings: settings) }
}

private func check(_ set: MigrationSet, rules: [any Rule.Type], settings: RuleSettings) -> LintResult {
  let parsed = parseAll(set, threads: settings.threads)
  let chain = Chain(set, parsed: parsed, declaredVersion: settings.postgresVersion)
  let active = rules.filter { settings.severities[$0.id].map { $0 != nil } ?? true }.map { $0.init() }
  let steps = chain.allSteps
  var found = active.flatMap { $0.check(chain) }
  for step in steps {
    for rule in active { found += rule.check(step, in: chain) }
  }
  for index in found.indices {
    if let severity = settings.severities[found[index].rule], let severity { found[index].severity = severity }
  }
  let allows = Allows(set.files, parsed: parsed)
  var (kept, suppressed) = allows.apply(to: found)
  if active.contains(where: { $0 is UnusedAllow }) { kept += allows.unused(by: found) }
  return LintResult(
    chain: chain, diagnostics: kept.sorted(by: Diagnostic.inReadingOrder), suppressed: suppressed,
    statements: parsed.values.reduce(0) { $0 + $1.pieces.count })
}

private func parseAll(_ set: MigrationSet, threads: Int) -> [Script: ParsedSQL] {
  let scripts = (set.baseline ?? []) + set.migrations.flatMap { $0.up + $0.down } + set.queries
  let parsed = parallelMap(scripts, threads: threads) { parse($0.file, in: $0.range) }
  return Dictionary(zip(scripts, parsed)) { first, _ in first }
}
