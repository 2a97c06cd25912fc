import Diagnostics
import Postgres
import PostgresSyntax
import Rules

/// What a migrated database does when it is used: with rows in it, against those who break its rules, and for those who
/// may see only their own.
struct Behaviour {
  var chain: Chain
  var plan: VerificationPlan
  var server: Server
  var databases: Databases
  /// The migrated database.
  var database: String
  /// The tables, views and the like that the migrations presuppose: they are there, and not under test.
  var presupposed: Set<String>
  var progress: (String) -> Void

  private var name: String { server.database("rows") }

  func checks() throws -> [CheckResult] {
    progress("rows")
    try databases.create(name, copying: database)
    let connection = try server.connect(to: name)
    let schema = try LiveSchema(connection)
    let users = try Users(plan, connection, schema)
    for statement in users.preparation { try connection.execute(statement) }
    var seeder = Seeder(schema, settings: plan.seed, tenancy: users.tenancy)
    var log = CheckLog()
    log += try SeedStage(connection: connection).run(plan.seedFiles)
    log += try stage("seed") { try SeedStage(connection: connection).run(&seeder) }
    progress("constraints")
    log += try stage("constraints") {
      var constraints = ConstraintStage(connection: connection, seeder: seeder, presupposed: presupposed)
      return try constraints.run()
    }
    progress("scenarios")
    log += try stage("scenarios") {
      try databases.withCopy(of: database) { copy in
        for statement in users.preparation where !statement.hasPrefix("CREATE ROLE") { try copy.execute(statement) }
        return try ScenarioStage(
          scenarios: plan.scenarios, identities: users.identities, connection: copy, schema: schema, seed: plan.seed
        ).checks()
      }
    }
    log += try stage("scenarios") {
      try DataMigrationStage(chain: chain, plan: plan, server: server, databases: databases).checks()
    }
    if let inventory = plan.inventory {
      log += try stage("inventory") {
        try InventoryStage(inventory: inventory, connection: connection).checks()
      }
    }
    progress("views")
    try databases.withCopy(of: database) { empty in
      log += try stage("views") {
        try ViewStage(empty: empty, populated: try server.connect(to: name)).checks()
      }
    }
    progress("policies")
    log += try stage("policies") {
      var policies = PolicyStage(
        users: users, presupposed: presupposed, seeder: seeder,
        repro: ReproScript(chain, preparation: users.preparation)
      ) { try server.connect(to: name) }
      policies.visible = plan.visible
      return try policies.run()
    }
    for role in users.roles { try connection.execute("DROP ROLE \(role.sqlIdentifier)") }
    return log.checks
  }
}
