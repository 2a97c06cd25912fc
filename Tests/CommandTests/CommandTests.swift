import Diagnostics
import Foundation
import Reports
import TestSupport
import Testing

/// The built binary, as a user calls it.
@Suite struct CommandTests: CommandSuite {
  let workspace: Workspace

  init() throws { workspace = try Workspace() }

  // MARK: - lint

  @Test func lintFindsTheMigrationsOfTheFolderItIsCalledIn() throws {
    try write("create table t (a int); create table t (b int);", "migrations/1_a.sql")
    let outcome = try run(["lint"])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("error[duplicate-object]"))
    #expect(outcome.output.contains("--> migrations/1_a.sql:1:38"))
    #expect(!outcome.output.contains("\u{1B}"), "no colour where there is no terminal")
  }

  @Test func lintReadsStandardInput() throws {
    let outcome = try run(["lint", "-"], input: "select 1 from;")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("--> -:1:14"))
    #expect(try run(["lint", "-"], input: "select 1;").status == 0)
    #expect(try run(["lint", "-"], input: "").status == 0)
  }

  @Test func thePlanIsLintedWithTheConfigurationBesideIt() throws {
    let outcome = try run(["lint", "Fixtures/langgraph-observability/plan.md", "--format", "json"], in: repository)
    #expect(outcome.status == 1)
    let result = try RunResult(json: Array(outcome.output.utf8))
    let expected = try String(
      contentsOf: repository.appending(path: "Fixtures/langgraph-observability/expected.txt"), encoding: .utf8)
    let lines = expected.split(separator: "\n")
    #expect(result.summary.errors == lines.count { $0.contains(" error ") })
    #expect(result.summary.warnings == lines.count { $0.contains(" warning ") })
    #expect(result.diagnostics.allSatisfy { $0.range.path == "Fixtures/langgraph-observability/plan.md" })
  }

  @Test func theFolderOfAConfigurationStandsForItsMigrations() throws {
    let outcome = try run(["lint", "Fixtures/langgraph-observability"], in: repository)
    #expect(outcome.status == 0)
    #expect(outcome.output == "no findings in 9 files, 110 statements; 1 allowed\n")
  }

  @Test func theThresholdAndTheSeveritiesDecideTheExitCode() throws {
    try write(
      "create table p (id bigint primary key); create table t (id bigint primary key, p bigint references p);",
      "migrations/1_a.sql")
    #expect(try run(["lint"]).status == 0)
    #expect(try run(["lint", "--fail-on", "warning"]).status == 1)
    try write("rules:\n  unindexed-foreign-key: error\n", "schemacheck.yml")
    #expect(try run(["lint"]).status == 1)
    #expect(try run(["lint", "--fail-on", "never"]).status == 0)
    try write("rules:\n  unindexed-foreign-key: off\n", "schemacheck.yml")
    #expect(try run(["lint", "--fail-on", "info"]).output == "no findings in 1 file, 2 statements\n")
  }

  @Test func placeholdersOfTheConfigurationStandForWhatTheySay() throws {
    try write("placeholders:\n  \"{{schema}}\": app\n", "schemacheck.yml")
    try write("create schema {{schema}};\ncreate table {{schema}}.users (id int primary key);", "m/1_users.sql")
    try write("create table app.posts (author int references app.users);", "m/2_posts.sql")
    let outcome = try run(["schema", "m"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("REFERENCES app.users (id)"))
  }

  @Test func outputGoesToFilesInTheirFormats() throws {
    try write("select 1;", "1.sql")
    let outcome = try run(["lint", "1.sql", "--output", "json:a.json", "--output", "a.txt"])
    #expect(outcome.output == "")
    let json = try Data(contentsOf: folder.appending(path: "a.json"))
    #expect(try RunResult(json: Array(json)).statements == 1)
    #expect(
      try String(contentsOf: folder.appending(path: "a.txt"), encoding: .utf8) == "no findings in 1 file, 1 statement\n"
    )
  }

  @Test(arguments: [
    (["lint", "missing.sql"], "there is no file or folder 'missing.sql'"),
    (["lint"], "no migrations found"),
    (["lint", "--format", "xml"], "there is no format 'xml'"),
    (["lint", "--fail-on", "often"], "choose error, warning, info or never"),
    (["lint", "--jobs", "0"], "--jobs takes a number from 1"),
    (["lint", "--nonsense"], "Unknown option"),
    (["lint", "-", "--layout", "nope"], "there is no layout 'nope'"),
    (["lint", "-", "--config", "missing.yml"], "cannot read the configuration 'missing.yml'"),
    (["explain", "inline-idex"], "did you mean 'inline-index'?"),
  ])
  func wrongUsageEndsWith2AndSaysWhatToDo(_ arguments: [String], _ message: String) throws {
    let outcome = try run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(outcome.output == "")
  }

  @Test(arguments: [
    ("migration: x\n", "schemacheck.yml:1:1: there is no key 'migration'; did you mean 'migrations'?"),
    ("rules:\n  inline-idx: off\n", "schemacheck.yml:2:3: there is no rule 'inline-idx'; did you mean 'inline-index'?"),
    ("rules:\n  inline-index: bad\n", "there is no severity 'bad'"),
    ("fail-on: sometimes\n", "there is no value for fail-on 'sometimes'"),
    ("migrations: [\n", "is no valid YAML"),
    ("- a\n", "the file must be a mapping"),
  ])
  func aMistakeInTheConfigurationIsNamedWithItsLine(_ text: String, _ message: String) throws {
    try write(text, "schemacheck.yml")
    let outcome = try run(["lint", "-"], input: "select 1;")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  // MARK: - rules, explain, init

  @Test func rulesAreListedAndExplained() throws {
    let list = try run(["rules"])
    #expect(list.status == 0)
    #expect(list.output.contains("inline-index                 error    An index clause inside"))
    let page = try run(["explain", "inline-index"])
    #expect(page.status == 0)
    #expect(page.output.hasPrefix("# inline-index\n"))
    #expect(try run(["--version"]).output.contains("."))
    #expect(try run(["--help"]).status == 0)
  }

  @Test func initWritesAConfigurationThatFitsTheFolder() throws {
    try write("create table t (id bigint primary key);", "db/migrations/1_a.sql")
    try write("drop table t;", "rollbacks/rollback_1.sql")
    try write("select 1;", "baseline.sql")
    #expect(try run(["init"]).status == 0)
    let text = try String(contentsOf: folder.appending(path: "schemacheck.yml"), encoding: .utf8)
    #expect(text.contains("\nmigrations: db/migrations\n"))
    #expect(text.contains("\nrollbacks: rollbacks\n"))
    #expect(text.contains("\nbaseline: baseline.sql\n"))
    #expect(try run(["lint"]).output == "no findings in 3 files, 3 statements\n")
    let again = try run(["init"])
    #expect(again.status == 2)
    #expect(again.errors.contains("--force"))
    #expect(try run(["init", "--force"]).status == 0)
  }

  // MARK: - verify

  @Test func verifyPassesOnTheCorrectedSystem() throws {
    let outcome = try run(["verify", "Fixtures/langgraph-observability"], in: repository)
    #expect(outcome.status == 0)
    #expect(
      outcome.output.contains(" checks: ") && outcome.output.hasSuffix(" passed\n"), "\(outcome.output.suffix(200))")
  }

  @Test func withoutPostgreSQLVerifyEndsWith3() throws {
    let outcome = try run(["verify", "-"], input: "select 1;", environment: ["SCHEMACHECK_PG_BINDIR": "/nowhere"])
    #expect(outcome.status == 3)
    #expect(outcome.errors.hasPrefix("schemacheck: SCHEMACHECK_PG_BINDIR is '/nowhere'"))
  }

  @Test(arguments: [SIGKILL, SIGTERM, SIGINT])
  func nothingIsLeftWhenTheProcessIsKilled(_ signal: Int32) throws {
    let process = try start(["verify", "-"], input: "select pg_sleep(30);")
    let server = try #require(try waitFor { try serverFolder(of: process.processIdentifier) })
    // The statement is running once a backend is busy with it.
    _ = try waitFor { FileManager.default.fileExists(atPath: "\(server)/.s.PGSQL.5432") ? true : nil }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(try waitFor { FileManager.default.fileExists(atPath: server) ? nil : true } == true, "\(server) is left")
    #expect(try processes(mentioning: server) == [])
  }

  @Test func whatASupervisorThatWasKilledLeavesIsSweptByTheNextRun() throws {
    let process = try start(["verify", "-"], input: "select pg_sleep(30);")
    let server = try #require(try waitFor { try serverFolder(of: process.processIdentifier) })
    _ = try waitFor { FileManager.default.fileExists(atPath: "\(server)/.s.PGSQL.5432") ? true : nil }
    let supervisor = try #require(
      pid_t(try String(contentsOfFile: "\(server)/supervisor", encoding: .utf8).filter(\.isNumber)))
    kill(supervisor, SIGKILL)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(FileManager.default.fileExists(atPath: server))
    #expect(try run(["verify", "-"], input: "select 1;").status == 0)
    #expect(!FileManager.default.fileExists(atPath: server))
    #expect(try waitFor { try processes(mentioning: server).isEmpty ? true : nil } == true)
  }

  private func waitFor<Value>(_ condition: () throws -> Value?) throws -> Value? {
    for _ in 0..<400 {
      if let value = try condition() { return value }
      usleep(25_000)
    }
    return nil
  }

  /// The folder of the server that a process started, once its server has a database folder.
  private func serverFolder(of process: pid_t) throws -> String? {
    for base in ["/dev/shm", NSTemporaryDirectory()] {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
      where name.hasPrefix("schemacheck-") {
        let owner = try? String(contentsOfFile: "\(base)/\(name)/owner", encoding: .utf8)
        if owner?.hasPrefix("\(process) ") == true { return "\(base)/\(name)" }
      }
    }
    return nil
  }

  private func processes(mentioning text: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { pid_t($0) != nil }.compactMap { pid in
      guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { return nil }
      let line = String(decoding: bytes, as: UTF8.self).replacing("\0", with: " ")
      return line.contains(text) ? line : nil
    }
  }
}
