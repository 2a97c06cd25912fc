import Diagnostics
import Migrations
import Rules
import Testing

/// Syntax of later versions is named as such, and an error only where the server is known to be older.
@Suite struct NewerSyntaxTests {
  @Test(arguments: [
    ("select * from (select 1);", "a subquery without an alias needs PostgreSQL 16"),
    ("alter table t add constraint c not null a;", "a named NOT NULL constraint needs PostgreSQL 18"),
    ("create table t (a int, constraint c not null a);", "a named NOT NULL constraint needs PostgreSQL 18"),
    (
      "merge into t using u on t.a = u.a when matched then delete returning *;",
      "MERGE with RETURNING needs PostgreSQL 17"
    ),
    (
      "create table t (a int, b int generated always as (a) virtual);", "a virtual generated column needs PostgreSQL 18"
    ),
    ("create table t (a int4range, primary key (a without overlaps));", "WITHOUT OVERLAPS needs PostgreSQL 18"),
  ])
  func theVersionIsNamed(_ sql: String, _ message: String) throws {
    for (version, severity, state) in [(nil, Severity.warning, nil), (15, .error, "42601"), (18, .info, nil)]
      as [(Int?, Severity, String?)]
    {
      let set = try discover([SourceFile(path: "1.sql", text: sql)])
      let found = lint(set, settings: RuleSettings(postgresVersion: version)).diagnostics.filter {
        $0.rule == "syntax-error"
      }
      #expect(found.map(\.message) == [message])
      #expect(found.map(\.severity) == [severity])
      #expect(found.map(\.sqlState) == [state])
    }
  }
}
