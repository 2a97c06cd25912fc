import Diagnostics
import Foundation
import Migrations
import Rules
import TestSupport
import Testing

/// The five systems: each plan is reported with the defects that it has, each at its line, and what was made of it lints
/// clean.
@Suite struct PlanTests {
  @Test(arguments: systems)
  func everyDefectOfAPlanIsFoundAtItsPlace(_ name: String) throws {
    let found = try lint(plan(name), settings: settings(name)).diagnostics.map {
      "\($0.range.start.line) \($0.severity.rawValue) \($0.rule)\n"
    }.joined()
    let file = repository.appending(path: "Fixtures/\(name)/expected.txt")
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try found.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try found == String(contentsOf: file, encoding: .utf8), "run the tests with UPDATE_FIXTURES=1, and read it")
  }

  @Test(arguments: systems)
  func theCorrectedSystemLintsClean(_ name: String) throws {
    var settings = settings(name)
    settings.options = ["unused-allow": ["require-reason": ["true"]]]
    #expect(try lint(system(name), settings: settings).diagnostics == [])
  }

  /// What the system's `schemacheck.yml` says.
  private func settings(_ name: String) -> RuleSettings {
    var settings = RuleSettings(postgresVersion: name == "langgraph-observability" ? nil : 15)
    switch name {
    case "workflow-tracking": settings.tenantColumns = ["namespace"]
    case "agent-collaboration": settings.tenantColumns = ["tenant_id"]
    case "agent-metrics": settings.severities["timestamp-without-time-zone"] = .some(nil)
    default: break
    }
    return settings
  }

  @Test func aTableWithInlineIndexesIsKnownToWhatComesAfterIt() throws {
    let chain = lint(try plan("langgraph-observability")).chain
    let table = try #require(chain.final.relation(.init("error_recovery_logs")))
    #expect(table.columns.count == 13)
    #expect(table.constraints.count { if case .foreignKey = $0.kind { true } else { false } } == 2)
  }

  @Test func theFixesOfThePlanRemoveItsInlineIndexesAndTheMissingIndexesWithThem() throws {
    var set = try plan("langgraph-observability")
    let file = try sourceFile("Fixtures/langgraph-observability/plan.md")
    let fixes = lint(set).diagnostics.filter { $0.rule == "inline-index" }.compactMap(\.fix)
    #expect(fixes.count == 4)
    let fixed = SourceFile(path: file.path, bytes: fixes.flatMap(\.edits).apply(to: file.bytes))
    let baseline = set.baseline
    set = try discover([fixed])
    set.baseline = baseline
    let rules = Set(lint(set).diagnostics.map(\.rule))
    #expect(!rules.contains("inline-index"))
    #expect(!rules.contains("unindexed-foreign-key"))
    #expect(!rules.contains("syntax-error"))
  }
}
