import Diagnostics
import Foundation
import FoundationXML
import Reports
import TestSupport
import Testing

/// The formats that other programs read.
@Suite struct GateFormatTests {
  private let file = SourceFile(path: "m/a b,c.sql", text: "create table t (\n\té text, index i (é)\n);\n")

  private var finding: Diagnostic {
    Diagnostic(
      rule: "inline-index", severity: .error, category: .dialect, message: "no 100 % clause | for <i> & \"é\"",
      range: file.range(20..<32), labels: [.init(range: file.range(13..<14), text: "in this table")],
      notes: ["why: because"], help: "what to do",
      fix: Fix(title: "move it", safe: true, edits: [.init(range: file.range(0..<1), replacement: "\n")]))
  }

  private var advice: Diagnostic {
    Diagnostic(rule: "char-type", severity: .info, category: .design, message: "advice", range: file.range(0..<20))
  }

  private var result: RunResult {
    let checks = [
      CheckResult(
        id: "apply/1", stage: "apply", subject: "1", status: .failed, message: "it # fails", expected: "a",
        actual: "b\nc",
        durationMs: 1.5),
      CheckResult(id: "seed/1", stage: "seed", subject: "1", status: .skipped, message: "no rows"),
      CheckResult(id: "seed/2", stage: "seed", subject: "2", status: .passed, message: "good"),
    ]
    return RunResult(
      command: "verify", tool: .init(version: "1.0"), files: 1, statements: 1, diagnostics: [finding, advice],
      checks: checks)
  }

  private var rules: [RuleDescription] {
    [
      RuleDescription(
        id: "inline-index", severity: .error, category: .dialect, summary: "One sentence.", page: "# inline-index\n")
    ]
  }

  @Test func sarifFitsItsSchemaAndHoldsEverything() throws {
    let text = ReportFormat.sarif.render(result, ReportContext(rules: rules))
    let schema = try JSONSchema(Data(contentsOf: repository.appending(path: "Fixtures/sarif.schema.json")))
    #expect(try schema.problems(of: Data(text.utf8)) == [])
    let root = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let run = try #require((root["runs"] as? [[String: Any]])?.first)
    let first = try #require((run["results"] as? [[String: Any]])?.first)
    #expect(first["ruleIndex"] as? Int == 0)
    #expect((first["relatedLocations"] as? [Any])?.count == 1)
    #expect((first["fixes"] as? [Any])?.count == 1)
    #expect(text.contains("m/a%20b,c.sql"))
    #expect(text.contains("One sentence."))
  }

  @Test func theSchemaRejectsWhatIsNoSARIF() throws {
    let schema = try JSONSchema(Data(contentsOf: repository.appending(path: "Fixtures/sarif.schema.json")))
    let wrong = [#"{"version": "2.0", "runs": []}"#, #"{"version": "2.1.0"}"#, #"{"version": "2.1.0", "runs": [{}]}"#]
    for text in wrong { #expect(try !schema.problems(of: Data(text.utf8)).isEmpty) }
  }

  @Test func junitIsWellFormedAndCountsWhatFails() throws {
    let text = ReportFormat.junit.render(result, ReportContext())
    let parser = XMLParser(data: Data(text.utf8))
    #expect(parser.parse(), "\(text)")
    #expect(text.contains(#"tests="5" failures="2""#))
    #expect(text.contains("<skipped/>"))
    #expect(text.contains(#"name="seed/2""#))
  }

  @Test func workflowCommandsEscapeWhatWouldEndThem() {
    let text = ReportFormat.github.render(result, ReportContext())
    let lines = text.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("::error file=m/a b%2Cc.sql,line=2,endLine=2,col=3,endColumn="))
    #expect(lines[0].contains("::no 100 %25 clause"))
    #expect(lines[0].hasSuffix("%0Awhy: because%0Ahelp: what to do"))
    #expect(lines[1].hasPrefix("::notice "))
    #expect(!lines[1].contains("col="))
    #expect(lines[2] == "::error title=apply/1::it # fails")
  }

  @Test func codeQualityHasAFingerprintForEachFinding() throws {
    var twice = result
    twice.diagnostics.append(finding)
    let text = ReportFormat.gitlab.render(twice, ReportContext())
    let issues = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    #expect(issues.count == 4)
    #expect(Set(issues.compactMap { $0["fingerprint"] as? String }).count == 4)
    #expect(issues.map { $0["severity"] as? String } == ["critical", "info", "critical", "critical"])
  }

  @Test func fingerprintsDoNotMoveWithTheLines() {
    var moved = finding
    moved.range = file.range(0..<3)
    #expect([finding].fingerprints == [moved].fingerprints)
    #expect([finding, advice].fingerprints[1] == [advice].fingerprints[0])
  }

  @Test func tapNumbersItsPointsAndSaysWhy() {
    let lines = ReportFormat.tap.render(result, ReportContext()).split(separator: "\n")
    #expect(lines[0] == "TAP version 13")
    #expect(lines[1] == "1..5")
    #expect(lines[2].hasPrefix("not ok 1 - inline-index m/a b,c.sql:2:3 no 100 %"))
    #expect(lines.contains("ok 4 - seed/1 # SKIP no rows"))
    #expect(lines.contains("ok 5 - seed/2"))
    #expect(lines.count { $0 == "  ---" } == 2)
    #expect(lines.contains("  actual: |"))
  }

  @Test func aCommentStaysBelowTheLimitAndKeepsItsTable() {
    var large = result
    large.diagnostics = Array(repeating: finding, count: 5000)
    let text = ReportFormat.markdown.render(large, ReportContext())
    #expect(text.utf8.count < 65_536)
    #expect(text.contains("more findings are in the full report"))
    let small = ReportFormat.markdown.render(result, ReportContext())
    #expect(small.hasPrefix("## schemacheck verify: failed\n\n1 error, 0 warnings, 1 info in 1 file"))
    #expect(small.contains(#"| error | m/a b,c.sql:2 | `inline-index` | no 100 % clause \| for &lt;i&gt; & "é" |"#))
    #expect(small.contains("<details>") && small.contains("</details>"))
    #expect(small.contains("| `apply/1` | it # fails |"))
  }

  @Test(arguments: ReportFormat.allCases)
  func nothingFoundIsAResultToo(_ format: ReportFormat) {
    let empty = RunResult(command: "lint", tool: .init(version: "1.0"))
    let text = format.render(empty, ReportContext())
    #expect(text.isEmpty == (format == .github))
    #expect(text.isEmpty || text.hasSuffix("\n"))
  }
}
