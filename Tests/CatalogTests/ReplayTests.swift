import Catalog
import Diagnostics
import PostgresSyntax
import Testing

/// What statements do to the simulated catalog.
@Suite struct ReplayTests {
  private func replay(_ sql: String) -> (catalog: Catalog, steps: [Step]) {
    let file = SourceFile(path: "a.sql", text: sql)
    var replay = Replay(Catalog(isComplete: true))
    let steps = parse(file).statements.map { replay.run($0, in: file, migration: "1", direction: .up) }
    return (replay.catalog, steps)
  }

  private func inventory(_ sql: String) -> [String] { replay(sql).catalog.inventory.map(\.description) }

  private func states(_ sql: String) -> [String?] { replay(sql).steps.map(\.outcome.sqlState) }

  @Test func unnamedConstraintsGetTheNamesThatPostgreSQLGivesThem() {
    let lines = inventory(
      "create table parent (id int primary key); create table t (id serial primary key, a int unique check (a > 0), b int references parent, check (a > b), unique (a, b));"
    ).filter { $0.hasPrefix("constraint public.t.") }
    #expect(
      lines == [
        "constraint public.t.t_a_b_key: unique (a, b)",
        "constraint public.t.t_a_check: check",
        "constraint public.t.t_a_key: unique (a)",
        "constraint public.t.t_b_fkey: foreign key (b) references public.parent (id) on delete NO ACTION on update NO ACTION",
        "constraint public.t.t_check: check",
        "constraint public.t.t_pkey: primary key (id)",
      ])
  }

  @Test func generatedNamesAreCutAt63Bytes() {
    let lines = inventory(
      "create table agent_performance_benchmarks (agent_name text, agent_type text, benchmark_window_days int, unique (agent_name, agent_type, benchmark_window_days));"
    )
    #expect(
      lines.contains(
        "index public.agent_performance_benchmarks_agent_name_agent_type_benchmar_key: on public.agent_performance_benchmarks using btree (agent_name, agent_type, benchmark_window_days) unique"
      ))
  }

  @Test func aNameThatIsTakenGetsANumber() {
    let lines = inventory("create table t (a int); create index on t (a); create index on t (a);")
    #expect(
      lines.filter { $0.hasPrefix("index") }.map { $0.prefix { $0 != ":" } } == [
        "index public.t_a_idx", "index public.t_a_idx1",
      ])
  }

  @Test func serialAndIdentityColumnsBringTheirSequence() {
    let lines = inventory("create table t (a bigserial, b int generated always as identity, c uuid);")
    #expect(
      lines.filter { $0.hasPrefix("sequence") } == [
        "sequence public.t_a_seq: owned by public.t.a", "sequence public.t_b_seq: owned by public.t.b",
      ])
  }

  @Test func typesAreWrittenAsTheServerWritesThem() {
    let lines = inventory(
      "create table t (a char, b char(3), c bit, d varchar(5)[], e timestamp(3), f numeric(5), g \"char\", h float, i int default null);"
    ).filter { $0.hasPrefix("column") }.map { $0.split(separator: ": ")[1] }
    #expect(
      lines == [
        "character(1)", "character(3)", "bit(1)", "character varying(5)[]", "timestamp(3) without time zone",
        "numeric(5,0)", "\"char\"", "double precision", "integer",
      ])
  }

  @Test func aConstraintCanBecomeDeferrableAndValidated() {
    let sql =
      "create table p (id int primary key); create table t (a int); alter table t add constraint f foreign key (a) references p not valid;"
    func fact(_ sql: String) -> String? { inventory(sql).first { $0.hasPrefix("constraint public.t.f") } }
    #expect(fact(sql)?.hasSuffix("NO ACTION not valid") == true)
    #expect(
      fact(
        sql + "alter table t validate constraint f; alter table t alter constraint f deferrable initially deferred;")?
        .hasSuffix("NO ACTION deferrable initially deferred") == true)
  }

  @Test func commentsAndPrivilegesGoWithTheirObjectAndFollowItsName() {
    let sql =
      "create role r; create table t (a int); comment on column t.a is 'x'; grant select on t to r; alter table t rename column a to b; alter table t rename to u;"
    #expect(
      inventory(sql).filter { !$0.hasPrefix("table") } == [
        "column public.u.b: integer", "comment column public.u.b: x", "grant public.u to r: SELECT", "role r",
      ])
    #expect(inventory(sql + "drop table u;") == ["role r"])
  }

  @Test func aRolledBackTransactionLeavesNothing() {
    #expect(inventory("begin; create table t (a int); rollback;") == [])
    #expect(
      inventory("begin; create table a (); savepoint s; create table b (); rollback to s; commit;") == [
        "table public.a"
      ])
  }

  @Test func aDroppedTableTakesItsPartsWithIt() {
    #expect(
      inventory(
        "create table p (id int primary key); create table t (id serial primary key, p int references p); create index on t (p); drop table t;"
      ).allSatisfy { !$0.contains("public.t") })
  }

  @Test(arguments: [
    ("create table t (a int); create table t (a int);", "42P07"),
    ("create index on missing (a);", "42P01"),
    ("create table t (a int); create index on t (b);", "42703"),
    ("create table t (a int); alter table t add column a int;", "42701"),
    ("create table p (id int primary key); create table c (p int references p); drop table p;", "2BP01"),
    ("create table t (a int); create view v as select a from t; drop table t;", "2BP01"),
    ("create table t (a int unique); drop index t_a_key;", "2BP01"),
    ("create type e as enum ('a'); create table t (a e); drop type e;", "2BP01"),
    ("create table t (a int); drop view t_view;", "42P01"),
    ("drop index i;", "42704"),
    ("create schema s; create schema s;", "42P06"),
    ("create table t (id int, index i (id));", "42704"),
    ("create table t (a int); alter table t drop constraint c;", "42704"),
    (
      "create function f() returns int language sql as 'select 1'; create function f() returns int language sql as 'select 2';",
      "42723"
    ),
    ("grant select on nothing to public;", "42P01"),
  ])
  func theLastStatementIsRejected(_ sql: String, _ state: String) {
    let predicted = states(sql)
    #expect(predicted.dropLast().allSatisfy { $0 == nil })
    #expect(predicted.last == state)
  }

  @Test(arguments: [
    "create table t (a int); do $$ begin alter table t add column b int; end $$; create index on t (b);",
    "create table t (a int); do $$ begin drop table t; end $$; create table t (b int);",
    "create function f() returns void language plpgsql as $$ begin execute 'drop table t'; end $$; create table t (a int); select f(); create table t (a int);",
  ])
  func whatCodeMayHaveDoneIsNotHeldAgainstLaterStatements(_ sql: String) {
    #expect(states(sql).allSatisfy { $0 == nil })
  }

  @Test func codeThatDefinesNothingLeavesNoDoubt() {
    #expect(states("create table t (a int); do $$ begin perform 1; end $$; create table t (a int);").last == "42P07")
    #expect(
      states("create table t (a int); do $$ begin create table u (); end $$; create table t (a int);").last == "42P07")
  }

  @Test(arguments: [
    "create table if not exists t (a int); create table if not exists t (b int);",
    "drop table if exists t; drop index if exists i; drop function if exists f(int);",
    "create table a (id int primary key); create table b (a int references a); drop table a, b;",
    "create table a (id int primary key); create table b (a int references a); drop table a cascade; create table a ();",
    "create schema s; set search_path = s; create table t (a int); select * from s.t; alter table s.t rename to u; select * from u;",
    "with t as (select 1 as a) select * from t; create view v as with recursive r as (select 1 union select * from r) select * from r;",
    "create table t (a int); alter table t rename column a to b; create index on t (b);",
    "create table t (a int unique); alter index t_a_key rename to k; alter table t drop constraint k;",
    "create table t (a text, b int); create index i on t (lower(a)); create index j on t (b) where a = ''; alter table t drop column a; create index i on t (b); create index j on t (b);",
    "create function f() returns trigger language plpgsql as ''; create table t (); create trigger g after insert on t for each row execute function f(); alter function f() rename to h; drop function h() cascade; create function h() returns trigger language plpgsql as ''; create trigger g after insert on t for each row execute function h();",
    "create table t (a int); create view v as select * from t; create view w as select * from v; create or replace view v as select * from w; drop view v cascade; create table v (); create table w ();",
    "grant select on large object 1001 to public; comment on large object 1001 is 'x'; comment on cast (text as int) is 'y'; drop operator if exists = (int, int);",
    "create temp table t (a int); insert into t values (1); drop table t;",
    "create table t as select 1 as a; create index on t (a);",
    "create table p (a int) partition by range (a); create table q partition of p for values from (1) to (2); create index on q (a);",
    "select * from information_schema.tables; select * from pg_class; select * from pg_catalog.pg_type;",
    "create function f(a int default 1) returns int language sql as 'select 1'; create or replace function f(a int default 2) returns int language sql as 'select 2'; create function f(text) returns int language sql as 'select 3'; drop function f(int);",
  ])
  func everyStatementIsAccepted(_ sql: String) {
    #expect(states(sql).allSatisfy { $0 == nil }, "\(replay(sql).steps.flatMap(\.outcome.rejections))")
  }
}
