import Diagnostics
import Migrations
import TestSupport
import Testing

@Suite struct DiscoveryTests {
  private func discovered(_ paths: [String]) throws -> [String] {
    try discover(paths.map { SourceFile(path: $0, text: "select 1;") }).migrations.map {
      "\($0.version) \($0.name) up:\($0.up.count) down:\($0.down.count)"
    }
  }

  @Test(arguments: [
    (
      ["m/2_b.up.sql", "m/2_b.down.sql", "m/10_c.up.sql", "m/1_a.up.sql"],
      ["1 a up:1 down:0", "2 b up:1 down:1", "10 c up:1 down:0"]
    ),
    (["migrations/001_a.sql", "rollbacks/rollback_001.sql"], ["001 a up:1 down:1"]),
    (["m/006_stamps.sql", "m/006_rollback_stamps.sql"], ["006 stamps up:1 down:1"]),
    (["m/001_a.sql", "m/001_a_rollback.sql"], ["001 a up:1 down:1"]),
    (["V1__a.sql", "U1__a.sql", "V1.2__b.sql"], ["1 a up:1 down:1", "1.2 b up:1 down:0"]),
    (
      ["m/20140924113530_x/up.sql", "m/2024-04-12-144536_y/up.sql", "m/2024-04-12-144536_y/down.sql"],
      ["20140924113530 x up:1 down:0", "2024-04-12-144536 y up:1 down:1"]
    ),
    (
      ["p/20250625_b/migration.sql", "p/20250624120000_a/migration.sql"],
      ["20250624120000 a up:1 down:0", "20250625 b up:1 down:0"]
    ),
    // Two of one version each have the rollback of their name.
    (
      ["m/7_a.up.sql", "m/7_a.down.sql", "m/7_b.up.sql", "m/7_b.down.sql"], ["7 a up:1 down:1", "7 b up:1 down:1"]
    ),
    (
      ["m/0.20/00__b.sql", "m/0.9/01__y.sql", "m/0.9/00__x.sql"],
      ["0.9.00 x up:1 down:0", "0.9.01 y up:1 down:0", "0.20.00 b up:1 down:0"]
    ),
    // diesel's versions may have a counter behind the time.
    (
      ["m/2021-01-27-202728-0001_b/up.sql", "m/2021-01-27-202728-0000_c/up.sql"],
      ["2021-01-27-202728-0000 c up:1 down:0", "2021-01-27-202728-0001 b up:1 down:0"]
    ),
    (["supabase/migrations/20230101000000_rollback_support.sql"], ["20230101000000 rollback_support up:1 down:0"]),
    (["a.sql"], ["a a up:1 down:0"]),
  ])
  func filesArePairedAndOrdered(_ paths: [String], _ expected: [String]) throws {
    #expect(try discovered(paths) == expected)
  }

  @Test func filesThatSumUpTheMigrationsAreNoMigrations() throws {
    let set = try discover(["m/1_a.sql", "m/2_b.sql", "m/schema.sql"].map { SourceFile(path: $0, text: "select 1;") })
    #expect(set.migrations.map(\.version) == ["1", "2"])
    #expect(set.asides.map(\.file.path) == ["m/schema.sql"])
    #expect(try discovered(["schema.sql"]) == ["schema schema up:1 down:0"])
  }

  @Test func filesWithoutANumberAmongOthersAreNoMigrations() throws {
    let set = try discover(
      ["m/1_a.sql", "m/2_b.sql", "m/3_c.sql", "m/XXXX-later.sql", "m/queries.sql"].map {
        SourceFile(path: $0, text: "select 1;")
      })
    #expect(set.migrations.map(\.version) == ["1", "2", "3"])
    #expect(set.asides.map(\.file.path) == ["m/XXXX-later.sql"])
    #expect(set.queries.map(\.file.path) == ["m/queries.sql"])
  }

  @Test func foldersWithTheSameVersionsAreSeparateChains() throws {
    let set = try discover(
      ["a/1_x.sql", "a/2_y.sql", "a/3_z.sql", "pg/1_x.sql", "pg/2_y.sql", "pg/3_z.sql", "pg/4_v.sql", "b/9_w.sql"]
        .map { SourceFile(path: $0, text: "select 1;") })
    #expect(set.migrations.map(\.path) == ["pg/1_x.sql", "pg/2_y.sql", "pg/3_z.sql", "pg/4_v.sql", "b/9_w.sql"])
    #expect(set.otherChains.map { $0.map(\.file.path) } == [["a/1_x.sql", "a/2_y.sql", "a/3_z.sql"]])
  }

  @Test func thePlanWithMostScriptsIsTheProjects() throws {
    let scripts = ["users", "posts", "old"].map { SourceFile(path: "sql/deploy/\($0).sql", text: "select 1;") }
    let set = try discover(
      scripts + [
        SourceFile(path: "sql/sqitch.plan", text: "%project=x\n\nposts\n"),
        SourceFile(path: "sqitch.plan", text: "%project=x\n\nusers\nposts [users]\n"),
      ])
    #expect(set.migrations.map(\.name) == ["users", "posts"])
    #expect(set.asides.map(\.file.path) == ["sql/deploy/old.sql"])
  }

  @Test func aFileWithoutSectionsIsNotRunByTheirTool() throws {
    let set = try discover([
      SourceFile(path: "1_a.sql", text: "-- +goose Up\nselect 1;"), SourceFile(path: "2_b.sql", text: "begin; commit;"),
    ])
    #expect(set.migrations.map { set.profile(of: $0) } == [.file, .statement])
  }

  @Test func aStrayFileDoesNotDecideTheLayout() throws {
    let files = [
      SourceFile(path: "1_a.sql", text: "-- +goose Up\nselect 1;"), SourceFile(path: "2_b.sql", text: "select 1;"),
      SourceFile(path: "3_c.sql", text: "select 1;"),
    ]
    #expect(try discover(files).layout == "numbered")
    #expect(try discover(Array(files.prefix(2))).layout == "goose")
  }

  @Test func sectionsOfAFileAreItsDirections() throws {
    for (up, down) in [
      ("-- migrate:up", "-- migrate:down"), ("-- +goose Up", "-- +goose Down"), ("-- +migrate Up", "-- +migrate Down"),
    ] {
      let file = SourceFile(path: "1_a.sql", text: "\(up)\ncreate table t ();\n\(down)\ndrop table t;\n")
      let set = try discover([file])
      let migration = try #require(set.migrations.first)
      #expect(migration.up.map { file.text($0.range) } == ["create table t ();\n"])
      #expect(migration.down.map { file.text($0.range) } == ["drop table t;\n"])
    }
  }

  @Test func anUnknownLayoutIsAnError() {
    #expect(throws: UnknownLayout.self) { try discover([], layout: "nope") }
  }
}
