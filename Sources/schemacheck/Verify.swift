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
      Applies the migrations and watches what they lock, rolls each of them back and applies it again, fills the tables, \
      breaks every constraint, puts the policies to the test, and plays the scenarios of the configuration.
      """)

  @OptionGroup var options: CommonOptions

  @Option(
    help: ArgumentHelp(
      "A server that is there, instead of a throwaway one: a URL. The run has databases of its own, which it drops.",
      valueName: "url"))
  var server: String?

  @Flag(help: "Leave the throwaway server running, and say how to reach it.")
  var keep = false

  @Flag(help: "Write the migrated schema to the snapshot that the configuration names.")
  var updateSnapshot = false

  func validate() throws {
    if keep, server != nil {
      throw ValidationError("--keep and --server exclude each other: a server that is there stays")
    }
  }

  func run() async throws {
    let input = try Input(options.input)
    let ruleSettings = try input.settings(options.input)
    let found = lint(input.set, settings: ruleSettings)
    var plan = try input.configuration.verificationPlan()
    if updateSnapshot, input.configuration.snapshot == nil {
      throw Failure(
        kind: .usage, message: "--update-snapshot needs the key snapshot in schemacheck.yml, the file to write")
    }
    if let path = input.configuration.snapshot, !updateSnapshot {
      plan.snapshot = try snapshot(input.configuration.resolve(path))
    }
    let outcome = try await withEnvironment { try await verification(of: found, plan, input) }
    if updateSnapshot, let path = input.configuration.snapshot {
      try write(outcome.snapshot, to: input.configuration.resolve(path))
    }
    let result = RunResult(
      command: "verify", tool: .init(version: version, postgres: outcome.postgres), files: input.set.files.count,
      statements: found.chain.statementCount, suppressed: found.suppressed,
      diagnostics: ruleSettings.adjusted(outcome.diagnostics),
      checks: outcome.checks, migrations: outcome.migrations)
    throw try options.report(result, sources: input.set.files, input.configuration)
  }

  private func snapshot(_ path: String) throws -> Snapshot {
    guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
      throw Failure(kind: .usage, message: "cannot read the snapshot '\(path)': write it with verify --update-snapshot")
    }
    guard let snapshot = Snapshot(text: text) else {
      throw Failure(kind: .usage, message: "'\(path)' is no snapshot: write it anew with verify --update-snapshot")
    }
    return snapshot
  }

  private func write(_ snapshot: Snapshot?, to path: String) throws {
    let text =
      "# The schema that the migrations add up to. `schemacheck verify --update-snapshot` writes this file.\n"
      + (snapshot?.text ?? "")
    do { try Data(text.utf8).write(to: URL(filePath: path)) } catch {
      throw Failure(kind: .usage, message: "cannot write '\(path)': \(error.localizedDescription)")
    }
  }

  private func verification(of found: LintResult, _ plan: VerificationPlan, _ input: Input) async throws -> Verification
  {
    let progress = Progress(isQuiet: options.input.quiet)
    defer { progress.end() }
    if let server {
      let set = found.chain.set
      return try ExistingServer.run(
        server,
        roles: { role in
          plan.roles.contains(role) || set.mentions(role: role) || role == "schemacheck_tenant"
        }
      ) { server in try verify(found, on: server, plan: plan) { progress.show($0) } }
    }
    let settings = try input.serverOptions(options.input)
    progress.show("starting PostgreSQL")
    if keep { return try await keeping(found, plan, settings, progress) }
    return try await ThrowawayServer.run(settings) { [jobs = options.input.threads] server in
      guard jobs > 1 else { return try verify(found, on: server, plan: plan) { progress.show($0) } }
      return try await ThrowawayServer.run(settings) { second in
        try verify(found, on: server, beside: second, plan: plan) { progress.show($0) }
      }
    }
  }

  /// The server is left alone when everything is done: nobody waits for its end.
  private func keeping(
    _ found: LintResult, _ plan: VerificationPlan, _ settings: ThrowawayServer.Options, _ progress: Progress
  ) async throws -> Verification {
    try await withCheckedThrowingContinuation { continuation in
      Task {
        do {
          try await ThrowawayServer.run(settings) { server in
            let verification = try verify(found, on: server, plan: plan) { progress.show($0) }
            progress.end()
            let process = ThrowawayServer.keep(server) ?? ""
            printError(
              "psql -h \(server.socketFolder ?? "") -U postgres \(server.database("rows"))   # the migrated schema with rows"
            )
            printError("kill \(process)   # ends the server, and removes its files")
            continuation.resume(returning: verification)
            try await Task.sleep(for: .seconds(3600))
          }
        } catch { continuation.resume(throwing: error) }
      }
    }
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
    plan.visible = visible
    plan.scenarios = scenarios
    plan.inventory = inventory
    plan.accepted = accepted
    plan.timeLimit = totalLimit ?? plan.timeLimit
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
      binaries: binaries, preload: set.librariesToPreload.filter(binaries.hasLibrary),
      statementTimeout: configuration.statementLimit ?? 60, environment: environment)
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
