import Diagnostics
import Reports
import Testing

@Suite struct ReportTests {
  private let file = SourceFile(path: "m/001.sql", text: "create table t (\n\té text, index i (é)\n);\n")

  private var result: RunResult {
    let place = file.text(0..<file.bytes.count)
    let offset = Array(place.utf8).firstRange(of: Array("index".utf8))!.lowerBound
    let diagnostic = Diagnostic(
      rule: "inline-index", severity: .error, category: .dialect, message: "no index clause for 'i'",
      range: file.range(offset..<offset + 12), migration: "001", direction: .up,
      labels: [.init(range: file.range(13..<14), text: "in this table")], notes: ["why"], help: "what to do",
      sqlState: "42704",
      fix: Fix(title: "move it", safe: true, edits: [.init(range: file.range(0..<1), replacement: "")]))
    let check = CheckResult(
      id: "apply/001", stage: "apply", subject: "migration 001", status: .failed, message: "it fails", expected: "a",
      actual: "b\nc", durationMs: 1.5)
    let migration = MigrationResult(
      version: "001", name: "first", path: "m/001.sql", status: .failed, durationMs: 2,
      statements: [.init(range: file.range(0..<5), durationMs: 2)], rollback: .init(status: .restored))
    return RunResult(
      command: "verify", tool: .init(version: "1.0", postgres: "15.1"), files: 1, statements: 1, suppressed: 2,
      diagnostics: [diagnostic], checks: [check], migrations: [migration])
  }

  @Test func theTextReportShowsTheSourceWithAnUnderline() {
    let text = ReportFormat.text.render(result, ReportContext(sources: [file.path: file]))
    #expect(
      text == """
        error[inline-index]: no index clause for 'i'
         --> m/001.sql:2:10
          |
        2 |     é text, index i (é)
          |             ^^^^^^^^^^^
         --> m/001.sql:1:14
          |
        1 | create table t (
          |              - in this table
          = note: why
          = help: what to do
          = fix: move it

        001 first  failed in 2.0 ms, 1 statements; rollback restored

        failed[apply/001]: it fails
          = expected: a
          = actual: b
              c

        1 error in 1 file, 1 statement; 2 allowed; checks: 0 passed, 1 failed

        """)
  }

  @Test func colourIsOnlyWhereItIsAskedFor() {
    let plain = ReportFormat.text.render(result, ReportContext(style: TextStyle()))
    let colored = ReportFormat.text.render(result, ReportContext(style: TextStyle(isColored: true)))
    #expect(!plain.contains("\u{1B}"))
    #expect(colored.contains("\u{1B}[1;31merror"))
  }

  @Test func controlCharactersOfASourceDoNotReachTheTerminal() {
    let hostile = SourceFile(path: "x.sql", text: "select '\u{1B}[2J\u{7}';")
    let diagnostic = Diagnostic(
      rule: "r", severity: .info, category: .design, message: "bad \u{1B}[0m", range: hostile.range(0..<6))
    let run = RunResult(command: "lint", tool: .init(version: "1"), diagnostics: [diagnostic])
    let text = ReportFormat.text.render(run, ReportContext(sources: ["x.sql": hostile]))
    #expect(!text.contains("\u{1B}") && !text.contains("\u{7}"))
  }

  @Test func jsonHasTheDocumentedKeysAndReadsBack() throws {
    let text = ReportFormat.json.render(result, ReportContext(style: TextStyle()))
    for line in [
      "\"schemaVersion\" : 1", "\"command\" : \"verify\"", "\"benchmarks\" : [", "\"checksFailed\" : 1",
      "\"infos\" : 0",
      "\"sqlState\" : \"42704\"", "\"column\" : 10", "\"line\" : 2", "\"replacement\" : \"\"", "\"suppressed\" : 2",
      "\"durationMs\" : 1.5", "\"status\" : \"restored\"",
    ] { #expect(text.contains(line), "\(line)") }
    #expect(try RunResult(json: Array(text.utf8)) == result)
  }

  @Test func theThresholdDecidesWhetherARunFails() {
    var run = RunResult(command: "lint", tool: .init(version: "1"))
    run.diagnostics = [
      Diagnostic(rule: "r", severity: .warning, category: .design, message: "m", range: file.range(0..<1))
    ]
    #expect(!run.fails(at: .error))
    #expect(run.fails(at: .warning))
    #expect(run.fails(at: .info))
    #expect(!run.fails(at: nil))
  }
}
