import Diagnostics
import Foundation
import TestSupport
import Testing

/// What a pre-merge gate needs: fixes, changed files, known findings, choices by rule and path.
@Suite struct GateTests: CommandSuite {
  let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func read(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }

  private func git(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git", "-c", "user.name=test", "-c", "user.email=test@example.com"] + arguments
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  private func rules(_ arguments: [String]) throws -> [String] {
    let outcome = try run(["lint", "--format", "json"] + arguments)
    return try RunResult(json: Array(outcome.output.utf8)).diagnostics.map(\.rule)
  }

  // MARK: - Fixes

  private static let broken =
    "create table t (id bigint primary key, at date, index t_at (at)); -- stays\r\n"
    + "create index t_d on t (at desc, id);\r\ncreate index t_e on t (id desc);\r\n"

  @Test func fixesKeepCommentsAndLineEndsAndAreMadeOnce() throws {
    try write(Self.broken, "1.sql")
    _ = try run(["lint", "1.sql", "--fix"])
    let fixed = try read("1.sql")
    #expect(
      fixed == "create table t (id bigint primary key, at date ); -- stays\r\n".replacing(
        " -- stays\r\n", with: "\r\nCREATE INDEX t_at ON t (at); -- stays\r\n")
        + "create index t_d on t (at desc, id);\r\ncreate index t_e on t (id);\r\n")
    _ = try run(["lint", "1.sql", "--fix"])
    #expect(try read("1.sql") == fixed)
  }

  @Test func aDifferenceIsPrintedAndNothingChanged() throws {
    try write(Self.broken, "1.sql")
    let outcome = try run(["lint", "1.sql", "--diff"])
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("--- a/1.sql\n+++ b/1.sql\n@@ -1,3 +1,4 @@\n-create table t"))
    #expect(try read("1.sql") == Self.broken)
  }

  @Test func unsafeFixesAreMadeOnlyWhereAskedFor() throws {
    let text = "create function f() returns int language sql security definer as 'select 1';\n"
    try write(text, "1.sql")
    _ = try run(["lint", "1.sql", "--fix"])
    #expect(try read("1.sql") == text)
    _ = try run(["lint", "1.sql", "--fix", "--unsafe"])
    #expect(try read("1.sql").contains("security definer SET search_path = pg_catalog, public, pg_temp as"))
    #expect(try run(["lint", "-", "--fix"], input: "").status == 2)
    #expect(try run(["lint", "1.sql", "--unsafe"]).status == 2)
  }

  // MARK: - Changed files

  @Test func onlyChangedFilesAreReportedAndOlderTablesAreInUse() throws {
    try git("init", "-q")
    try write("create table t (id bigint primary key, at timestamp);", "m/001.sql")
    try git("add", ".")
    try git("commit", "-q", "-m", "first")
    try write("create index t_at on t (at);", "m/002.sql")
    #expect(try rules(["m"]) == ["timestamp-without-time-zone"])
    #expect(try Set(rules(["m", "--since", "HEAD"])) == ["index-not-concurrent", "lock-timeout"])
    let outcome = try run(["lint", "m", "--since", "nowhere"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("cannot find out what has changed since 'nowhere'"))
  }

  @Test func changedFilesNeedARepository() throws {
    try write("select 1;", "1.sql")
    let outcome = try run(["lint", "1.sql", "--since", "HEAD"], environment: ["GIT_CEILING_DIRECTORIES": "/"])
    #expect(outcome.status == 2)
  }

  // MARK: - Known findings

  @Test func knownFindingsAreLeftOutAlsoWhenLinesMove() throws {
    try write("create table t (id bigint);", "1.sql")
    #expect(try run(["lint", "1.sql", "--baseline", "known.json", "--update-baseline"]).status == 0)
    #expect(try rules(["1.sql", "--baseline", "known.json"]) == [])
    try write("\n\n-- moved\ncreate table t (id bigint);\ncreate table u (id bigint);", "1.sql")
    #expect(try rules(["1.sql", "--baseline", "known.json"]) == ["missing-primary-key"])
    try write("known-findings: known.json\n", "schemacheck.yml")
    #expect(try rules(["1.sql"]) == ["missing-primary-key"])
    for (name, text) in [("missing.json", nil), ("bad.json", "[]")] {
      if let text { try write(text, name) }
      #expect(try run(["lint", "1.sql", "--baseline", name]).status == 2)
    }
  }

  // MARK: - Choices

  @Test func rulesAreChosenByPathAndHaveOptions() throws {
    try write("create table Odd (id bigint, created_at timestamptz);", "legacy/1.sql")
    try write("create table even (id bigint);", "new/2.sql")
    try write(
      """
      rules:
        missing-primary-key: error
        table-options: {required-columns: [id, created_at]}
      paths:
        - path: legacy/*
          rules: {missing-primary-key: off}
      """, "schemacheck.yml")
    let outcome = try run(["lint", "--format", "json", "legacy", "new"])
    let found = try RunResult(json: Array(outcome.output.utf8)).diagnostics
    #expect(found.map(\.rule) == ["missing-primary-key", "table-options"])
    #expect(found.map(\.severity) == [.error, .info])
    #expect(found.allSatisfy { $0.range.path == "new/2.sql" })
  }

  @Test(arguments: [
    (
      "rules:\n  naming: {tabels: x}\n",
      "schemacheck.yml:2:12: there is no option of naming 'tabels'; did you mean 'tables'?"
    ),
    ("paths:\n  - rules: {naming: off}\n", "an item of paths must have a path"),
    ("paths:\n  - path: x\n    rule: {}\n", "schemacheck.yml:3:5: there is no key 'rule'"),
    ("tenant-columns: {a: b}\n", "tenant-columns must be a text"),
    ("transactions: files\n", "there is no value for transactions 'files'; did you mean 'file'?"),
  ])
  func aMistakeInTheChoicesIsNamed(_ text: String, _ message: String) throws {
    try write(text, "schemacheck.yml")
    let outcome = try run(["lint", "-"], input: "select 1;")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test func aDeclaredTenantColumnMakesMissingIsolationAnError() throws {
    try write("create table t (id bigint primary key, namespace text not null);", "1.sql")
    #expect(try run(["lint", "1.sql"]).status == 0)
    try write("tenant-columns: [namespace]\n", "schemacheck.yml")
    let outcome = try run(["lint", "1.sql"])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("error[missing-rls]"))
  }

  @Test func aReasonCanBeRequired() throws {
    try write("-- schemacheck:allow missing-primary-key\ncreate table t (id bigint);\n", "1.sql")
    #expect(try rules(["1.sql"]) == [])
    try write("rules:\n  unused-allow: {require-reason: true}\n", "schemacheck.yml")
    #expect(try rules(["1.sql"]) == ["unused-allow", "missing-primary-key"])
    try write("-- schemacheck:allow missing-primary-key it is a log\ncreate table t (id bigint);\n", "1.sql")
    #expect(try rules(["1.sql"]) == [])
  }

  // MARK: - Editors and shells

  @Test func theSchemaOfTheConfigurationIsUpToDateAndFits() throws {
    let text = try run(["init", "--schema"]).output
    let file = repository.appending(path: "ci/schemacheck.schema.json")
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOf: file, encoding: .utf8), "run the tests with UPDATE_FIXTURES=1")
    let schema = try JSONSchema(Data(text.utf8))
    let good =
      #"{"layout": "flyway", "rules": {"naming": {"severity": "error", "tables": "[a-z]+"}, "rename": "off"}, "paths": [{"path": "a", "rules": {"rename": "info"}}]}"#
    #expect(try schema.problems(of: Data(good.utf8)) == [])
    for bad in [
      #"{"layouts": "x"}"#, #"{"rules": {"nope": "off"}}"#, #"{"rules": {"naming": {"x": "y"}}}"#,
      #"{"pg-version": "x"}"#,
    ] {
      #expect(try !schema.problems(of: Data(bad.utf8)).isEmpty, "\(bad)")
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionsComeOutOfTheBinary(_ shell: String) throws {
    let outcome = try run(["--generate-completion-script", shell])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("update-baseline"))
  }
}
