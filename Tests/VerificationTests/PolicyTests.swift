import Diagnostics
import Foundation
import Migrations
import Rules
import TestSupport
import Testing
import Verification

/// The results of verifying some files, by the ids of the checks.
func verified(
  transactions: TransactionProfile? = nil, _ files: [(String, String)], plan: VerificationPlan = .init()
) async throws -> [String: CheckResult] {
  var set = try discover(files.map { SourceFile(path: $0.0, text: $0.1) })
  if let transactions { set.transactions = transactions }
  let found = try await onServer { [set] in try verify(lint(set), on: $0, plan: plan) }
  return Dictionary(found.checks.map { ($0.id, $0) }) { first, _ in first }
}

@Suite struct PolicyTests {
  private static let leaky = """
    create role app;
    create table doc (id integer primary key, tenant_id text not null, title text not null, body text);
    alter table doc enable row level security;
    create policy p on doc for select using (tenant_id = current_setting('app.tenant', true));
    create policy w on doc for update using (true);
    create policy d on doc for delete using (true);
    create policy i on doc for insert with check (true);
    grant all on doc to app;
    create view v as select * from doc;
    create view safe with (security_invoker = true) as select * from doc;
    create materialized view mv as select count(*) from doc;
    create function total() returns bigint language sql security definer as 'select count(*) from doc';
    create function wipe(which integer) returns void language sql security definer as 'update doc set body = null where id = which';
    grant select on v, safe, mv to app;
    create table note (id integer not null, doc_id integer references doc (id), tenant_id text not null, at timestamptz not null, primary key (id, at)) partition by range (at);
    create table note_all partition of note default;
    alter table note enable row level security;
    create policy t on note using (tenant_id = current_setting('app.tenant', true));
    grant all on note, note_all to app;
    """

  @Test func everySideDoorIsTried() async throws {
    let checks = try await checks(Self.leaky).filter { $0.value.stage == "policies" }
    let leaks = [
      "doc/first tenant/insert", "doc/first tenant/update", "doc/first tenant/delete", "doc/first tenant/truncate",
      "doc/first tenant/existence/doc_pkey", "note/first tenant/reference/note_doc_id_fkey",
      "note_all/first tenant/select",
      "doc/first tenant/move", "note_all/first tenant/update", "note_all/first tenant/delete", "v/first tenant/reads",
      "mv/first tenant/reads",
      "total/first tenant/reads", "wipe/first tenant/writes", "doc/nobody/delete", "v/nobody/reads",
    ]
    for leak in leaks {
      #expect(
        checks["policies/\(leak)"]?.status == .failed, "\(leak): \(checks["policies/\(leak)"]?.message ?? "no check")")
    }
    for sound in [
      "doc/first tenant/select", "doc/first tenant/oracle", "safe/first tenant/reads",
      "note/first tenant/update", "note/first tenant/insert", "doc/nobody/select",
    ] {
      #expect(
        checks["policies/\(sound)"]?.status == .passed,
        "\(sound): \(checks["policies/\(sound)"]?.message ?? "no check")")
    }
  }

  /// The script of each leak shows it to whoever runs it with psql on an empty database.
  @Test func everyLeakComesWithAScriptThatShowsIt() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "schemacheck-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "001_leaky.sql")
    try Self.leaky.write(to: file, atomically: true, encoding: .utf8)
    let set = try discover([SourceFile(path: file.path, text: Self.leaky)])
    let outputs = try await onServer { server -> [(String, String)] in
      let leaks = try verify(lint(set), on: server).checks.filter { $0.stage == "policies" && $0.status == .failed }
      return try leaks.filter { $0.id.contains("first tenant") }.map { leak in
        let admin = try server.connectAsAdministrator()
        try admin.execute("drop database if exists empty with (force)")
        try admin.execute("drop owned by app")
        try admin.execute("create database empty template template0")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/psql")
        process.arguments = ["-X", "-q", "-A", "-t", "-h", server.socketFolder ?? "", "-U", "postgres", "empty"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        input.fileHandleForWriting.write(Data((leak.repro ?? "").utf8))
        try input.fileHandleForWriting.close()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (leak.id, text)
      }
    }
    #expect(outputs.count >= 12)
    for (id, output) in outputs {
      #expect(!output.contains("syntax error") && !output.contains("permission denied"), "\(id): \(output)")
      if id.hasSuffix("/select") { #expect(output.contains("tenant-2"), "\(id): \(output)") }
      if id.hasSuffix("/delete") { #expect(!output.contains("tenant-2|"), "\(id): \(output)") }
      if id.contains("/existence/") { #expect(output.contains("duplicate key"), "\(id): \(output)") }
    }
  }

  @Test func aNobodysRowThatEverybodySeesIsReported() async throws {
    let checks = try await checks(
      """
      create role app;
      create table item (id integer primary key, owner text, title text not null);
      alter table item enable row level security;
      create policy p on item using (owner = current_setting('app.user', true) or owner is null);
      grant select on item to app;
      """)
    #expect(checks["policies/item/first tenant/select-nobody"]?.status == .failed)
    #expect(checks["policies/item/nobody/select-nobody"]?.status == .failed)
  }

  @Test func whatIsDeclaredToBeSeenTakesThePlaceOfWhatIsOwned() async throws {
    let schema = """
      create role app;
      create table item (id uuid primary key, owner text, is_public boolean not null);
      alter table item enable row level security;
      create policy p on item for select using (owner = current_setting('app.user', true) or is_public);
      grant select on item to app;
      """
    var plan = VerificationPlan()
    plan.visible = [
      VisibleRows(table: "item", identity: nil, condition: "owner = current_setting('app.user', true) or is_public")
    ]
    #expect(try await checks(schema, plan: plan)["policies/item/first tenant/select"]?.status == .passed)
    plan.visible[0].condition = "owner = current_setting('app.user', true)"
    let failed = try #require(try await checks(schema, plan: plan)["policies/item/first tenant/select"])
    #expect(failed.status == .failed)
    #expect(failed.actual?.hasSuffix(" rows more, 0 rows missing") == true)
  }

  @Test func whatBelongsToSomebodysRowIsHisToo() async throws {
    let schema = """
      create role app;
      create table trace (id uuid primary key, owner text not null);
      create table span (id uuid primary key, trace_id uuid not null references trace (id) on delete cascade, name text not null);
      alter table trace enable row level security;
      alter table span enable row level security;
      create policy t on trace using (owner = current_setting('app.user', true));
      grant select, insert, update, delete on trace, span to app;

      """
    let closed = try await checks(
      schema + "create policy s on span using (exists (select from trace where trace.id = span.trace_id));")
    #expect(closed.values.filter { $0.stage == "policies" && $0.status == .failed }.map(\.id) == [])
    let open = try await checks(schema + "create policy s on span using (true);")
    #expect(open["policies/span/first tenant/select"]?.status == .failed)
    #expect(open["policies/span/first tenant/delete"]?.status == .failed)
  }

  @Test func policiesThatCancelEachOtherOutAreReported() async throws {
    let checks = try await checks(
      """
      create role app;
      create table item (id integer primary key, owner text not null);
      alter table item enable row level security;
      create policy p on item using (owner = current_setting('app.user', true));
      create policy never on item as restrictive for select using (owner is null);
      grant select on item to app;
      """)
    #expect(checks["policies/item/first tenant/select"]?.status == .failed)
    #expect(checks["policies/item/first tenant/select"]?.message.contains("none of its own") == true)
  }
}

@Suite struct ScenarioTests {
  private func scenario(_ change: (inout Scenario) -> Void) -> Scenario {
    var scenario = Scenario(name: "claim", place: "schemacheck.yml:1:1")
    change(&scenario)
    return scenario
  }

  private func check(_ sql: String, _ change: (inout Scenario) -> Void) async throws -> CheckResult {
    var plan = VerificationPlan()
    plan.scenarios = [scenario(change)]
    return try #require(try await checks(sql, plan: plan)["scenarios/claim"])
  }

  private static let table =
    "create table t (id integer primary key, a numeric(8, 2) not null, b boolean, c text not null);"

  @Test func rowsAreComparedAsABagWhereNothingElseIsSaid() async throws {
    let check = try await check(Self.table) {
      $0.given = [
        (
          "t",
          [
            ["id": .text("1"), "a": .text("1.50"), "b": .text("true")],
            ["id": .text("2"), "a": .expression("1 + 1"), "b": .null],
          ]
        )
      ]
      $0.query = "select a, b from t order by id"
      $0.expected = .rows([["a": .text("2"), "b": .null], ["a": .text("1.5"), "b": .text("t")]], isOrdered: false)
    }
    #expect(check.status == .passed)
  }

  @Test func aDifferenceIsReadable() async throws {
    let check = try await check(Self.table) {
      $0.given = [("t", [["id": .text("1"), "a": .text("1")], ["id": .text("2"), "a": .text("2")]])]
      $0.query = "select id, a from t"
      $0.expected = .rows(
        [["id": .text("1"), "a": .text("1")], ["id": .text("2"), "a": .text("3")]], isOrdered: false)
    }
    #expect(check.status == .failed)
    #expect(check.expected == "a: 3, id: 2")
    #expect(check.actual == "a: 2, id: 2")
  }

  @Test func anErrorIsExpectedByItsState() async throws {
    let right = try await check(Self.table) {
      $0.statements = ["insert into t values (1, null, null, 'x')"]
      $0.expected = .error("23502")
    }
    #expect(right.status == .passed)
    let wrong = try await check(Self.table) {
      $0.statements = ["insert into t values (1, 1, null, 'x')"]
      $0.expected = .error("23502")
    }
    #expect(wrong.status == .failed)
    #expect(wrong.actual == "no error")
  }

  @Test func whatIsGivenMustBeThere() async throws {
    let check = try await check(Self.table) {
      $0.given = [("u", [["id": .text("1")]])]
      $0.query = "select 1"
    }
    #expect(check.status == .errored)
    #expect(check.message.hasSuffix("the rows that are given could not be added: there is no table 'u'"))
  }

  @Test func aMigrationIsGivenTheRowsFromBeforeIt() async throws {
    var plan = VerificationPlan()
    plan.scenarios = [
      scenario {
        $0.migration = "002"
        $0.given = [("t", [["id": .text("1"), "name": .text("Ada Lovelace")]])]
        $0.query = "select first, last from t"
        $0.expected = .rows([["first": .text("Ada"), "last": .text("Lovelace")]], isOrdered: false)
      }
    ]
    let files = [
      ("001_a.sql", "create table t (id integer primary key, name text not null);"),
      (
        "002_b.sql",
        "alter table t add column first text, add column last text;\nupdate t set first = split_part(name, ' ', 1), last = split_part(name, ' ', 2);"
      ),
    ]
    #expect(try await verified(files, plan: plan)["scenarios/claim"]?.status == .passed)
  }

  @Test func whatIsAcceptedIsSkippedAndWhatNeverFailsIsReported() async throws {
    var plan = VerificationPlan()
    plan.accepted = [
      AcceptedFailure(pattern: "constraints/t/*/null", reason: "as intended", place: "x:1:1"),
      AcceptedFailure(pattern: "constraints/u/*", reason: "out of date", place: "x:2:1"),
    ]
    let found = try await checks(
      "create table t (id integer primary key, n integer default 1 check (n > 0));", plan: plan)
    #expect(found["constraints/t/t_n_check/null"]?.status == .skipped)
    #expect(found["accept/constraints/u/*"]?.status == .failed)
  }
}

@Suite struct CodeTests {
  @Test func aViewThatDependsOnThePlanIsReported() async throws {
    let checks = try await checks(
      """
      create table t (id integer primary key, kind text not null check (kind in ('a', 'b')), n integer not null);
      create index t_kind on t (kind, n);
      create view first_of_kind as select distinct on (kind) kind, id from t order by kind;
      create view totals as select kind, sum(n) as total from t group by kind;
      create view broken as select 1 / (n - n) as x from t;
      """)
    #expect(checks["views/totals/deterministic"]?.status == .passed)
    #expect(checks["views/first_of_kind/deterministic"]?.status == .failed)
    #expect(checks["views/broken/runs"]?.sqlState == "22012")
    #expect(checks["views/broken/runs"]?.message.contains("as soon as there are rows") == true)
  }

  @Test func aBodyThatCannotRunIsReported() async throws {
    let checks = try await checks(
      """
      create table t (id integer primary key);
      create function bad() returns integer language plpgsql as $$ begin return (select missing from t); end $$;
      create function good() returns integer language plpgsql as $$ begin return (select id from t limit 1); end $$;
      """)
    #expect(checks["functions/bad/body"]?.sqlState == "42703")
    #expect(checks["functions/good/body"] == nil)
  }

  @Test func everyLiveCheckHasTheSameColumns() async throws {
    let query = LiveCheck.all.map {
      "(SELECT schema::text, object::text, kind::text, detail::text FROM (\($0.sql)) AS x)"
    }.joined(separator: "\nUNION ALL\n")
    let rows = try await onServer { try $0.connectAsAdministrator().execute(query).columns }
    #expect(rows == ["schema", "object", "kind", "detail"])
    #expect(LiveCheck.all.count >= 8)
  }

  @Test func aProjectsOwnLiveCheckIsAskedToo() async throws {
    let set = try discover([SourceFile(path: "001_a.sql", text: "create table tbl_x (id integer primary key);")])
    var plan = VerificationPlan()
    plan.liveChecks = [
      LiveCheck(
        id: "no-prefix",
        sql:
          "-- severity: info\nselect schemaname as schema, tablename as object, 'table' as kind, 'has a prefix' as detail from pg_tables where tablename like 'tbl%';"
      ),
      LiveCheck(id: "wrong", sql: "select 1"),
    ]
    let found = try await onServer { [plan] in try verify(lint(set), on: $0, plan: plan) }
    #expect(found.diagnostics.filter { $0.rule == "no-prefix" }.map(\.message) == ["table 'tbl_x': has a prefix"])
    #expect(found.checks.first { $0.id == "live/wrong" }?.status == .errored)
  }
}
