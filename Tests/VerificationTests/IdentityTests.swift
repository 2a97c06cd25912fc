import Diagnostics
import TestSupport
import Testing
import Verification

/// Who uses a database, and whose rows are whose, where no configuration says it.
@Suite struct IdentityTests {
  private func policies(_ sql: String, plan: VerificationPlan = .init()) async throws -> [String: CheckResult] {
    try await checks(sql, plan: plan).filter { ["policies", "seed"].contains($0.value.stage) }
  }

  private func leaks(_ checks: [String: CheckResult]) -> [String] {
    checks.values.filter { $0.status == .failed || $0.status == .errored }.map(\.id).sorted()
  }

  /// The key of the people's own table says nothing of the keys of others, and what members share is theirs.
  @Test func membersSeeWhatTheirOrganisationHas() async throws {
    let checks = try await policies(Self.members)
    #expect(leaks(checks) == [])
    for table in ["people", "orgs", "members", "projects", "tasks", "posts"] {
      #expect(checks["policies/\(table)/first tenant/select"]?.status == .passed, "\(table)")
      #expect(checks["seed/\(table)"]?.status == .passed, "\(table)")
    }
    #expect(checks["policies/posts/first tenant/select"]?.message.hasSuffix("that a policy shows to all") == true)
  }

  @Test func whoeverLetsHimselfInIsFound() async throws {
    let checks = try await policies(
      Self.members
        + "\ncreate policy joining on members for insert to app with check (user_id = current_setting('app.user', true)::uuid);"
    )
    #expect(
      leaks(checks) == [
        "policies/members/first tenant/reference/members_org_id_fkey",
        "policies/members/second tenant/reference/members_org_id_fkey",
      ])
  }

  /// Nobody is an administrator unless a tenant can't be anything else.
  private static let members = """
    create role app;
    create type rank as enum ('admin', 'member');
    create table people (id uuid primary key, name text not null);
    create table orgs (id uuid primary key, name text not null);
    create table members (org_id uuid not null references orgs, user_id uuid not null references people, rank rank not null, primary key (org_id, user_id));
    create function is_member(o uuid) returns boolean language sql stable security definer as
      $$ select exists (select from members m where m.org_id = o and m.user_id = current_setting('app.user', true)::uuid) $$;
    create function is_admin() returns boolean language sql stable security definer as
      $$ select exists (select from members m where m.user_id = current_setting('app.user', true)::uuid and m.rank = 'admin') $$;
    create table projects (id bigint generated always as identity primary key, org_id uuid not null references orgs, created_by uuid not null references people, title text not null);
    create table tasks (id bigint generated always as identity primary key, project_id bigint references projects, note text);
    create table posts (id uuid primary key, user_id uuid not null references people, body text);
    alter table people enable row level security;
    alter table orgs enable row level security;
    alter table members enable row level security;
    alter table projects enable row level security;
    alter table tasks enable row level security;
    alter table posts enable row level security;
    create policy me on people to app using (id = current_setting('app.user', true)::uuid);
    create policy mine on orgs for select to app using (is_member(id));
    create policy own on members for select to app using (user_id = current_setting('app.user', true)::uuid);
    create policy shared on projects for select to app using (is_member(org_id) or is_admin());
    create policy nested on tasks for select to app
      using (exists (select from projects p where p.id = tasks.project_id and is_member(p.org_id)));
    create policy writing on posts to app using (user_id = current_setting('app.user', true)::uuid);
    create policy reading on posts for select to app using (true);
    grant select on people, orgs, projects, tasks, posts to app;
    grant select, insert on members to app;
    """

  @Test(arguments: [
    ("text not null", "current_user"),
    ("text not null", "current_setting('app.claims', true)::json -> 'app' ->> 'tenant'"),
    ("text not null check (tenant ~ '^[a-z]{4}$')", "current_setting('app.tenant', true)"),
    ("smallint not null check (tenant between 1 and 9)", "current_setting('app.tenant', true)::smallint"),
    ("text not null", "any (string_to_array(current_setting('app.tenants', true), ','))"),
  ])
  func tenantsAreMadeUpThatTheColumnTakes(_ column: String, _ session: String) async throws {
    func schema(_ using: String) -> String {
      """
      create role app;
      create table doc (id uuid primary key, tenant \(column));
      alter table doc enable row level security;
      create policy p on doc using (tenant = \(session));
      create policy q on doc for select using (\(using));
      grant select on doc to app;
      """
    }
    let sound = try await policies(schema("false"))
    #expect(leaks(sound) == [])
    #expect(sound["policies/doc/second tenant/select"]?.message.contains("sees 20 rows of its own") == true)
    #expect(try await policies(schema("id is not null"))["policies/doc/first tenant/select"]?.status == .failed)
  }

  /// Where a policy shows rows on which nobody has set anything, it is not for showing some.
  @Test(arguments: [
    ("deleted boolean not null default false", "not deleted"), ("shared boolean not null default true", "shared"),
  ])
  func whatMostRowsAreIsNoReasonToShowThem(_ column: String, _ condition: String) async throws {
    let checks = try await policies(
      """
      create role app;
      create table doc (id uuid primary key, tenant text not null, \(column));
      alter table doc enable row level security;
      create policy own on doc using (tenant = current_setting('app.tenant', true));
      create policy more on doc for select using (\(condition));
      grant select on doc to app;
      """)
    #expect(checks["policies/doc/first tenant/select"]?.status == .failed)
  }

  @Test func whatSomebodyElseLeavesInASessionIsNotThere() async throws {
    let checks = try await policies(
      """
      create role app;
      create table doc (id uuid primary key, tenant text not null);
      alter table doc enable row level security;
      create policy p on doc using (tenant = current_setting('app.tenant', true) or current_setting('app.tenant', true) = '');
      grant select on doc to app;
      """)
    #expect(checks["policies/doc/nobody/select"]?.status == .passed)
    // It may see everything, and says why: an administrator's right would look the same.
    #expect(checks["policies/doc/nobody in a used session/select"]?.status != .passed)
  }

  @Test func rightsOnColumnsCount() async throws {
    let checks = try await policies(
      """
      create role app;
      create table doc (id uuid primary key, tenant text not null, title text not null);
      create table other (id uuid primary key, tenant text not null);
      alter table other enable row level security;
      create policy p on other using (tenant = current_setting('app.tenant', true));
      grant select (id, title), update (title) on doc to app;
      grant select, update on other to app;
      """)
    #expect(checks["policies/doc/first tenant/select"]?.status == .failed)
    #expect(checks["policies/doc/first tenant/update"]?.status == .failed)
    #expect(checks["policies/other/first tenant/move"]?.status == .passed)
  }

  @Test func functionsAndViewsAreUsedForAllTheyDo() async throws {
    let checks = try await policies(
      """
      create role app;
      create table doc (id uuid primary key, tenant text not null, at timestamptz not null);
      create table part (doc_id uuid not null references doc);
      alter table doc enable row level security;
      create policy p on doc using (tenant = current_setting('app.tenant', true));
      grant select on doc to app;
      create function latest(n integer) returns setof doc language sql security definer as 'select * from doc limit n';
      create procedure wipe() language sql security definer as 'delete from doc';
      create view dated as select id, now() as asked from doc;
      create view own as select * from doc where tenant = current_setting('app.tenant', true);
      grant select, update on own to app;
      grant select on dated to app;
      """)
    for leak in [
      "latest/first tenant/reads", "wipe/first tenant/writes", "dated/first tenant/reads",
      "own-update/first tenant/writes",
    ] {
      #expect(checks["policies/\(leak)"]?.status == .failed, "\(leak)")
    }
    #expect(checks["policies/own/first tenant/reads"]?.status == .passed)
  }

  @Test func whatIsNotTriedIsNamed() async throws {
    let schema = """
      create role app;
      create table doc (id uuid primary key, tenant text not null);
      create table log (entry jsonb);
      alter table doc enable row level security;
      create policy p on doc using (tenant = current_setting('app.tenant', true));
      grant select on doc, log to app;
      """
    #expect(try await policies(schema)["policies/log/unowned"]?.status == .skipped)
    #expect(
      try await policies(
        schema.replacing("using (tenant = current_setting('app.tenant', true))", with: "using (id is null)"))[
          "policies/identities"]?.status == .skipped)
    var plan = VerificationPlan(identities: [Identity(name: "ada", role: "app", owns: ["tennant": "a"])])
    plan.visible = [VisibleRows(table: "dox", identity: nil, condition: "true")]
    let checks = try await policies(schema, plan: plan)
    #expect(checks["policies/ada/owns/tennant"]?.status == .errored)
    #expect(checks["policies/visible/dox"]?.status == .errored)
  }

  @Test func readingThatFailsIsNoIsolation() async throws {
    let checks = try await policies(
      """
      create role app;
      create table doc (id uuid primary key, tenant text not null);
      create function tenant() returns text language sql as $$ select current_setting('app.tenant', true) $$;
      revoke execute on function tenant() from public;
      alter table doc enable row level security;
      create policy p on doc using (tenant = tenant());
      grant select on doc to app;
      """)
    #expect(
      checks["policies/doc/first tenant/select"]?.message
        == "'first tenant' may read doc, and can't: permission denied for function tenant")
  }
}
