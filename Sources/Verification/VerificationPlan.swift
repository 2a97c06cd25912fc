import Diagnostics
import Rules

/// What the configuration says about a verification.
public struct VerificationPlan: Sendable {
  public var seed: SeedSettings
  /// The columns that say whose a row is; found out from the policies where none are named.
  public var tenantColumns: [String]
  /// Who uses the database; found out from the policies where nobody is named.
  public var identities: [Identity]
  /// What the identities see, where that isn't simply what they own.
  public var visible: [VisibleRows] = []
  /// Roles that exist before anything else.
  public var roles: [String] = []
  public var scenarios: [Scenario] = []
  public var inventory: DeclaredInventory?
  /// The schema that the migrations must add up to.
  public var snapshot: Snapshot?
  public var accepted: [AcceptedFailure] = []
  /// Queries that find defects: those that come with schemacheck, and the project's own.
  public var liveChecks = LiveCheck.all
  /// How long everything may take, in seconds.
  public var timeLimit = 900
  /// Scripts with the project's own rows, which come before those that are made.
  public var seedFiles: [SourceFile] = []

  public init(seed: SeedSettings = .init(), tenantColumns: [String] = [], identities: [Identity] = []) {
    self.seed = seed
    self.tenantColumns = tenantColumns
    self.identities = identities
  }
}
