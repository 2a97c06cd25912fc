import Catalog
import Diagnostics
import Foundation
import Migrations
import Rules
import TestSupport
import Testing
import Verification

/// What makes the simulation trustworthy: after the same statements its catalog equals a real server's, and it rejected
/// what the server rejected, for the same reason.
@Suite struct FidelityTests {
  static let scripts = [
    "access", "adoption", "bodies", "bounds", "hierarchies", "partitions", "queries", "routines", "tables", "types",
  ]

  private func expectEqual(_ set: MigrationSet, rejections: ClosedRange<Int>) async throws {
    let found = try await onServer { try compareWithServer(set, on: $0) }
    #expect(found.onlySimulated.map(\.description) == [])
    #expect(found.onlyReal.map(\.description) == [])
    #expect(
      found.mispredictions.map { "\($0.range.start.line): \($0.predicted ?? "accepted"), \($0.actual ?? "accepted")" }
        == [])
    #expect(found.confirmedFailures == found.predictedFailures)
    #expect(rejections.contains(found.confirmedFailures))
    #expect(found.realObjects > 5)
  }

  private func script(_ name: String) throws -> MigrationSet {
    try discover([sourceFile("Fixtures/fidelity/\(name).sql")], layout: "numbered")
  }

  @Test(arguments: scripts)
  func everyKindOfStatementDoesWhatItDoesOnTheServer(_ name: String) async throws {
    try await expectEqual(script(name), rejections: 10...60)
  }

  @Test(arguments: layoutNames.filter { $0 != "structure" })
  func theFixturesOfTheLayoutsApply(_ layout: String) async throws {
    try await expectEqual(layoutFixture(layout), rejections: 0...0)
  }

  @Test func thePlanWithItsDefects() async throws {
    try await expectEqual(plan("langgraph-observability"), rejections: 3...20)
  }

  /// The SQL of the simulated schema makes the same schema again.
  @Test(arguments: scripts + ["langgraph-observability"])
  func thePrintedSchemaMakesTheSameSchema(_ name: String) async throws {
    var set = try name == "langgraph-observability" ? system(name) : script(name)
    // Nothing exists but what the statements make.
    if set.baseline == nil { set.baseline = [] }
    let catalog = simulatedSchema(set, postgresVersion: 15, threads: 2)
    let printed = try discover([SourceFile(path: "printed.sql", text: catalog.sql)], layout: "structure")
    let found = try await onServer { try compareWithServer(printed, on: $0) }
    #expect(found.schemaFailures + found.otherFailures == 0)
    #expect(found.onlyReal.map(\.description) == [])
    let again = simulatedSchema(printed, postgresVersion: 15, threads: 2).inventory
    #expect(Set(again).symmetricDifference(catalog.inventory).map(\.description) == [])
  }
}
