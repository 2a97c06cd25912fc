import Diagnostics
import Foundation
import TestSupport
import Testing

/// The five systems on a real server: what was made of them passes, and the plans fail as they are known to.
@Suite struct SystemVerificationTests: CommandSuite {
  let workspace: Workspace

  init() throws { workspace = try Workspace() }

  @Test(arguments: systems)
  func theCorrectedSystemPasses(_ name: String) throws {
    let outcome = try run(["verify", "--format", "json"], in: repository.appending(path: "Fixtures/\(name)"))
    let result = try JSONDecoder().decode(RunResult.self, from: Data(outcome.output.utf8))
    #expect(outcome.status == 0)
    #expect(result.checks.filter { $0.status == .failed || $0.status == .errored }.map(\.id) == [])
    #expect(result.diagnostics == [])
    #expect(result.migrations.allSatisfy { $0.rollback?.status == .restored })
    for stage in ["apply", "rollback", "data", "seed", "constraints", "functions", "live", "scenarios", "inventory"] {
      #expect(result.checks.contains { $0.stage == stage && $0.status == .passed }, "nothing was proved in \(stage)")
      #expect(result.checks.contains { $0.stage == stage && $0.durationMs > 0 }, "\(stage) took no time")
    }
  }

  @Test(arguments: systems)
  func thePlanFailsAsItIsKnownTo(_ name: String) throws {
    let folder = repository.appending(path: "Fixtures/\(name)")
    try expect(verifying: ["plan.md"], in: folder, toFailAs: folder.appending(path: "expected-verify.txt"))
  }

  /// PostgreSQL rejects the two tables on which most of the collaboration plan rests. With the least that it accepts
  /// instead, the leaks of the rest come to light.
  @Test func theCollaborationPlanLeaksOnceItsTablesCanBeMade() throws {
    let source = repository.appending(path: "Fixtures/agent-collaboration")
    var plan = try String(contentsOf: source.appending(path: "plan.md"), encoding: .utf8)
    let repairs = try String(contentsOf: source.appending(path: "repairs.txt"), encoding: .utf8)
    let text = repairs.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("#") }.joined(
      separator: "\n")
    for repair in text.components(separatedBy: "\n---\n") where repair.contains("\n=>") {
      let sides = repair.components(separatedBy: "\n=>")
      let old = sides[0].trimmingCharacters(in: .newlines)
      #expect(plan.contains(old), "the plan has no '\(old)'")
      plan = plan.replacing(old, with: sides[1].trimmingCharacters(in: .newlines))
    }
    try write(plan, "plan.md")
    for file in ["schemacheck.yml", "baseline.sql", "schema.txt"] {
      try FileManager.default.copyItem(at: source.appending(path: file), to: folder.appending(path: file))
    }
    try expect(verifying: ["plan.md"], in: folder, toFailAs: source.appending(path: "expected-repaired.txt"))
  }

  private func expect(verifying arguments: [String], in folder: URL, toFailAs file: URL) throws {
    let outcome = try run(["verify"] + arguments + ["--format", "json"], in: folder)
    #expect(outcome.status == 1)
    let result = try JSONDecoder().decode(RunResult.self, from: Data(outcome.output.utf8))
    let errors = result.diagnostics.filter { $0.severity == .error }.map { diagnostic in
      "line \(diagnostic.range.start.line) \(diagnostic.rule) \(diagnostic.sqlState ?? "-")\n"
    }
    let failures = result.checks.filter { $0.status == .failed || $0.status == .errored }.map { check in
      "\(check.status.rawValue) \(check.id) \(check.sqlState ?? "-")\n"
    }
    let found = (errors + failures).joined()
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try found.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try found == String(contentsOf: file, encoding: .utf8), "run the tests with UPDATE_FIXTURES=1, and read it")
  }
}
