import ArgumentParser
import Diagnostics
import Foundation
import Rules

struct Lint: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Static analysis of migrations.")

  @OptionGroup var options: CommonOptions

  func run() throws {
    let input = try Input(options.input)
    let found = lint(input.set, settings: input.settings(options.input), keepsStatements: false)
    let result = RunResult(
      command: "lint", tool: .init(version: version), files: input.set.files.count,
      statements: found.chain.statementCount, suppressed: found.suppressed, diagnostics: found.diagnostics)
    let code = try options.report(result, sources: input.set.files, input.configuration)
    // The system takes the memory back at once; freeing it object by object would take a while.
    Foundation.exit(code.rawValue)
  }
}

extension Input {
  /// The server's major version, if the user said it.
  func declaredVersion(_ options: InputOptions) -> Int? { options.pgVersion ?? configuration.postgresVersion }

  func settings(_ options: InputOptions) -> RuleSettings {
    RuleSettings(
      severities: configuration.severities, postgresVersion: declaredVersion(options),
      threads: options.threads)
  }
}
