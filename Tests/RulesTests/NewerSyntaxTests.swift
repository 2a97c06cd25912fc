import Diagnostics
import Migrations
import Rules
import Testing

/// Syntax of later versions is named as such, and an error only where the server is known to be older.
@Suite struct NewerSyntaxTests {
  @Test(arguments: [
    ("select * from (select 1);", "a subquery without an alias", 16),
    ("alter table t add constraint c not null a;", "a named NOT NULL constraint", 18),
    ("create table t (a int, constraint c not null a);", "a named NOT NULL constraint", 18),
    (
      "merge into t using u on t.a = u.a when matched then delete returning *;",
      "MERGE with RETURNING", 17
    ),
    (
      "create table t (a int, b int generated always as (a) virtual);", "a virtual generated column", 18
    ),
    ("create table t (a int4range, primary key (a without overlaps));", "WITHOUT OVERLAPS", 18),
    ("create property graph g vertex tables (t key (id));", "CREATE PROPERTY GRAPH", 19),
    ("update t for portion of valid from '2026-01-01' to '2026-02-01' set a = 1;", "FOR PORTION OF", 19),
    ("insert into t values (1) on conflict (a) do select returning *;", "ON CONFLICT DO SELECT", 19),
  ])
  func theVersionIsNamed(_ sql: String, _ construct: String, _ first: Int) throws {
    for (version, severity, state) in [(nil, Severity.warning, nil), (15, .error, "42601"), (first, .info, nil)]
      as [(Int?, Severity, String?)]
    {
      let set = try discover([SourceFile(path: "1.sql", text: sql)])
      let found = lint(set, settings: RuleSettings(postgresVersion: version)).diagnostics.filter {
        $0.rule == "syntax-error"
      }
      #expect(found.map(\.message) == ["\(construct) needs PostgreSQL \(first)"])
      #expect(found.map(\.severity) == [severity])
      #expect(found.map(\.sqlState) == [state])
    }
  }

  /// A NOT NULL keeps the name that it got when table and column were called otherwise.
  @Test func namesOfNotNullConstraintsStayInDoubt() throws {
    let sql = """
      create table people (id int, mail_new text not null);
      alter table people rename column mail_new to mail;
      alter table people drop constraint people_mail_new_not_null1;
      """
    for (version, severity) in [(nil, Severity.warning), (15, .error)] as [(Int?, Severity)] {
      let set = try discover([SourceFile(path: "1.sql", text: sql)])
      let found = lint(set, settings: RuleSettings(postgresVersion: version)).diagnostics.filter {
        $0.rule == "unknown-constraint"
      }
      #expect(found.map(\.severity) == [severity])
      #expect(found.allSatisfy { $0.message.hasSuffix("needs PostgreSQL 18") })
    }
  }

  /// What an older server has against a statement, and a later one hasn't.
  @Test func whatLaterVersionsAcceptDependsOnTheServer() throws {
    let sql = """
      create table m (a int) partition by list (a);
      alter table m add constraint c exclude (a with =);
      """
    for (version, severities) in [(nil, [Severity.warning]), (15, [.error]), (17, [])] as [(Int?, [Severity])] {
      let set = try discover([SourceFile(path: "1.sql", text: sql)])
      let found = lint(set, settings: RuleSettings(postgresVersion: version)).diagnostics
      #expect(found.filter { $0.rule == "partitioned-option" }.map(\.severity) == severities)
    }
  }
}
