import Postgres
import PostgresSyntax

/// Who uses a database, as the configuration says or as the policies tell, and which rows are whose.
struct Users {
  var identities: [Identity]
  var tenancy: Tenancy
  /// What the policies say.
  var reading: PolicyReading
  var policies: [LivePolicy]
  /// What must be run first, so that somebody has rights at all.
  var preparation: [String]
  /// The roles that the preparation makes, and that must not be there for others.
  private(set) var roles: [String] = []

  /// - Throws: `PostgresError` where the server rejects a query.
  init(_ plan: VerificationPlan, _ connection: Connection, _ schema: LiveSchema) throws {
    policies = try connection.rows(of: "policies/policies", LivePolicy.self)
    reading = PolicyReading(policies, functions: try SessionFunctions(connection), schema: schema)
    let discovery = IdentityDiscovery(
      connection: connection, schema: schema, reading: reading, policies: policies, seed: plan.seed)
    var keys: [String]
    if plan.identities.isEmpty {
      let finding = try discovery.run(plan.tenantColumns)
      (identities, keys, preparation) = (finding.identities, finding.keys, finding.preparation)
      roles = finding.roles
    } else {
      identities = plan.identities
      keys = (plan.tenantColumns + plan.identities.flatMap(\.owns.keys).sorted()).uniqued
      preparation = try discovery.rights(of: plan.identities)
    }
    tenancy = Tenancy(identities, keys, reading.judged, in: schema)
    tenancy.privileges = reading.privileges
  }
}
