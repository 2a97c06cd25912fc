import Diagnostics
import Foundation
import Migrations
import TestSupport
import Testing

/// Each folder of `Fixtures/layouts` is arranged as the tool of its name wants it.
@Suite struct LayoutTests {
  struct Expectation: Sendable, CustomTestStringConvertible {
    var layout: String
    var profile: TransactionProfile
    /// The migrations in order; `*` marks those without a transaction of the runner's, `-` those without a rollback.
    var migrations: [String]
    var testDescription: String { layout }
  }

  @Test(arguments: [
    Expectation(layout: "numbered", profile: .file, migrations: ["001 users", "002 posts"]),
    Expectation(layout: "golang-migrate", profile: .query, migrations: ["9 users", "10 posts"]),
    Expectation(
      layout: "flyway", profile: .file,
      migrations: ["1 users", "1.2 user_names", "1.10 posts", "R__post_titles post_titles-"]),
    Expectation(
      layout: "dbmate", profile: .file,
      migrations: ["20240131120000 users", "20240201120000 posts", "20240202120000 index*"]),
    Expectation(
      layout: "goose", profile: .file,
      migrations: [
        "20240131120000 users", "20240201120000 posts", "20240202120000 index*", "20240203120000 touch",
      ]),
    Expectation(
      layout: "sql-migrate", profile: .file,
      migrations: ["20240131120000 users", "20240201120000 posts", "20240202120000 index*"]),
    Expectation(
      layout: "sqlx", profile: .file,
      migrations: ["20240131120000 users", "20240201120000 posts", "20240202120000 index*"]),
    Expectation(
      layout: "diesel", profile: .file,
      migrations: ["20231224120000 users", "2024-01-31-120000 posts", "2024-02-01-120000 index*"]),
    Expectation(layout: "hasura", profile: .file, migrations: ["1706700000000 users", "1706800000000 posts"]),
    Expectation(layout: "prisma", profile: .query, migrations: ["20240131120000 users-", "20240201120000 posts-"]),
    Expectation(
      layout: "supabase", profile: .file, migrations: ["20240131120000 users-", "20240201120000 rollback_of_names-"]),
    Expectation(
      layout: "sqitch", profile: .statement, migrations: ["users users", "posts@v1.0 posts@v1.0", "posts posts"]),
    Expectation(
      layout: "liquibase", profile: .file,
      migrations: [
        "author:users author:users", "author:posts author:posts", "author:index author:index*",
        "author:names author:names",
      ]),
    Expectation(layout: "structure", profile: .statement, migrations: ["structure structure-"]),
    Expectation(layout: "pg_dump", profile: .statement, migrations: ["dump dump-"]),
    Expectation(layout: "markdown", profile: .statement, migrations: ["001 users", "002 Posts"]),
  ])
  func aLayoutIsRecognizedAndRead(_ expected: Expectation) throws {
    let set = try layoutFixture(expected.layout)
    #expect(set.layout == expected.layout)
    #expect(set.transactions == expected.profile)
    #expect(set.migrations.map(text) == expected.migrations)
  }

  @Test func everyLayoutHasAFixture() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: repository.path + "/Fixtures/layouts")
    #expect(Set(folders) == Set(layoutNames))
  }

  private func text(_ migration: Migration) -> String {
    "\(migration.version) \(migration.name)" + (migration.transactions == .statement ? "*" : "")
      + (migration.down.isEmpty ? "-" : "")
  }

  @Test func placeholdersAreFilled() throws {
    func sql(_ layout: String, _ version: String) throws -> String {
      let migration = try #require(try layoutFixture(layout).migrations.first { $0.version == version })
      return migration.up.map { $0.file.sql($0.range) }.joined()
    }
    #expect(try sql("flyway", "1.2") == "ALTER TABLE app_users ADD COLUMN name TEXT;\n")
    #expect(try sql("goose", "20240203120000").contains("CREATE FUNCTION owner_title()"))
    #expect(try sql("liquibase", "author:names").contains("ADD COLUMN name_column TEXT;"))
  }

  @Test func aUserSaysWhatPlaceholdersStandFor() throws {
    let file = SourceFile(path: "1_a.sql", text: "create table __SCHEMA__.t ();")
    let script = try #require(try discover([file], placeholders: ["__SCHEMA__": "app"]).migrations.first?.up.first)
    #expect(script.file.sql(script.range) == "create table app.t ();")
    #expect(script.file.text(script.range) == "create table __SCHEMA__.t ();")
  }

  @Test func theSearchPathIsThatOfThePlatform() throws {
    #expect(try layoutFixture("supabase").searchPath == ["$user", "public", "extensions"])
    #expect(try layoutFixture("numbered").searchPath == nil)
  }

  @Test func versionsOfAnyLengthAreOrdered() throws {
    let names = ["9", "10", "20240131120000", "99999999999999999999998", "99999999999999999999999"]
    let files = names.shuffled().map { SourceFile(path: "\($0)_a.sql", text: "select 1;") }
    #expect(try discover(files).migrations.map(\.version) == names)
  }
}
