import Diagnostics
import Migrations
import Rules
import Testing

/// Comments that allow a finding.
@Suite struct AllowTests {
  private let table = "create table t (id bigint primary key, a text, b text);\n"

  private func rules(_ sql: String) throws -> (found: [String], suppressed: Int) {
    let result = lint(try discover([SourceFile(path: "1.sql", text: sql)]))
    return (result.diagnostics.map(\.rule), result.suppressed)
  }

  @Test func aCommentOnTheLineBeforeTheStatementAllowsWhatItNames() throws {
    let (found, suppressed) = try rules(
      table + "-- schemacheck:allow mixed-and-or it is meant\nselect id\nfrom t where a = 'x' and b = 'y' or b = 'z';")
    #expect(found == [])
    #expect(suppressed == 1)
  }

  @Test func aCommentOnTheLineItselfAllowsWhatItNames() throws {
    let (found, suppressed) = try rules(
      table + "select id from t where a = 'x' and b = 'y' or b = 'z'; -- schemacheck:allow mixed-and-or it is meant")
    #expect(found == [])
    #expect(suppressed == 1)
  }

  @Test func aCommentForTheFileAllowsItEverywhere() throws {
    let (found, suppressed) = try rules(
      "-- schemacheck:allow-file mixed-and-or, unknown-table generated\n" + table
        + "select id from t where a = 'x' and b = 'y' or b = 'z';\nselect 1 from u;")
    #expect(found == [])
    #expect(suppressed == 2)
  }

  @Test func aCommentDoesNotReachTheNextStatement() throws {
    let (found, _) = try rules(
      table
        + "-- schemacheck:allow mixed-and-or it is meant\nselect 1;\n\nselect id from t where a = 'x' and b = 'y' or b = 'z';"
    )
    #expect(found.sorted() == ["mixed-and-or", "unused-allow"])
  }
}
