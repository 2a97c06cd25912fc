import Diagnostics
import Testing
import Verification

@Suite struct ConstraintTests {
  private static let schema = """
    create domain percent as integer check (value between 0 and 100);
    create table team (id bigint primary key, name text not null unique);
    create table player (
      id bigint primary key, team_id bigint not null references team (id) on delete cascade, coach_id bigint references team (id) on delete set null,
      rival_id bigint references team (id), score percent, shirt integer not null check (shirt > 0 and shirt < 100), nick varchar(20),
      status text not null default 'active' check (status in ('active', 'gone')), unique (team_id, shirt));
    create unique index player_nick on player (lower(nick)) where status = 'active';
    create extension btree_gist;
    create table stay (room integer not null, nights int4range not null, exclude using gist (room with =, nights with &&));
    create table log (id bigint not null, at timestamptz not null default now()) partition by range (at);
    create table log_2024 partition of log for values from ('2024-01-01') to ('2025-01-01');
    """

  @Test func everyConstraintIsBrokenAloneAndIsNeeded() async throws {
    let checks = try await checks(Self.schema).filter { $0.value.stage == "constraints" }
    let names = [
      "player/shirt/not-null", "player/player_shirt_check", "player/player_team_id_fkey", "player/player_pkey",
      "player/player_team_id_shirt_key", "player/player_nick", "player/score/percent_check",
      "stay/stay_room_nights_excl",
      "team/team_name_key", "log/log_2024/bound", "player/player_status_check",
    ]
    for name in names {
      #expect(
        checks["constraints/\(name)/rejects"]?.status == .passed,
        "\(name): \(checks["constraints/\(name)/rejects"]?.message ?? "")")
      #expect(
        checks["constraints/\(name)/needed"]?.status == .passed,
        "\(name): \(checks["constraints/\(name)/needed"]?.message ?? "")")
    }
    #expect(checks["constraints/player/player_shirt_check/rejects"]?.sqlState == "23514")
    for (name, action) in [
      ("team_id", "the row that refers to it goes too"), ("coach_id", "the reference becomes NULL"),
      ("rival_id", "the statement is rejected"),
    ] {
      let check = try #require(checks["constraints/player/player_\(name)_fkey/delete"])
      #expect(check.status == .passed)
      #expect(check.message.contains(action))
    }
    #expect(checks.values.filter { $0.status == .failed || $0.status == .errored }.map(\.id).sorted() == [])
  }

  @Test func whatRejectsNothingIsReported() async throws {
    let checks = try await checks(
      """
      create table t (
        id bigint primary key, a integer not null check (a = a), retries integer default 3 check (retries >= 0),
        tenant integer not null, hour integer, unique (tenant, hour));
      create table d (id bigint not null, at timestamptz not null default now()) partition by range (at);
      create table d_2020 partition of d for values from ('2020-01-01') to ('2021-01-01');
      """)
    #expect(checks["constraints/t/t_a_check/rejects"]?.status == .failed)
    let null = try #require(checks["constraints/t/t_retries_check/null"])
    #expect(null.status == .failed)
    #expect(null.repro?.hasPrefix("INSERT INTO public.t ") == true)
    #expect(checks["constraints/t/t_tenant_hour_key/null"]?.status == .failed)
    #expect(checks["constraints/d/partitions/now"]?.sqlState == "23514")
  }

  @Test func aKeyThatAnotherImpliesIsNotBrokenAlone() async throws {
    let checks = try await checks("create table t (id bigint primary key, a integer not null, unique (a, id));")
    #expect(checks["constraints/t/t_a_id_key/rejects"]?.status == .skipped)
  }

  @Test func aReferenceThatItsColumnForbidsToBecomeNullIsReported() async throws {
    let checks = try await checks(
      "create table p (id bigint primary key); create table c (id bigint primary key, p_id bigint not null references p (id) on delete set null);"
    )
    let check = try #require(checks["constraints/c/c_p_id_fkey/delete"])
    #expect(check.status == .failed)
    #expect(check.actual?.hasPrefix("23502") == true)
  }
}

@Suite struct DataTests {
  @Test func aColumnThatRowsHaveNoValueForIsReported() async throws {
    let checks = try await checks("create table t (id bigint primary key);\n", name: "001_a.sql")
    #expect(checks["data/001/applies"] == nil)
    let set = [
      ("001_a.sql", "create table t (id bigint primary key);"),
      ("002_b.sql", "alter table t add column a integer not null;"),
    ]
    let found = try await verified(set)
    #expect(found["data/002/applies"]?.status == .skipped)
    #expect(
      found["data/002/applies"]?.message.hasPrefix("migration 002 applies only while the table has no rows") == true)
    #expect(found["data/002/applies"]?.sqlState == "23502")
    // The rest goes on with rows that fit.
    #expect(found["seed/t"]?.status == .passed)
  }

  @Test func rowsThatAMigrationTouchesWithoutSayingSoAreReported() async throws {
    let found = try await verified([
      (
        "001_a.sql",
        "create table t (id bigint primary key, name text not null);\ncreate table u (id bigint primary key, t_id bigint references t (id) on delete cascade);"
      ),
      ("002_b.sql", "delete from t;"),
      ("003_c.sql", "create table v (id bigint primary key);"),
    ])
    #expect(found["data/002/keeps"]?.status == .failed)
    #expect(found["data/002/keeps"]?.actual?.hasPrefix("public.u: ") == true)
    #expect(found["data/003/keeps"]?.status == .passed)
  }

  /// What is dropped by name is spoken of, and so is a column that gets another type.
  @Test func whatIsMadeAnewIsNotWhatWasThere() async throws {
    let table =
      "create table t (id bigint primary key, p_id bigint references p (id) on delete cascade, n text not null, at timestamp not null);"
    let found = try await verified([
      ("001_a.sql", "create table p (id bigint primary key);\n\(table)"),
      ("002_b.sql", "drop table t;\n\(table)"),
      ("003_c.sql", "alter table t drop column n;\nalter table t add column n text not null default 'x';"),
      ("004_d.sql", "alter table t alter column at type timestamptz;"),
      ("005_e.sql", "delete from p;"),
    ])
    for version in ["002", "003", "004"] { #expect(found["data/\(version)/keeps"]?.status == .passed) }
    // The table that was made anew has rows again.
    #expect(found["data/005/keeps"]?.status == .failed)
  }

  @Test func aRollbackThatLosesValuesIsReported() async throws {
    let found = try await verified([
      ("1_a.up.sql", "create table t (id bigint primary key, note text not null);"), ("1_a.down.sql", "drop table t;"),
      ("2_b.up.sql", "alter table t drop column note;"),
      (
        "2_b.down.sql",
        "alter table t add column note text not null default '';\nalter table t alter column note drop default;"
      ),
    ])
    #expect(found["rollback/2/restores"]?.status == .passed)
    #expect(found["rollback/2/rows"]?.status == .failed)
    #expect(found["rollback/2/rows"]?.actual == "public.t: other values in 'note'")
  }

  @Test func whatRunsOutsideOfATransactionMustBearASecondRun() async throws {
    let found = try await verified(
      transactions: .statement,
      [
        ("001_a.sql", "create type color as enum ('red');\ncreate table if not exists t (id bigint primary key);"),
        ("002_b.sql", "create table if not exists u (id bigint primary key);"),
      ])
    #expect(found["apply/001/again"]?.status == .failed)
    #expect(found["apply/002/again"]?.status == .passed)
  }
}
