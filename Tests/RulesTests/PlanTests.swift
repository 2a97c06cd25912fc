import Diagnostics
import Migrations
import Rules
import TestSupport
import Testing

/// The observability plan is reported with the defects that it has, each at its place in the Markdown.
@Suite struct PlanTests {
  @Test func everyDefectOfTheObservabilityPlanIsFoundAtItsPlace() throws {
    let set = try plan("langgraph-observability")
    let found = lint(set).diagnostics.map { "\($0.rule) \(Mark($0, in: set).text)" }
    #expect(
      found.sorted() == [
        "function-signature round",
        "function-signature round",
        "inline-index index idx_error_recovery_classification (error_classification_id)",
        "inline-index index idx_error_recovery_created_at (created_at)",
        "inline-index index idx_error_recovery_success (recovery_success, created_at)",
        "inline-index index idx_error_recovery_workflow (workflow_execution_id)",
        "missing-extension pg_stat_statements",
        "missing-extension uuid_generate_v4",
        "mixed-and-or or",
        "redundant-index idx_agent_benchmarks_agent",
        "redundant-index idx_agent_dependencies_order",
        "redundant-index idx_agent_dependencies_plan",
        "redundant-index idx_execution_plan_revisions_plan",
        "redundant-index idx_execution_plans_workflow",
        "redundant-index idx_workflow_comparison_baseline",
        "removed-catalog-column mean_time",
        "removed-catalog-column total_time",
        "rollback-foreign execution_plan_revisions",
        "rollback-incomplete drop table if exists error_recovery_logs",
        "rollback-incomplete drop table if exists execution_plan_revisions",
        "rollback-order agent_dependencies",
        "rollback-order agent_performance_benchmarks",
        "rollback-order execution_plans",
        "rollback-order workflow_performance_summary",
        "rollback-order workflow_state_live",
        "unindexed-foreign-key references error_classifications (id)",
        "unindexed-foreign-key references workflow_state_live (workflow_execution_id) on delete cascade",
        "unknown-sequence agent_dependencies_id_seq",
        "unknown-sequence execution_plans_id_seq",
      ])
  }

  @Test func aTableWithInlineIndexesIsKnownToWhatComesAfterIt() throws {
    let chain = lint(try plan("langgraph-observability")).chain
    let table = try #require(chain.final.relation(.init("error_recovery_logs")))
    #expect(table.columns.count == 13)
    #expect(table.constraints.count { if case .foreignKey = $0.kind { true } else { false } } == 2)
  }

  @Test func theCorrectedObservabilitySystemLintsClean() throws {
    let result = lint(try system("langgraph-observability"))
    #expect(result.diagnostics == [])
    #expect(result.suppressed == 0)
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
