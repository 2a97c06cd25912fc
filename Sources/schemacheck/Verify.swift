import ArgumentParser
import Diagnostics
import Foundation
import Migrations
import Postgres
import Rules
import Verification

struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Live verification on a throwaway PostgreSQL.",
    discussion: """
      Applies the migrations statement by statement, runs the queries of a document, rolls every migration back, \
      compares the schema before and after, and applies it again.
      """)

  @OptionGroup var options: CommonOptions

  func run() async throws {
    let input = try Input(options.input)
    let ruleSettings = try input.settings(options.input)
    let found = lint(input.set, settings: ruleSettings)
    let plan = try input.configuration.verificationPlan()
    let progress = Progress(isQuiet: options.input.quiet)
    let verification = try await withEnvironment {
      let settings = try input.serverOptions(options.input)
      progress.show("starting PostgreSQL")
      return try await ThrowawayServer.run(settings) { [jobs = options.input.threads] server in
        guard jobs > 1 else { return try verify(found, on: server, plan: plan) { progress.show($0) } }
        return try await ThrowawayServer.run(settings) { second in
          try verify(found, on: server, beside: second, plan: plan) { progress.show($0) }
        }
      }
    }
    progress.end()
    let result = RunResult(
      command: "verify", tool: .init(version: version, postgres: verification.postgres), files: input.set.files.count,
      statements: found.chain.statementCount, suppressed: found.suppressed,
      diagnostics: ruleSettings.adjusted(verification.diagnostics),
      checks: verification.checks, migrations: verification.migrations)
    throw try options.report(result, sources: input.set.files, input.configuration)
  }
}

extension Configuration {
  /// What `verify` does beyond what every project needs.
  ///
  /// - Throws: `Failure` where a file that it names can't be read.
  func verificationPlan() throws -> VerificationPlan {
    let day = (seed.date ?? Date()).timeIntervalSince1970 / 86400
    var settings = SeedSettings(now: day.rounded(.down) * 86400)
    settings.rows = seed.rows ?? settings.rows
    settings.number = seed.number ?? settings.number
    settings.tables = seed.tables
    var plan = VerificationPlan(seed: settings, tenantColumns: tenantColumns, identities: identities)
    plan.roles = roles
    plan.scenarios = scenarios
    plan.inventory = inventory
    plan.accepted = accepted
    plan.seedFiles = try seed.files.flatMap { try Input.read(resolve($0)) }
    if let liveChecks {
      plan.liveChecks += try Input.read(resolve(liveChecks)).map { file in
        let name = file.path.split(separator: "/").last.map { String($0.dropLast(".sql".count)) } ?? file.path
        return LiveCheck(id: name, sql: String(decoding: file.bytes, as: UTF8.self))
      }
    }
    return plan
  }
}

extension Input {
  /// The throwaway server that the migrations need.
  func serverOptions(_ options: InputOptions) throws -> ThrowawayServer.Options {
    let environment = ProcessInfo.processInfo.environment
    let binaries = try ServerBinaries.find(version: declaredVersion(options), environment: environment)
    return ThrowawayServer.Options(
      binaries: binaries, preload: set.librariesToPreload.filter(binaries.hasLibrary), environment: environment)
  }
}

extension MigrationSet {
  /// Libraries that work only if the server loads them at its start, and that the migrations mention.
  fileprivate var librariesToPreload: [String] {
    ["pg_stat_statements", "pg_cron"].filter { name in
      files.contains { $0.firstRange(of: Array(name.utf8)) != nil }
    }
  }
}

/// One line on a terminal that says what is being done.
struct Progress: Sendable {
  private let isShown: Bool

  init(isQuiet: Bool) {
    isShown = !isQuiet && isatty(STDERR_FILENO) == 1
  }

  func show(_ text: String) {
    if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K\(text) …".utf8)) }
  }

  func end() {
    if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}
