import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/missing-grant.md.
struct MissingGrant: Rule {
  static let id = "missing-grant"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    // A list of roles with variables of psql in it isn't read in full.
    guard chain.psqlCommands.isEmpty else { return [] }
    let owned = chain.final.defaultSequences
    var schemas: Set<String> = []
    return chain.tables.filter { !$0.isPartition }.flatMap { table -> [Diagnostic] in
      let privileges = chain.final.privileges(on: table)
      return privileges.keys.sorted().flatMap { role -> [Diagnostic] in
        guard role != Catalog.everyone, chain.final.hasRole(role), !chain.final.mayHaveChanged(table) else { return [] }
        var found: [Diagnostic] = []
        if privileges[role]?.contains("INSERT") == true {
          found += sequences(owned[table.oid] ?? [], of: table, role, chain)
        }
        let schema = table.name.schema ?? "public"
        if !chain.final.mayUse(schema: schema, role: role), schemas.insert("\(schema) \(role)").inserted {
          found += [
            diagnostic(
              "role '\(role)' has privileges on '\(table.name.name)', but may not use schema '\(schema)'", about: table,
              notes: ["every query of the role fails with 42501"],
              help: "add `GRANT USAGE ON SCHEMA \(schema.sqlIdentifier) TO \(role.sqlIdentifier);`")
          ].compactMap { $0 }
        }
        return found
      }
    }
  }

  private func sequences(_ sequences: [Relation], of table: Relation, _ role: String, _ chain: Chain) -> [Diagnostic] {
    sequences.compactMap { sequence in
      guard !chain.final.may(role, "USAGE", on: sequence), !chain.final.may(role, "UPDATE", on: sequence),
        let column = table.columns.first(where: { $0.number == sequence.ownedBy?.column }), column.hasDefault
      else { return nil }
      return diagnostic(
        "role '\(role)' may insert into '\(table.name.name)', but not use its sequence '\(sequence.name.name)'",
        about: column, of: table, notes: ["an INSERT that leaves '\(column.name)' out fails with 42501"],
        help:
          "add `GRANT USAGE ON SEQUENCE \(sequence.displaySQL) TO \(role.sqlIdentifier);`, or use an identity column")
    }
  }
}
