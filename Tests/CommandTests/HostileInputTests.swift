import Diagnostics
import Foundation
import Reports
import Testing

/// Input that is meant to break the program, or looks like it. Each is said once and clearly, or is fine; the file beside
/// it is checked as if nothing were.
@Suite struct HostileInputTests: CommandSuite {
  let workspace: Workspace

  init() throws { workspace = try Workspace() }

  /// What is wrong with a file, by the rules' own names, with the end of the message.
  private func findings(_ data: Data, _ name: String = "2_hostile.sql") throws -> [String] {
    try write("select 1 frm t;", "m/1_beside.sql")
    try write(data, "m/\(name)")
    return try findingsOfFolder(except: "1_beside.sql")
  }

  private func findingsOfFolder(except beside: String) throws -> [String] {
    let outcome = try run(["lint", "m", "--format", "json"])
    #expect(outcome.status == 1)
    #expect(outcome.errors == "")
    let result = try RunResult(json: Array(outcome.output.utf8))
    #expect(result.diagnostics.count { $0.range.path.hasSuffix(beside) } == 1)
    return result.diagnostics.filter { !$0.range.path.hasSuffix(beside) }.map { "\($0.rule): \($0.message)" }
  }

  private func findings(_ text: String, _ name: String = "2_hostile.sql") throws -> [String] {
    try findings(Data(text.utf8), name)
  }

  private func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

  private func latin1(_ text: String) throws -> Data { try #require(text.data(using: .isoLatin1)) }

  @Test func parenthesesNestedTwentyThousandDeep() throws {
    let found = try findings("select " + repeated("(", 20_000) + "1" + repeated(")", 20_000) + ";")
    #expect(found == ["syntax-error: memory exhausted at or near '('"])
  }

  @Test(arguments: ["+1", "||'a'", "::int", " union select 1", "->'a'", " and true"])
  func expressionsOfTwoHundredThousandTerms(_ term: String) throws {
    let first = ["||'a'": "'a'", "->'a'": "'{}'::jsonb", " and true": "true"][term] ?? "1"
    #expect(try findings("select \(first)" + repeated(term, 200_000) + ";") == [])
  }

  @Test func blocksNestedTwentyThousandDeep() throws {
    #expect(try findings("do $$ " + repeated("begin ", 20_000) + "null; " + repeated("end; ", 20_000) + "$$;") == [])
  }

  @Test func commentsNestedAHundredThousandDeep() throws {
    let found = try findings(repeated("/*", 100_000) + " select 1;")
    #expect(found == ["syntax-error: unterminated /* comment at or near '" + repeated("/*", 20) + "…'"])
  }

  @Test func aNULByte() throws {
    let found = try findings("select 1;\nselect '\0';\nselect 2;")
    #expect(found == ["syntax-error: a NUL byte is no SQL"])
  }

  @Test func aLoneByteOfLatin1() throws {
    let found = try findings(latin1("-- café\nselect 'café', 'café';"))
    #expect(found == ["syntax-error: invalid byte sequence for encoding 'UTF8': 0xe9"])
    #expect(try findings(latin1("-- café\nselect 1;")) == [])
  }

  @Test func fiftyMegabytes() throws {
    let rows = repeated("('it''s a row', 1),\n", 50_000) + "('the last', 2);\n"
    let statement = "insert into t values " + rows
    let count = 50_000_000 / statement.utf8.count + 1
    #expect(try findings("create table t (a text primary key, b int);\n" + repeated(statement, count)) == [])
  }

  @Test func fourMegabytesOfRowsForCopy() throws {
    let rows = repeated("1\tit's \\N a row; with -- everything (\n", 120_000)
    let found = try findings(
      "create table t (a int primary key, b text);\ncopy t from stdin;\n\(rows)\\.\nselect b from t;\nselect c from t;")
    #expect(found == ["unknown-column: column 't.c' does not exist"])
  }

  @Test func aFolderWithTheNameOfAFile() throws {
    #expect(try findings("create table t (a int primary key);", "2_folder.sql/readme.txt") == [])
  }

  @Test func aLinkToItself() throws {
    try write("select 1 frm t;", "m/1_beside.sql")
    let link = folder.appending(path: "m/2_link.sql").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "2_link.sql")
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(path: "m/again").path, withDestinationPath: ".")
    let found = try findingsOfFolder(except: "1_beside.sql")
    #expect(found == ["syntax-error: the file can't be read: Too many levels of symbolic links"])
  }

  @Test func aPipeWithTheNameOfAFile() throws {
    try write("select 1 frm t;", "m/1_beside.sql")
    #expect(mkfifo(folder.appending(path: "m/2_pipe.sql").path, 0o600) == 0)
    let found = try findingsOfFolder(except: "1_beside.sql")
    #expect(found == ["syntax-error: the file can't be read: Not a regular file"])
  }

  @Test func aFenceThatIsNeverClosed() throws {
    try write("# Plan\n\n```sql\ncreate table t (a int primary key);\nselect b from t;\n", "plan.md")
    let outcome = try run(["lint", "plan.md", "--format", "json"])
    let result = try RunResult(json: Array(outcome.output.utf8))
    #expect(result.diagnostics.map(\.message) == ["column 't.b' does not exist"])
  }

  @Test func aLongLineIsShownInPart() throws {
    try write("select " + repeated("1, ", 100_000) + "2 frm t;" + repeated(" ", 100_000), "1.sql")
    let outcome = try run(["lint", "1.sql"])
    #expect(outcome.output.contains("2 frm t;"))
    #expect(outcome.output.utf8.count < 2_000)
  }
}
