import ArgumentParser
import Diagnostics
import Foundation
import Reports
import Rules

/// What every command that reads migrations takes.
struct InputOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Folders, .sql files or Markdown plans; - for standard input.", valueName: "path"))
  var paths: [String] = []

  @Option(help: ArgumentHelp("The configuration; by default schemacheck.yml, searched upward.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("How the migrations are arranged; by default detected.", valueName: "name"))
  var layout: String?

  @Option(help: ArgumentHelp("The PostgreSQL version that the migrations are for.", valueName: "n"))
  var pgVersion: Int?

  @Option(help: ArgumentHelp("How much runs at the same time.", valueName: "n"))
  var jobs: Int?

  @Flag(help: "Print findings only, without a summary or progress.")
  var quiet = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs takes a number from 1") }
    if let pgVersion, !(10...99).contains(pgVersion) {
      throw ValidationError("--pg-version takes a major version, such as 15")
    }
  }

  var threads: Int { jobs ?? ProcessInfo.processInfo.activeProcessorCount }
}

/// What the commands that report have in common.
struct CommonOptions: ParsableArguments {
  @OptionGroup var input: InputOptions

  @Option(
    help: ArgumentHelp(
      "How to print the result: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "format")
  )
  var format: String = "text"

  @Option(
    help: ArgumentHelp(
      "Write the result to a file; with a format in front to that file in that format. May be repeated.",
      valueName: "[format:]file"))
  var output: [String] = []

  @Option(help: ArgumentHelp("The least severity that fails: error, warning, info, never.", valueName: "severity"))
  var failOn: String?

  @Option(help: ArgumentHelp("Colour: auto, always, never.", valueName: "when"))
  var color: String = "auto"

  func validate() throws {
    _ = try reportFormat(format)
    for output in output { _ = try target(output) }
    guard ["auto", "always", "never"].contains(color) else {
      throw ValidationError("'\(color)' is no choice for --color; choose auto, always or never")
    }
    if let failOn, failOn != "never", Severity(rawValue: failOn) == nil {
      throw ValidationError("'\(failOn)' is no choice for --fail-on; choose error, warning, info or never")
    }
  }

  /// The least severity that fails; nil where none does.
  func threshold(_ configuration: Configuration) -> Severity? {
    let name = failOn ?? configuration.failOn ?? "error"
    return Severity(rawValue: name)
  }

  private func reportFormat(_ name: String) throws -> ReportFormat {
    guard let format = ReportFormat(rawValue: name) else {
      let known = ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("there is no format '\(name)'; choose from \(known)")
    }
    return format
  }

  private func target(_ text: String) throws -> (format: ReportFormat, path: String) {
    guard let colon = text.firstIndex(of: ":"), let format = ReportFormat(rawValue: String(text[..<colon])) else {
      return (try reportFormat(format), text)
    }
    return (format, String(text[text.index(after: colon)...]))
  }

  /// Prints the result, or writes it where `--output` says; gives the exit code that it deserves.
  func report(_ result: RunResult, sources: [SourceFile], _ configuration: Configuration) throws -> ExitCode {
    let files = Dictionary(sources.map { ($0.path, $0) }) { first, _ in first }
    let isTerminal = isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    let isColored = color == "always" || color == "auto" && isTerminal
    let rules = listedRules.map { rule in
      RuleDescription(
        id: rule.id, severity: rule.severity, category: rule.category, summary: rule.summary,
        page: rulePage(rule.id)?.text ?? "")
    }
    for target in try output.map({ try self.target($0) }) {
      let context = ReportContext(sources: files, rules: rules, style: TextStyle(isQuiet: input.quiet))
      let text = target.format.render(result, context)
      do {
        try Data(text.utf8).write(to: URL(filePath: target.path))
      } catch {
        throw Failure(kind: .usage, message: "cannot write '\(target.path)': \(error.localizedDescription)")
      }
    }
    if output.isEmpty {
      let style = TextStyle(isColored: isColored, isQuiet: input.quiet)
      let text = try reportFormat(format).render(result, ReportContext(sources: files, rules: rules, style: style))
      FileHandle.standardOutput.write(Data(text.utf8))
    }
    return result.fails(at: threshold(configuration)) ? ExitCode(1) : .success
  }
}
