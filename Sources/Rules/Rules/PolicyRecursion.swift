import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/policy-recursion.md.
struct PolicyRecursion: Rule {
  static let id = "policy-recursion"
  static let severity = Severity.error
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    let secured = chain.tables.filter(\.hasRowSecurity)
    // Reading a table means reading what its policies for SELECT read.
    var reads: [OID: Set<OID>] = [:]
    for table in secured {
      for policy in RowSecurity(table: table).policies(for: "select") where policy.definition.isForUsualRoles {
        reads[table.oid, default: []].formUnion(tablesRead(by: policy.definition.using, chain.final))
      }
    }
    return secured.compactMap { table in
      guard
        let policy = table.policies.first(where: { policy in
          guard policy.definition.isForUsualRoles else { return false }
          let conditions = [policy.definition.using, policy.definition.withCheck]
          let direct = conditions.reduce(into: Set<OID>()) { $0.formUnion(tablesRead(by: $1, chain.final)) }
          let isForReading = policy.definition.command == "all" || policy.definition.command == "select"
          return isForReading && reaches(table.oid, from: direct, reads)
        })
      else { return nil }
      return diagnostic(
        "policy '\(policy.name)' reads '\(table.name.name)' in order to decide about '\(table.name.name)'",
        about: policy,
        notes: ["every query of the table fails with 42P17, infinite recursion detected in policy"],
        help: "read the rows in a SECURITY DEFINER function, which policies don't apply to")
    }
  }

  private func tablesRead(by condition: Expression?, _ catalog: Catalog) -> Set<OID> {
    var found: Set<OID> = []
    for query in condition?.directQueries ?? [] {
      for reference in query.relations() {
        if let table = catalog.relation(reference.name), table.isTable, table.hasRowSecurity { found.insert(table.oid) }
      }
    }
    return found
  }

  private func reaches(_ target: OID, from start: Set<OID>, _ reads: [OID: Set<OID>]) -> Bool {
    var seen: Set<OID> = []
    var open = Array(start)
    while let next = open.popLast() {
      if next == target { return true }
      guard seen.insert(next).inserted else { continue }
      open += reads[next] ?? []
    }
    return false
  }
}

extension CreatePolicy {
  fileprivate var isForUsualRoles: Bool { !isForTrustedRoles }
}
