/// What the configuration says about a verification.
public struct VerificationPlan: Sendable {
  public var seed: SeedSettings
  /// The columns that say whose a row is; found out from the policies where none are named.
  public var tenantColumns: [String]
  /// Who uses the database; found out from the policies where nobody is named.
  public var identities: [Identity]
  /// How much happens at the same time; less than two for one after the other.
  public var jobs = 2

  public init(seed: SeedSettings, tenantColumns: [String] = [], identities: [Identity] = []) {
    self.seed = seed
    self.tenantColumns = tenantColumns
    self.identities = identities
  }
}
