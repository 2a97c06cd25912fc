import CPgQuery
import Diagnostics
import PostgresSyntax
import TestSupport
import Testing

@Suite struct ParserTests {
  private func parsed(_ sql: String) -> (file: SourceFile, result: ParsedSQL) {
    let file = SourceFile(path: "a.sql", text: sql)
    return (file, parse(file))
  }

  private func texts(_ sql: String) -> [String] {
    let (file, result) = parsed(sql)
    return result.statements.map { file.text($0.range) }
  }

  @Test func aStatementIsItsTextWithoutCommentsAroundItAndSemicolon() {
    #expect(
      texts("-- one\nselect 1; /* two */ select 2 -- three\n ;\n\n;select 'é';") == [
        "select 1", "select 2", "select 'é'",
      ])
  }

  @Test func nothingIsNoStatement() {
    for sql in ["", "  \n", "-- only a comment", ";;", "/* x */ ;"] { #expect(texts(sql) == []) }
  }

  @Test func aSyntaxErrorLeavesItsNeighboursAlone() {
    let (file, result) = parsed("select 1;\ncreate table (x int);\nselect 'é' from t where;\nselect 3;")
    #expect(result.statements.map { file.text($0.range) } == ["select 1", "select 3"])
    #expect(
      result.errors.map { file.text($0.range) } == ["(", "where"]
        || result.errors.first.map { file.text($0.range) } == "(")
    #expect(result.errors.map { file.position(at: $0.range.lowerBound).line } == [2, 3])
  }

  @Test func aParenthesisThatIsLeftOpenDoesNotSwallowTheNextStatement() {
    let (file, result) = parsed("create table a (x int;\ncreate table b (y int);")
    #expect(result.errors.count == 1)
    #expect(result.statements.map { file.text($0.range) } == ["create table b (y int)"])
  }

  @Test func rowsForCopyAndCommandsOfPsqlAreNoSQL() {
    let sql =
      "\\set ON_ERROR_STOP on\ncreate table t (a text);\ncopy t (a) from stdin;\nit's\tx\n\\.\nselect 1;\n\\connect other\n"
    let (file, result) = parsed(sql)
    #expect(result.errors == [])
    #expect(
      result.statements.map { file.text($0.range) } == ["create table t (a text)", "copy t (a) from stdin", "select 1"])
    #expect(result.psqlCommands.map { file.text($0) } == ["\\set ON_ERROR_STOP on", "\\connect other"])
  }

  @Test func aByteOrderMarkIsNoSQL() {
    #expect(texts("\u{FEFF}select 1; select 2;") == ["select 1", "select 2"])
  }

  @Test func aNulByteIsReportedAndNotTakenForTheEnd() {
    let (_, result) = parsed("select 1;\nselect '\0';\nselect 2;")
    #expect(result.statements.count == 2)
    #expect(result.errors.count == 1)
  }

  @Test func bodiesThatHoldSemicolonsAreNotCut() {
    let function = "create function f() returns int begin atomic select 1; select case when true then 1 end; end"
    let rule = "create rule r as on insert to t do also (select 1; select 2)"
    #expect(
      texts("\(function);\n\(rule);\nselect broken from;\nselect $$a;b$$;") == [function, rule, "select $$a;b$$"])
  }

  @Test func anInlineIndexIsNoColumn() throws {
    let (file, result) = parsed("create table t (id int, a int, index idx_a (a), key idx_b (a, id));")
    guard case .createTable(let table) = try #require(result.statements.first).action else {
      Issue.record("no table")
      return
    }
    #expect(table.columns.map(\.name) == ["id", "a"])
    #expect(table.inlineIndexes.map(\.name) == ["idx_a", "idx_b"])
    #expect(table.inlineIndexes.map(\.columns) == [["a"], ["a", "id"]])
    #expect(
      file.text(file.elementRange(at: table.inlineIndexes[1].offset, within: result.statements[0].range))
        == "key idx_b (a, id)")
  }

  @Test func aColumnCalledIndexIsAColumn() throws {
    for sql in ["create table t (index varchar(20))", "create table t (key numeric(10, 2), index int)"] {
      guard case .createTable(let table) = try #require(parsed(sql).result.statements.first).action else {
        Issue.record("no table")
        return
      }
      #expect(table.inlineIndexes == [])
    }
  }

  @Test func deepNestingIsAnErrorOrParsesButNeverCrashes() {
    let deep =
      "select " + String(repeating: "(", count: 20_000) + "1" + String(repeating: ")", count: 20_000) + ";\nselect 2;"
    let long = "select 1" + String(repeating: " + 1", count: 100_000) + ";"
    let results = Array(ParallelSequence([deep, long], threads: 2) { parse(SourceFile(path: "a.sql", text: $0)) })
    #expect(results[0].errors.count == 1)
    #expect(results[0].statements.count == 1)
    #expect(results[1].statements.count == 1)
  }
}

/// The tree that is taken before it is serialised, and the one that went through it, say the same.
@Suite struct ParsePathTests {
  @Test func theDirectPathWorksWithThisLibrary() {
    #expect(scx_direct_available() == 1)
  }

  @Test func bothPathsGiveEqualTrees() throws {
    let folder = "Fixtures/langgraph-observability"
    let files = try sourceFiles(in: "\(folder)/migrations") + sourceFiles(in: "\(folder)/rollbacks")
    for file in files {
      let text = file.bytes.map { CChar(bitPattern: $0) } + [0]
      let direct = scx_parse(text)
      let packed = scx_parse_packed(text)
      defer {
        scx_free(packed)
        scx_free(direct)
      }
      try #require(direct.statement_count == packed.statement_count)
      for index in 0..<direct.statement_count {
        #expect(serialized(direct.statements[index]!) == serialized(packed.statements[index]!), "\(file.path) \(index)")
      }
    }
  }

  private func serialized(_ statement: UnsafeMutablePointer<PgQuery__RawStmt>) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: pg_query__raw_stmt__get_packed_size(statement))
    pg_query__raw_stmt__pack(statement, &bytes)
    return bytes
  }
}
