import Diagnostics
import Foundation
import Glibc
import Testing

/// Migrations and surroundings that do their worst: one clear message, the exit code that fits, and nothing left behind.
@Suite(.serialized) struct FaultTests: CommandSuite {
  let workspace: Workspace
  /// Where the servers of a test are, so that nothing else is mistaken for theirs.
  private var place: URL { folder.appending(path: "run") }

  init() throws {
    workspace = try Workspace()
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    chmod(place.path, 0o1777)
    chmod(folder.path, 0o755)
  }

  private var environment: [String: String] { ["SCHEMACHECK_RUN_DIR": place.path] }

  private func verify(_ sql: String, _ configuration: String = "") throws -> Outcome {
    try write(sql, "migrations/001_a.sql")
    try write(configuration, "schemacheck.yml")
    let outcome = try run(["verify", "--format", "json"], environment: environment)
    try expectNothingLeft()
    return outcome
  }

  private func expectNothingLeft() throws {
    var left: [String] = []
    for _ in 0..<400 {
      left = try FileManager.default.contentsOfDirectory(atPath: place.path)
      if left.isEmpty { return }
      usleep(25_000)
    }
    #expect(left == [])
  }

  private func errors(_ outcome: Outcome) throws -> [String] {
    try JSONDecoder().decode(RunResult.self, from: Data(outcome.output.utf8)).diagnostics
      .filter { $0.severity == .error }.map { "\($0.sqlState ?? "-") \($0.message)" }
  }

  // MARK: Migrations

  @Test(arguments: [
    (sql: "do $$ begin loop end loop; end $$;", error: "57014 canceling statement due to statement timeout"),
    (sql: "select pg_sleep(100);", error: "57014 canceling statement due to statement timeout"),
    (sql: "drop database schemacheck_main;", error: "55006 cannot drop the currently open database"),
    (
      sql:
        "create table t (id integer primary key); select pg_terminate_backend(pg_backend_pid()); create table u (id integer primary key);",
      error: "57P01 the statement ended its own session"
    ),
    (
      sql: """
      create table t (id integer primary key);
      create function no() returns trigger language plpgsql as $$ begin raise exception 'too late'; end $$;
      create constraint trigger c after insert on t deferrable initially deferred for each row execute function no();
      insert into t values (1);
      """, error: "P0001 too late"
    ),
  ])
  func aStatementThatFailsIsAFinding(_ fault: (sql: String, error: String)) throws {
    let outcome = try verify(fault.sql, "limits: {statement: 1}")
    #expect(outcome.status == 1)
    #expect(try errors(outcome) == [fault.error])
  }

  @Test(arguments: [
    "begin; create table t (id integer primary key);",
    "set search_path = pg_catalog; create table public.t (id integer primary key);",
    "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid();",
    "do $$ begin for i in 1..1000000 loop raise notice 'n'; end loop; end $$;", "set role pg_monitor;",
  ])
  func whatIsOnlyOddIsSurvived(_ sql: String) throws {
    #expect(try verify(sql).status == 0)
  }

  @Test func aMigrationThatSwitchesItsTimeLimitOffEndsWithTheWholeRun() throws {
    let outcome = try verify("set statement_timeout = 0; do $$ begin loop end loop; end $$;", "limits: {total: 2}")
    #expect(outcome.status == 3)
    #expect(outcome.errors.hasPrefix("schemacheck: verify took longer than 2 seconds"))
  }

  // MARK: Surroundings

  @Test(arguments: [0.15, 0.5, 1.0, 1.6])
  func aServerThatIsKilledEndsTheRun(_ delay: Double) throws {
    let process = try start(["verify", "--jobs", "1"], environment: environment, in: repositoryFixture)
    usleep(UInt32(delay * 1_000_000))
    for name in try FileManager.default.contentsOfDirectory(atPath: place.path) {
      let file = "\(place.path)/\(name)/data/postmaster.pid"
      guard let text = try? String(contentsOfFile: file, encoding: .utf8),
        let number = text.split(separator: "\n").first,
        let server = pid_t(number)
      else { continue }
      kill(server, SIGKILL)
    }
    let errors = try #require(process.standardError as? Pipe).fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    // It may have been done before.
    #expect([0, 3].contains(process.terminationStatus))
    if process.terminationStatus == 3 { #expect(String(decoding: errors, as: UTF8.self).contains("schemacheck: ")) }
    try expectNothingLeft()
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGKILL], [0.2, 0.7, 1.5])
  func aRunThatIsEndedLeavesNothing(_ signal: Int32, _ delay: Double) throws {
    let process = try start(["verify"], environment: environment, in: repositoryFixture)
    usleep(UInt32(delay * 1_000_000))
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    try expectNothingLeft()
  }

  @Test func aFullDiskIsNotTheMigrationsFault() throws {
    #expect(
      mount("tmpfs", place.path, "tmpfs", 0, "size=70m,mode=1777") == 0, "mounting a small file system needs root")
    defer { umount2(place.path, Int32(MNT_DETACH)) }
    let outcome = try verify(
      "create table t (id integer primary key, text text);\ninsert into t select i, repeat(md5(i::text), 100) from generate_series(1, 100000) i;"
    )
    #expect(outcome.status == 3)
    #expect(outcome.errors.hasPrefix("schemacheck: the server has run out of resources: could not "))
  }

  @Test func withoutAHomeOrSharedMemoryItWorksAllTheSame() throws {
    let outcome = try run(
      ["verify", "-"], input: "create table t (id integer primary key);",
      environment: environment.merging(["HOME": "/proc/nowhere", "XDG_CACHE_HOME": "/proc/nowhere"]) { $1 })
    #expect(outcome.status == 0)
    try expectNothingLeft()
  }

  @Test func aPlaceThatIsNotThereIsNamed() throws {
    let outcome = try run(["verify", "-"], input: "select 1;", environment: ["SCHEMACHECK_RUN_DIR": "/proc/nowhere"])
    #expect(outcome.status == 3)
    #expect(outcome.errors.hasPrefix("schemacheck: no folder for the server's files"))
  }

  private var repositoryFixture: URL { Fixture.collaboration }
}

private enum Fixture {
  static let collaboration = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/agent-collaboration")
}

/// Servers that were there before, servers that stay, and psql.
@Suite struct ServerCommandTests: CommandSuite {
  let workspace: Workspace

  init() throws { workspace = try Workspace() }

  /// Keeps a server, and stops it in the end.
  private func withServer(_ body: (_ socketFolder: String) throws -> Void) throws {
    let outcome = try run(["verify", "--keep", "--quiet", "-"], input: "create table t (id integer primary key);")
    #expect(outcome.status == 0)
    let words = outcome.errors.split(whereSeparator: \.isWhitespace)
    let folder = String(words[2])
    let process = try #require(words.firstIndex(of: "kill").flatMap { pid_t(words[$0 + 1]) })
    defer {
      kill(process, SIGQUIT)
      for _ in 0..<80 where FileManager.default.fileExists(atPath: folder) { usleep(25_000) }
      #expect(!FileManager.default.fileExists(atPath: folder))
    }
    try body(folder)
  }

  private func psql(_ folder: String, _ sql: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/psql")
    process.arguments = ["-X", "-At", "-h", folder, "-U", "postgres", "-c", sql, "postgres"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }

  private static let databases =
    "select string_agg(datname, ' ' order by datname) from pg_database where datname like 'schemacheck\\_%\\_%'"

  @Test func aServerThatIsThereIsLeftAsItWas() throws {
    try withServer { folder in
      let url = "postgresql:///postgres?host=\(folder)&user=postgres"
      let before = try psql(folder, "select count(*) from pg_roles")
      let outcome = try run(["verify", "--server", url, "--quiet"], in: Fixture.collaboration)
      #expect(outcome.status == 0, "\(outcome.output.suffix(500)) \(outcome.errors)")
      #expect(try psql(folder, Self.databases) == "\n")
      #expect(try psql(folder, "select count(*) from pg_roles") == before)
    }
  }

  @Test func whatAKilledRunLeftOnAServerIsDroppedByTheNext() throws {
    try withServer { folder in
      let url = "postgresql:///postgres?host=\(folder)&user=postgres"
      let process = try start(["verify", "--server", url], in: Fixture.collaboration)
      while process.isRunning, try psql(folder, Self.databases) == "\n" { usleep(25_000) }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      usleep(200_000)
      #expect(try psql(folder, Self.databases) != "\n")
      #expect(try run(["verify", "--server", url, "-"], input: "create table t (id integer primary key);").status == 0)
      #expect(try psql(folder, Self.databases) == "\n")
    }
  }

  @Test func withoutRightsWhatCannotBeCheckedIsSaid() throws {
    try withServer { folder in
      _ = try psql(folder, "create role maker login createdb")
      let url = "postgresql:///postgres?host=\(folder)&user=maker"
      let outcome = try run(
        ["verify", "--server", url, "--format", "json", "-"],
        input:
          "create table p (id integer primary key); create table c (id integer primary key, p_id integer references p (id), n integer not null check (n > 0));"
      )
      let result = try JSONDecoder().decode(RunResult.self, from: Data(outcome.output.utf8))
      #expect(outcome.status == 0, "\(result.checks.filter { $0.status != .passed })")
      #expect(result.checks.contains { $0.id == "constraints/c/c_n_check/rejects" && $0.status == .passed })
    }
  }

  @Test func aServerThatIsNotThereIsAnErrorOfTheSurroundings() throws {
    let outcome = try run(["verify", "--server", "postgresql:///x?host=/nowhere", "-"], input: "select 1;")
    #expect(outcome.status == 3)
    #expect(outcome.errors.hasPrefix("schemacheck: cannot use the server of --server: "))
  }

  @Test func theShellHasTheSchemaAndRows() throws {
    try write("create table t (id integer primary key, name text not null);", "migrations/001_a.sql")
    let outcome = try run(["shell"], input: "\\t on\n\\a\nselect count(*) > 10 from t;\n")
    #expect(outcome.status == 0)
    #expect(outcome.output == "t\n")
  }
}
