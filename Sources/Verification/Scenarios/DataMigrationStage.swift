import Diagnostics
import Postgres
import Rules

/// Plays the scenarios about single migrations: rows as they are before it, and what they must be after it.
struct DataMigrationStage {
  var chain: Chain
  var plan: VerificationPlan
  var server: Server
  var databases: Databases

  private var name: String { server.database("data") }

  func checks() throws -> [CheckResult] {
    let scenarios = Dictionary(grouping: plan.scenarios.filter { $0.migration != nil }) { $0.migration ?? "" }
    guard !scenarios.isEmpty else { return [] }
    var checks: [CheckResult] = []
    try databases.create(name)
    let connection = try server.connect(to: name)
    _ = try Runner(connection: connection).run(chain.baseline)
    for replayed in chain.migrations {
      for scenario in scenarios[replayed.migration.version] ?? [] {
        checks += try databases.withCopy(of: name, leaving: connection) { try play(scenario, replayed, $0) }
      }
      _ = try chain.runner(on: connection, for: replayed.migration).run(replayed.up)
    }
    connection.close()
    try databases.drop(name)
    let versions = Set(chain.migrations.map(\.migration.version))
    for (version, scenarios) in scenarios.sorted(by: { $0.key < $1.key }) where !versions.contains(version) {
      checks += scenarios.map {
        CheckResult(
          id: "scenarios/\($0.name)", stage: "scenarios", subject: $0.name, status: .errored,
          message: "\($0.name) (\($0.place)): there is no migration '\(version)'")
      }
    }
    return checks
  }

  private func play(_ scenario: Scenario, _ replayed: Chain.Replayed, _ copy: Connection) throws -> [CheckResult] {
    let stage = ScenarioStage(
      scenarios: [], identities: plan.identities, connection: copy, schema: try LiveSchema(copy), seed: plan.seed)
    let check = try stage.play(scenario) {
      try chain.runner(on: copy, for: replayed.migration).run(replayed.up).rejected.first?.error
    }
    if copy.isInTransaction { try copy.execute("ROLLBACK") }
    return [check]
  }
}
