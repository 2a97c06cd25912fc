import ArgumentParser
import Diagnostics
import Foundation
import Rules

struct Lint: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Static analysis of migrations.")

  @OptionGroup var options: CommonOptions
  @OptionGroup var gate: GateOptions

  @Flag(help: "Make the changes that findings propose and that keep the meaning.")
  var fix = false

  @Flag(help: "With --fix: make the changes as well that may change the meaning.")
  var unsafe = false

  @Flag(help: "Print the changes instead of making them.")
  var diff = false

  func validate() throws {
    if unsafe, !fix, !diff { throw ValidationError("--unsafe goes with --fix or --diff") }
    if (fix || diff), options.input.paths.contains("-"), !diff {
      throw ValidationError("standard input can't be changed; use --diff")
    }
  }

  func run() throws {
    var input = try Input(options.input)
    var found = try analyze(input)
    if fix || diff {
      let before = Dictionary(input.set.files.map { ($0.path, $0.bytes) }) { first, _ in first }
      var replaced: [String: [UInt8]] = [:]
      // Each fix can make room for another one; what doesn't end after so many rounds goes in circles.
      for _ in 0..<20 {
        let (bytes, count) = fixed(found.diagnostics, in: input.set.files, isUnsafe: unsafe)
        guard count > 0 else { break }
        replaced.merge(bytes) { $1 }
        input = try Input(options.input, replacing: replaced)
        found = try analyze(input)
      }
      try finish(replaced, before)
      if diff { return }
    }
    let (diagnostics, hidden) = try gate.select(found.diagnostics, input)
    let result = RunResult(
      command: "lint", tool: .init(version: version), files: input.set.files.count,
      statements: found.chain.statementCount, suppressed: found.suppressed + hidden, diagnostics: diagnostics)
    let code = try options.report(result, sources: input.set.files, input.configuration)
    // The system takes the memory back at once; freeing it object by object would take a while.
    Foundation.exit(code.rawValue)
  }

  private func analyze(_ input: Input) throws -> LintResult {
    lint(input.set, settings: try input.settings(options.input, gate), keepsStatements: false)
  }

  /// Writes the changed files, or prints what would change.
  private func finish(_ replaced: [String: [UInt8]], _ before: [String: [UInt8]]) throws {
    for (path, bytes) in replaced.sorted(by: { $0.key < $1.key }) {
      if diff {
        let old = String(decoding: before[path] ?? [], as: UTF8.self)
        print(UnifiedDiff(old, String(decoding: bytes, as: UTF8.self), path: path).text, terminator: "")
      } else {
        do { try Data(bytes).write(to: URL(filePath: path), options: .atomic) } catch {
          throw Failure(kind: .usage, message: "cannot write '\(path)': \(error.localizedDescription)")
        }
      }
    }
  }
}

/// What a pre-merge gate leaves out of the findings.
struct GateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Report on files changed since a git revision; older migrations are deployed.", valueName: "rev")
  )
  var since: String?

  @Option(help: ArgumentHelp("Leave out the findings that a file lists.", valueName: "file"))
  var baseline: String?

  @Flag(help: "Write the findings of this run to the file of --baseline.")
  var updateBaseline = false

  /// The findings that are to be reported, and how many are known.
  func select(_ diagnostics: [Diagnostic], _ input: Input) throws -> (diagnostics: [Diagnostic], hidden: Int) {
    var shown = diagnostics
    let path = baseline ?? input.configuration.knownFindings.map { input.configuration.resolve($0) }
    if updateBaseline {
      guard let path else {
        throw Failure(
          kind: .usage, message: "--update-baseline needs --baseline FILE, or known-findings in schemacheck.yml")
      }
      try KnownFindings(diagnostics).write(to: path)
      return ([], diagnostics.count)
    }
    if let path { shown = try KnownFindings.read(path).new(diagnostics) }
    let hidden = diagnostics.count - shown.count
    if let since {
      let changed = try ChangedFiles(since: since, among: input.set.files)
      let paths = Set(input.set.files.filter(changed.contains).map(\.path))
      shown = shown.filter { paths.contains($0.range.path) }
    }
    return (shown, hidden)
  }
}

extension Input {
  /// The server's major version, if the user said it.
  func declaredVersion(_ options: InputOptions) -> Int? { options.pgVersion ?? configuration.postgresVersion }

  func settings(_ options: InputOptions, _ gate: GateOptions? = nil) throws -> RuleSettings {
    var settings = RuleSettings(
      severities: configuration.rules.severities, postgresVersion: declaredVersion(options), threads: options.threads)
    settings.options = configuration.rules.options
    settings.tenantColumns = configuration.tenantColumns
    settings.paths = configuration.paths.map { (configuration.resolve($0.pattern), $0.rules.severities) }
    settings.today = Self.today()
    if let since = gate?.since {
      let changed = try ChangedFiles(since: since, among: set.files)
      settings.changedFiles = Set(set.files.filter(changed.contains).map(\.path))
    }
    return settings
  }

  /// The day, as partition bounds write it.
  private static func today() -> String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
  }
}
