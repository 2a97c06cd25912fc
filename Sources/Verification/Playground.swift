import Postgres
import Rules

/// Applies the migrations to a new database and fills its tables, for somebody to look around in.
///
/// - Returns: the database's name, and what did not work, a line each.
/// - Throws: `PostgresError` where the connection is lost.
public func prepareDatabase(
  _ chain: Chain, on server: Server, plan: VerificationPlan = .init()
) throws -> (name: String, problems: [String]) {
  let name = server.database("shell")
  let databases = Databases(server: server, searchPath: chain.set.searchPath)
  try databases.create(plan.roles)
  try databases.create(name)
  let connection = try server.connect(to: name)
  var runs = try Runner(connection: connection).run(chain.baseline)
  for replayed in chain.migrations {
    runs += try chain.runner(on: connection, for: replayed.migration).run(replayed.up)
  }
  var problems = runs.rejected.map {
    "\($0.range.path):\($0.range.start.line): \($0.error?.message ?? "")"
  }
  for file in plan.seedFiles {
    if let (range, error) = try connection.run(file) {
      problems.append("\(file.path):\(range.start.line): \(error.message)")
    }
  }
  let schema = try LiveSchema(connection)
  var seeder = Seeder(schema, settings: plan.seed, tenancy: try Users(plan, connection, schema).tenancy)
  for report in try seeder.seed(connection) where report.rows == 0 {
    problems.append("\(report.table): no rows: \(report.obstacle ?? "")")
  }
  return (name, problems)
}
