import Catalog
import Diagnostics
import Glibc
import Migrations
import PostgresSyntax

/// How a user changed what the rules say.
public struct RuleSettings: Sendable {
  /// Severities by rule; nil turns the rule off.
  public var severities: [String: Severity?]
  /// The major version of the server that the migrations are for; nil where nobody said.
  public var postgresVersion: Int?
  /// What the user set for rules, by rule and key.
  public var options: [String: [String: [String]]] = [:]
  /// Severities by rule for the files that a pattern of the shell matches; later ones count more.
  public var paths: [(pattern: String, severities: [String: Severity?])] = []
  /// The columns that say whose a row is: where one is declared, tenants must not see each other's rows.
  public var tenantColumns: [String] = []
  /// The files that have changed since what is deployed; nil where nobody said.
  public var changedFiles: Set<String>?
  /// The day on which the migrations are judged, as `2024-01-31`; nil where it doesn't matter.
  public var today: String?
  /// The threads that parse. With none, everything is done on the calling thread, whose stack must be large enough.
  public var threads: Int

  public init(severities: [String: Severity?] = [:], postgresVersion: Int? = nil, threads: Int = 2) {
    self.severities = severities
    self.postgresVersion = postgresVersion
    self.threads = threads
  }
}

extension RuleSettings {
  private static let optionalRules = Set(allRules.filter { $0.isOptional }.map { $0.id })

  /// Whether a rule's findings may be wanted for some file.
  func mayReport(_ rule: any Rule.Type) -> Bool {
    let chosen = [severities[rule.id]] + paths.map { $0.severities[rule.id] }
    return chosen.contains { $0 != nil && $0! != nil } || severities[rule.id] == nil && !rule.isOptional
  }

  /// The finding with the severity that the user chose for its rule and place; nil where he turned the rule off.
  func adjusted(_ diagnostic: Diagnostic) -> Diagnostic? {
    var diagnostic = diagnostic
    var choice: Severity?? = severities[diagnostic.rule]
    for path in paths where fnmatch(path.pattern, diagnostic.range.path, 0) == 0 {
      if let severity = path.severities[diagnostic.rule] { choice = severity }
    }
    if choice == nil, Self.optionalRules.contains(diagnostic.rule) { return nil }
    guard let choice else { return diagnostic }
    guard let severity = choice else { return nil }
    diagnostic.severity = severity
    return diagnostic
  }
}

/// What the static analysis found, with the replayed chain it was found on.
public struct LintResult: Sendable {
  public var chain: Chain
  public var diagnostics: [Diagnostic]
  public var suppressed: Int
}

/// Parses and replays the migrations, and puts every rule to them.
///
/// - Parameter keepsStatements: whether the chain of the result holds every statement.
public func lint(
  _ set: MigrationSet, rules: [any Rule.Type] = allRules, settings: RuleSettings = RuleSettings(),
  keepsStatements: Bool = true
) -> LintResult {
  onDeepStack(threads: settings.threads) {
    var linter = Linter(set, rules: rules, settings: settings)
    let chain = Chain(set, settings: settings, keepsStatements: keepsStatements) { event, chain in
      switch event {
      case .step(let step): linter.visit(step, in: chain)
      case .migration(let replayed): linter.visit(replayed, in: chain)
      }
    }
    return linter.finish(chain)
  }
}

/// Puts the rules to the chain as it passes by.
private struct Linter {
  private let rules: [any Rule]
  private let reportsUnusedAllows: Bool
  private let settings: RuleSettings
  private var allows: Allows
  private var found: [Diagnostic] = []
  /// The findings about objects that don't exist where they are used.
  private var undefined: [(finding: Int, object: ObjectID, position: Int)] = []

  init(_ set: MigrationSet, rules: [any Rule.Type], settings: RuleSettings) {
    self.rules = rules.filter { settings.mayReport($0) }.map { $0.init() }
    reportsUnusedAllows = self.rules.contains { $0 is UnusedAllow }
    self.settings = settings
    allows = Allows(
      set.files, requiresReason: settings.options[UnusedAllow.id]?["require-reason"] == ["true"])
  }

  mutating func visit(_ step: Step, in chain: Chain) {
    allows.note(step)
    for rule in rules { found += rule.check(step, in: chain) }
    // Nobody knows on what an aside runs.
    if !step.outcome.rejections.isEmpty, chain.stage != .asides { visit(rejected: step, in: chain) }
  }

  mutating func visit(_ replayed: Chain.Replayed, in chain: Chain) {
    for rule in rules { found += rule.check(replayed, in: chain) }
  }

  private mutating func visit(rejected step: Step, in chain: Chain) {
    let first = found.count
    for rule in rules { found += rule.check(rejected: step, in: chain) }
    if chain.isOrphan(step) {
      for index in first..<found.count where found[index].severity == .error {
        found[index].severity = .warning
        found[index].notes.append("the migration that it takes back is not among the files")
      }
    }
    for rejection in step.outcome.rejections {
      guard case .undefined(let object) = rejection.reason else { continue }
      let range = step.file.range(step.range(of: rejection, name: object.name))
      for index in first..<found.count where found[index].range == range {
        undefined.append((index, object, step.position))
      }
    }
  }

  mutating func finish(_ chain: Chain) -> LintResult {
    var named: Set<String> = []
    var repeated: Set<Int> = []
    for (index, object, position) in undefined {
      found[index].addWhatComesLater(of: object, after: position, in: chain)
      // Queries stand each for itself; what all of them miss is one finding.
      if object.kind.isRelation, found[index].migration == nil,
        !named.insert("\(found[index].rule) \(object)").inserted
      {
        repeated.insert(index)
      }
    }
    found = found.enumerated().filter { !repeated.contains($0.offset) }.map(\.element)
    // Starting threads pays only where there is much to look at.
    let threads = chain.statementCount > 2000 ? settings.threads : 0
    for findings in ParallelSequence(rules.map(OwnedRule.init), threads: threads, { $0.rule.check(chain) }) {
      found += findings
    }
    found = found.compactMap { settings.adjusted($0) }
    allows.note(chain.syntaxErrors)
    var (kept, suppressed) = allows.apply(to: found)
    if reportsUnusedAllows { kept += allows.unused(by: found) }
    return LintResult(
      chain: chain, diagnostics: kept.sorted(by: Diagnostic.inReadingOrder), suppressed: suppressed)
  }
}

/// A rule on its way to the one thread that asks it about the whole chain.
private struct OwnedRule: @unchecked Sendable {
  let rule: any Rule
}
