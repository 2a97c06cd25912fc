import Catalog
import Diagnostics
import Foundation
import Migrations
import Postgres
import PostgresSyntax
import Rules
import TestSupport
import Testing
import Verification

func onServer<Value: Sendable>(
  preload: [String] = [], _ body: @Sendable (Server) throws -> Value
) async throws -> Value {
  let environment = ProcessInfo.processInfo.environment
  let options = ThrowawayServer.Options(
    binaries: try ServerBinaries.find(environment: environment), preload: preload, environment: environment)
  return try await ThrowawayServer.run(options) { try body($0) }
}

@Suite struct ObservabilityTests {
  @Test func everythingPassesOnTheCorrectedSystem() async throws {
    let found = try await onServer { try verify(lint(system("langgraph-observability")), on: $0) }
    #expect(found.diagnostics == [])
    #expect(found.checks.filter { $0.status != .passed }.map(\.id) == [])
    #expect(found.checks.count > 350)
    #expect(found.migrations.map(\.rollback?.status) == [.restored, .restored, .restored, .restored])
  }

  /// The fidelity test: after the same statements the simulated catalog equals the real one.
  @Test func theSimulatedCatalogEqualsTheRealOne() async throws {
    let (simulated, real) = try await onServer { server in
      let result = lint(try system("langgraph-observability"))
      return (Set(result.chain.final.inventory), Set(try verify(result, on: server).inventory))
    }
    #expect(simulated.subtracting(real).map(\.description).sorted() == [], "only in the simulated catalog")
    #expect(real.subtracting(simulated).map(\.description).sorted() == [], "only in the real catalog")
    #expect(real.count > 300)
  }

  @Test func theFailuresOfThePlanAreReportedAtTheirPlaceWithTheirRoot() async throws {
    let set = try plan("langgraph-observability")
    let found = try await onServer(preload: ["pg_stat_statements"]) { try verify(lint(set), on: $0) }
    let rejected = found.diagnostics.filter { $0.rule == "rejected-statement" }.map { diagnostic in
      let root = diagnostic.labels.first.map { " follows from line \($0.range.start.line)" } ?? ""
      return "\(diagnostic.sqlState ?? "") \(Mark(diagnostic, in: set).text.prefix(40))\(root)"
    }
    let table = try line(of: "create table error_recovery_logs", in: set)
    let dashboard = try line(of: "create or replace view v_workflow_status_dashboard", in: set)
    let analytics = try line(of: "create or replace view v_workflow_performance_analytics", in: set)
    #expect(
      rejected == [
        "42P01 grant select, insert, update, delete on  follows from line \(table)",
        "42P01 comment on table error_recovery_logs is  follows from line \(table)",
        "42P01 grant select on v_workflow_status_dashbo follows from line \(dashboard)",
        "42P01 grant select on v_workflow_performance_a follows from line \(analytics)",
        "42P01 comment on view v_workflow_status_dashbo follows from line \(dashboard)",
        "42P01 comment on view v_workflow_performance_a follows from line \(analytics)",
        "23503 insert into execution_plans (campaign_id",
      ])
    let predictions = found.checks.filter { $0.stage == "predictions" && !$0.id.hasPrefix("predictions/locks") }
    #expect(predictions.count { $0.status == .passed } == 15)
    // One table could be dropped only because the view on it, whose own statement is rejected, was never made.
    #expect(predictions.filter { $0.status != .passed }.map(\.status) == [.skipped])
    #expect(found.migrations.map(\.rollback?.status) == [.differs, .differs, .restored, .restored])
  }

  private func line(of text: String, in set: MigrationSet) throws -> Int {
    let file = try #require(set.files.first { $0.path.hasSuffix("plan.md") })
    let range = try #require(file.bytes.firstRange(of: Array(text.utf8)))
    return file.position(at: range.lowerBound).line
  }
}

/// The examples of the rule pages, on a real server.
@Suite struct PageExamplesOnAServerTests {
  @Test func goodExamplesApplyAndBadOnesFailAsTheySay() async throws {
    let problems = try await onServer(preload: ["pg_stat_statements"]) { server in
      try Example.all.flatMap { try self.problems($0, server) }
    }
    #expect(problems == [])
  }

  private func problems(_ example: Example, _ server: Server) throws -> [String] {
    let admin = try server.connectAsAdministrator()
    try admin.execute("create database example template template0 strategy file_copy")
    defer {
      _ = try? admin.execute("drop database example with (force)")
      _ = try? admin.execute("drop role if exists app, reporting")
    }
    let set = try example.set()
    let chain = lint(set, rules: []).chain
    let connection = try server.connect(to: "example")
    var problems: [String] = []
    for step in chain.baseline + chain.migrations.flatMap({ $0.up + $0.down.filter { _ in set.migrations.count == 1 } })
    {
      let range = step.file.range(step.statement.range)
      let mark = example.marks.first { mark in
        mark.path == step.file.path && (range.start.line...range.end.line).contains(mark.line)
      }
      var state: String?
      do { try connection.execute(step.file.text(step.statement.range)) } catch { state = error.sqlState }
      // What is only in doubt is a warning: it says nothing about this server.
      if let mark, mark.sqlState == nil { continue }
      if state != mark?.sqlState {
        problems.append(
          "\(example) line \(range.start.line): expected \(mark?.sqlState ?? "success"), got \(state ?? "success")")
      }
    }
    return problems
  }

  @Test func whatOnlyAServerFindsIsReportedAsThePageSays() async throws {
    for example in Example.all where example.isLive {
      let set = try example.set()
      let found = try await onServer { try verify(lint(set), on: $0) }.diagnostics.filter { $0.rule == example.rule }
      #expect(found.map { Mark($0, in: set) } == example.marks, "\(example)")
    }
  }
}

@Suite struct RollbackTests {
  @Test func whatARollbackChangesIsNamedObjectByObject() async throws {
    let checks = try await verified([
      ("1_a.up.sql", "create table t (a int default 1, b text); create index i on t (a);"),
      ("1_a.down.sql", "drop table t;"),
      (
        "2_b.up.sql",
        "alter table t alter column a set default 2; drop index i; create view v as select a from t; comment on table t is 'x';"
      ),
      ("2_b.down.sql", "drop view v;"),
    ])
    #expect(checks["rollback/1/restores"]?.status == .passed)
    let failed = try #require(checks["rollback/2/restores"])
    #expect(failed.status == .failed)
    #expect(
      failed.actual == """
        changed: column public.t.a: was '1 p', is '2 p'
        left behind: comment table public.t
        missing: index public.i
        """)
    #expect(checks["rollback/chain/restores"]?.status == .passed)
  }

  @Test func aFileInOneTransactionGoesOnAfterAFailure() async throws {
    let checks = try await verified([("1_a.sql", "create table a (); create table a (); create table b ();")])
    #expect(checks["apply/1"]?.status == .failed)
    #expect(
      checks["apply/1"]?.message
        == "1 of 3 statements of migration 1 are rejected, the first because: relation \"a\" already exists")
    #expect(checks.values.filter { $0.stage == "predictions" }.map(\.status) == [.passed])
  }

  @Test func statementsThatNeedNoTransactionGetNone() async throws {
    let checks = try await verified([("1_a.sql", "create table t (a int); create index concurrently i on t (a);")])
    #expect(checks["apply/1"]?.status == .passed)
  }

  /// On one server, too, where other databases of the verification have rights of the same role.
  @Test func aRoleThatARollbackDropsIsDropped() async throws {
    let found = try await verified([
      ("1_a.up.sql", "create role r; create table t (id bigint primary key); grant select on t to r;"),
      ("1_a.down.sql", "drop table t; drop role r;"),
    ])
    #expect(found.values.filter { $0.stage == "rollback" }.allSatisfy { $0.status == .passed })
  }

  @Test func aRollbackOfWhatWasNeverMadeIsNotTried() async throws {
    let found = try await verified([
      ("1_a.up.sql", "create table t (id no_such_type);"), ("1_a.down.sql", "drop table t;"),
      ("2_b.up.sql", "create table u (id bigint primary key); create table v (id bigint primary key);"),
      ("2_b.down.sql", "drop table u;"),
    ])
    #expect(found["rollback/1/restores"]?.status == .skipped)
    #expect(found["rollback/2/restores"]?.status == .failed)
    // Nothing is learnt from applying to a schema that is another one.
    #expect(found["rollback/2/reapplies"] == nil)
  }

  @Test func whatTheServerLacksIsNoFaultOfTheMigrations() async throws {
    let set = try discover([
      SourceFile(
        path: "001_a.sql",
        text: "create extension vectors_of_a_kind;\ncreate table t (id bigint primary key, v vectors_of_a_kind);"),
      SourceFile(path: "002_b.sql", text: "create index i on t (v);\ncreate table u (id no_such_type);"),
    ])
    let found = try await onServer { try verify(lint(set), on: $0) }
    let applied = Dictionary(
      uniqueKeysWithValues: found.checks.filter { $0.stage == "apply" }.map { ($0.id, $0.status) })
    #expect(applied == ["apply/001": .skipped, "apply/002": .skipped])
    let severities = found.diagnostics.filter { $0.rule == "rejected-statement" }.map(\.severity)
    #expect(!severities.isEmpty && severities.allSatisfy { $0 == .warning })
  }

  @Test func whatTheRunnersTransactionForbidsIsRejected() async throws {
    let found = try await verified([
      ("2024-01-01-000000_a/up.sql", "create table t (a int); create type c as enum ('x');"),
      ("2024-01-01-000000_a/down.sql", "drop table t; drop type c;"),
      ("2024-01-02-000000_b/up.sql", "create index concurrently i on t (a);"),
      ("2024-01-02-000000_b/down.sql", "drop index concurrently i;"),
      ("2024-01-03-000000_c/up.sql", "alter type c add value 'y'; create table u (a c); insert into u values ('y');"),
      ("2024-01-03-000000_c/down.sql", "drop table u;"),
    ])
    let predictions = found.values.filter { $0.stage == "predictions" && $0.expected != nil }
    #expect(predictions.map(\.actual).sorted { ($0 ?? "") < ($1 ?? "") } == ["25001", "25001", "55P04"])
    #expect(predictions.allSatisfy { $0.status == .passed })
  }

  @Test func aTransactionThatIsLeftOpenEndsWithItsFile() async throws {
    let checks = try await verified([
      ("1_a.sql", "begin; create table t (a int);"), ("2_b.sql", "create table t (b int);"),
    ])
    #expect(checks["apply/2"]?.status == .passed)
  }
}

/// What the statements of a migration do while they run.
@Suite struct TraceTests {
  /// Applies a baseline and one migration; gives the results of the migration's statements.
  private func traced(
    _ migration: String, baseline: String = "create table t (id int primary key, at timestamp);", layout: String? = nil
  ) async throws -> (statements: [MigrationResult.StatementResult], checks: [CheckResult]) {
    var set = try discover([SourceFile(path: "001_m.sql", text: migration)], layout: layout)
    set.baseline = [Script(file: SourceFile(path: "baseline.sql", text: baseline))]
    let chain = set
    let found = try await onServer { try verify(lint(chain), on: $0) }
    return (
      try #require(found.migrations.first).statements, found.checks.filter { $0.id.hasPrefix("predictions/locks") }
    )
  }

  @Test func locksAreHeldUntilTheTransactionEnds() async throws {
    let (statements, checks) = try await traced(
      "alter table t add column a int;\nselect pg_sleep(0.05);\nalter table t add column b int;")
    #expect(statements.map { $0.locks.map(\.mode) } == [["ACCESS EXCLUSIVE"], [], []])
    #expect(try #require(statements[0].locks.first).heldMs >= 50)
    #expect(statements[0].locks[0].relation == "public.t")
    #expect(checks.map(\.status) == [.passed])
  }

  @Test func rewritesAndScansAreSeen() async throws {
    let (statements, checks) = try await traced(
      """
      alter table t alter column id type bigint;
      create index on t (at);
      alter table t add check (id > 0);
      alter table t add column b int default 1;
      """)
    #expect(statements.map(\.rewrites) == [["public.t"], [], [], []])
    #expect(statements.map(\.scans) == [["public.t"], ["public.t"], ["public.t"], []])
    #expect(statements.allSatisfy { ($0.walBytes ?? 0) > 0 })
    #expect(checks.map(\.status) == [.passed])
  }

  @Test func whatRunsOutsideOfTransactionsIsSampled() async throws {
    let baseline = "create table t (id int primary key, at timestamp); insert into t select generate_series(1, 200000);"
    let (statements, checks) = try await traced(
      "-- +goose NO TRANSACTION\n-- +goose Up\ncreate index concurrently t_at on t (at);\nvacuum full t;",
      baseline: baseline, layout: "goose")
    #expect(statements.map { $0.locks.map(\.mode).last } == ["SHARE UPDATE EXCLUSIVE", "ACCESS EXCLUSIVE"])
    #expect(statements.map(\.rewrites) == [[], ["public.t"]])
    #expect(checks.map(\.status) == [.passed])
  }

  @Test func locksOnOtherTablesThatKeysBringAreForeseen() async throws {
    let (statements, checks) = try await traced(
      """
      alter table r drop constraint r_t_fkey;
      alter table t alter column id type bigint;
      alter table s drop column t;
      """,
      baseline: """
        create table t (id int primary key);
        create table r (id int primary key, t int references t);
        create table s (id int primary key, t int references t);
        """)
    #expect(
      statements.map { Set($0.locks.map(\.relation)) } == [
        ["public.r", "public.t"], ["public.s", "public.t"], [],
      ])
    #expect(checks.map(\.status) == [.passed])
  }

  @Test(arguments: [
    "drop index k cascade;", "alter table t drop column a cascade;", "alter table t drop constraint c cascade;",
  ])
  func keysThatCascadeTakesWithItLockTheirTables(_ migration: String) async throws {
    let (statements, checks) = try await traced(
      migration,
      baseline: """
        create table t (id int primary key, a int, b int constraint c unique);
        create unique index k on t (a);
        create table r (t int references t (\(migration.contains("constraint") ? "b" : "a")));
        create table s (t int references t);
        """)
    #expect(statements.map { Set($0.locks.map(\.relation)) } == [["public.r", "public.t"]])
    #expect(checks.map(\.status) == [.passed])
  }
}
