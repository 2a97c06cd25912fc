import Postgres
import PostgresSyntax

/// What an identity learns of rows that it can't see, from what it is refused and what it is not.
struct CovertChannels {
  var laboratory: PolicyLaboratory
  var ownership: Ownership

  private var table: LiveTable { ownership.table }
  private var identity: Identity { laboratory.identity }

  /// Rows of its own that name something of somebody else's, by the key that names it.
  struct Attempts {
    /// `isSecret` where nobody comes upon the key of the row that is referred to, and nothing depends on it but the
    /// reference.
    var references: [(key: LiveConstraint, insertion: String, isSecret: Bool)] = []
    /// By the name of the key, or of the exclusion constraint.
    var duplicates: [(name: String, insertion: String)] = []
  }

  func findings(_ attempts: Attempts) throws -> [PolicyMatrix.Finding] {
    guard try laboratory.may("INSERT", table.sql) else { return [] }
    var found: [PolicyMatrix.Finding] = []
    for (key, insertion, isSecret) in attempts.references {
      let outcome = try laboratory.experiment { try laboratory.act(insertion) }
      if let error = outcome.error, !["23503", "42501"].contains(error.sqlState) { continue }
      if isSecret, outcome.error == nil {
        var finding = finding(
          key.name, "reference", leak: false,
          "'\(identity.name)' can refer to somebody else's row through '\(key.name)' if it knows the row's key",
          outcome,
          insertion)
        finding.isOpen = true
        found.append(finding)
        continue
      }
      found.append(
        finding(
          key.name, "reference", leak: outcome.error == nil,
          outcome.error == nil
            ? "'\(identity.name)' can refer to somebody else's row through '\(key.name)': foreign keys see past policies"
            : "'\(identity.name)' can't refer to somebody else's row through '\(key.name)'",
          outcome, insertion))
    }
    for (name, insertion) in attempts.duplicates {
      let outcome = try laboratory.experiment { try laboratory.act(insertion) }
      let isLeak = ["23505", "23P01"].contains(outcome.error?.sqlState) && outcome.error?.constraint == name
      if let error = outcome.error, !isLeak, error.sqlState != "42501" { continue }
      found.append(
        finding(
          name, "existence", leak: isLeak,
          isLeak
            ? "'\(identity.name)' learns from '\(name)' which values others have"
            : "'\(identity.name)' learns nothing from '\(name)'",
          outcome, insertion))
    }
    return found
  }

  private func finding(
    _ name: String, _ channel: String, leak: Bool, _ message: String, _ outcome: PolicyLaboratory.Outcome,
    _ statement: String
  ) -> PolicyMatrix.Finding {
    PolicyMatrix.Finding(
      name: "\(table)/\(identity.name)/\(channel)/\(name)", subject: "\(table).\(name)", isLeak: leak, message: message,
      expected: channel == "reference" ? "23503 or 42501" : "the row is accepted, or 42501",
      actual: outcome.error?.summary ?? "the row is accepted", sqlState: outcome.error?.sqlState, statement: statement)
  }
}
