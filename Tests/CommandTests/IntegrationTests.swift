import Foundation
import TestSupport
import Testing
import Yams

/// The examples in `ci/` for platforms and tools: their commands run here as they stand there.
@Suite struct IntegrationTests: CommandSuite {
  let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    try shell("git init -q . && git config user.name test && git config user.email test@example.com")
    try write("create table t (id bigint primary key, tag text);", "migrations/001.sql")
    try shell("git add . && git commit -q -m first && git branch base")
  }

  /// Runs a script as a platform would, with schemacheck on the path; gives its exit code.
  @discardableResult
  private func shell(_ script: String, _ variables: [String: String] = [:]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-euo", "pipefail", "-c", script]
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    environment["HOME"] = folder.path
    environment["PATH"] = Workspace.binary.deletingLastPathComponent().path + ":" + (environment["PATH"] ?? "")
    process.environment = environment
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private func example(_ name: String) throws -> Node {
    let text = try String(contentsOf: repository.appending(path: "ci/\(name)"), encoding: .utf8)
    return try #require(try compose(yaml: text))
  }

  private static let bad = "create table u (id bigint primary key, index tag_i (id));"
  private static let good = "create table u (id bigint primary key);"

  @Test func theShellGateFailsOnErrorsAndLeavesItsReports() throws {
    let gate = repository.appending(path: "ci/gate").path
    try write(Self.good, "migrations/002.sql")
    #expect(try shell("'\(gate)' base") == 0)
    try write(Self.bad, "migrations/002.sql")
    #expect(try shell("'\(gate)' base") == 1)
    #expect(try shell("'\(gate)' nowhere") == 2)
    for file in ["schemacheck.sarif", "schemacheck.xml", "gl-code-quality-report.json", "comment.md"] {
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: "schemacheck-reports/\(file)").path))
    }
  }

  @Test func theWorkflowOfGitHubChecksWhatHasChanged() throws {
    let steps = try #require(example("github-workflow.yml")["jobs"]?["schemacheck"]?["steps"]?.sequence)
    let step = try #require(steps.first { $0["name"]?.string == "Lint what has changed" })
    let script = try #require(step["run"]?.string)
    try write(Self.good, "migrations/002.sql")
    #expect(try shell(script, ["BASE": "base"]) == 0)
    try write(Self.bad, "migrations/002.sql")
    #expect(try shell(script, ["BASE": "base"]) == 1)
    #expect(FileManager.default.fileExists(atPath: folder.appending(path: "schemacheck.sarif").path))
  }

  @Test func theJobOfGitLabWritesTheReportsThatItNames() throws {
    let job = try #require(example("gitlab-job.yml")["schemacheck"])
    let lines = try #require(job["script"]?.sequence).compactMap(\.string)
    try write(Self.bad, "migrations/002.sql")
    let code = try shell(lines.joined(separator: "\n"), ["CI_MERGE_REQUEST_DIFF_BASE_SHA": "base"])
    #expect(code == 1)
    for (_, file) in try #require(job["artifacts"]?["reports"]?.mapping) {
      let path = try #require(file.string)
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: path).path))
    }
  }

  @Test func theHookOfPreCommitChecksWhatIsAboutToBeCommitted() throws {
    let hook = try #require(example("pre-commit-config.yaml")["repos"]?[0]?["hooks"]?[0])
    let entry = try #require(hook["entry"]?.string)
    #expect(try shell(entry) == 0)
    try write(Self.bad, "migrations/002.sql")
    #expect(try shell("git add . && \(entry)") == 1)
    let pattern = try Regex(#require(hook["files"]?.string))
    #expect("migrations/002.sql".contains(pattern))
    #expect(!"docs/002.sql".contains(pattern))
  }
}
