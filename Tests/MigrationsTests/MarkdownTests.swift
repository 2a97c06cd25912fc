import Diagnostics
import Migrations
import TestSupport
import Testing

@Suite struct MarkdownTests {
  @Test func thePartsOfThePlanAreUnderstood() throws {
    let set = try plan("langgraph-observability")
    #expect(set.layout == "markdown")
    #expect(set.transactions == .statement)
    #expect(set.migrations.map(\.version) == ["001", "002", "003", "004"])
    #expect(set.migrations.map(\.up.count) == [1, 1, 1, 1])
    #expect(set.migrations.map(\.down.count) == [1, 1, 1, 1])
    #expect(set.listedRollbacks == ["001", "002", "003", "004"])
    #expect(set.queries.count == 6)
  }

  private func sections(_ text: String) throws -> (migrations: [String], queries: [String]) {
    let file = SourceFile(path: "a.md", text: text)
    let set = try discover([file])
    return (
      set.migrations.map { "\($0.version):" + $0.up.map { file.text($0.range) }.joined() },
      set.queries.map { file.text($0.range) }
    )
  }

  @Test func onlySQLBlocksAreSQL() throws {
    let (migrations, queries) = try sections(
      "# Step 1: Add\n\n```sql\ncreate table t ();\n```\n\n```bash\ncreate table u ();\n```\n\n~~~~sql\nselect 1;\n```\n~~~~\n\n    ```sql\n"
    )
    #expect(migrations == ["1:create table t ();\n"])
    #expect(queries == ["select 1;\n```\n", ""])
  }

  @Test func aFileBesideADocumentIsAFile() throws {
    let document = SourceFile(path: "plan.md", text: "# Migration 2: More\n\n```sql\ncreate table u ();\n```\n")
    let set = try discover([document, SourceFile(path: "1_a.sql", text: "create table t ();")])
    #expect(set.migrations.map(\.version) == ["1", "2"])
  }

  @Test func aFenceThatIsNeverClosedRunsToTheEnd() throws {
    #expect(try sections("```sql\nselect 1;\n").queries == ["select 1;\n"])
  }

  /// What each kind of script holds, with what the shell puts in it.
  private func scripts(_ text: String) throws -> (queries: [String], fullRollbacks: [[String]]) {
    let set = try discover([SourceFile(path: "a.md", text: text)])
    return (
      set.queries.map { $0.file.sql($0.range) }, set.fullRollbacks.map { $0.map { $0.file.sql($0.range) } }
    )
  }

  @Test(arguments: [
    (#"psql $URL -c "select \"a\" from t;""#, [#"select "a" from t;"#]),
    (#"PGPASSWORD=x psql -h "$HOST" -Atc 'select 1' # psql -c "no""#, ["select 1"]),
    (#"/usr/bin/psql --command="select * from $TABLE""#, ["select * from table"]),
    ("psql -d db -c \"\nselect a,\n  b\nfrom t;\n\" && echo done", ["\nselect a,\n  b\nfrom t;\n"]),
    ("psql -d db \\\n  -c 'select 1' -c 'select 2'", ["select 1", "select 2"]),
    ("psql db <<'SQL'\nselect 'it''s';\nSQL\necho 'select 2'", ["select 'it''s';\n"]),
    ("cat <<EOF > x.sql\nselect 1;\nEOF\npsql -f x.sql", []),
    ("pg_dump $URL > backup.sql\necho \"psql -c 'select 1'\"", []),
    ("psql -c \"select 1", ["select 1"]),
  ])
  func theSQLOfShellBlocksIsFound(_ shell: String, _ expected: [String]) throws {
    #expect(try scripts("```bash\n\(shell)\n```\n").queries == expected)
  }

  @Test func aRollbackThatNamesNoMigrationTakesAllBack() throws {
    let found = try scripts(
      """
      ## Steps
      ### **Step 1: Tables**
      ```sql
      create table "T" ("a" int);
      ```
      ```typescript
      await db.query("drop table x");
      ```
      ## Rollback
      1. **Stop**
      2. **Drop**:
         ```sql
         drop table if exists "T";
         ```
      ### Script
      ```bash
      psql $URL -c "drop table if exists \\"T\\";"
      psql $URL -c "drop type if exists t;"
      ```
      """)
    #expect(found.queries == [])
    #expect(
      found.fullRollbacks == [
        ["   drop table if exists \"T\";\n"], ["drop table if exists \"T\";", "drop type if exists t;"],
      ])
  }

  @Test func whatFollowsTheNamedRollbacksCompletesThem() throws {
    let text = """
      ```sql
      -- Migration: migrations/1_a.sql
      create table a ();
      -- Migration: migrations/2_b.sql
      create table b ();
      ```
      ```sql
      -- Rollback: migrations/2_b_rollback.sql
      drop table b;

      -- Continue with the others
      drop table a;
      ```
      """
    let set = try discover([SourceFile(path: "a.md", text: text)])
    #expect(set.migrations.map(\.version) == ["1", "2"])
    #expect(set.migrations.map(\.down.count) == [0, 1])
    #expect(try scripts(text).fullRollbacks.map(\.count) == [2])
  }

  @Test func diagramsAreLeftAlone() throws {
    let found = try scripts(
      """
      ## Order
      ```
      ├── 001_create_table.sql
      drop table t;
      ```
      ```mermaid
      create table
      ```
      ## Query 1
      ```sql
      select * from t where id = $1;
      ```
      """)
    #expect(found.queries == ["select * from t where id = $1;\n"])
    #expect(found.fullRollbacks.isEmpty)
  }
}
