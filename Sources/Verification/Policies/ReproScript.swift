import Catalog
import Diagnostics
import Migrations
import PostgresSyntax
import Rules

/// Scripts for psql that show, from an empty database on, what was found.
struct ReproScript {
  /// What makes the schema, baseline first.
  private let schema: String
  /// What gives the identities roles and rights that the migrations don't.
  private let preparation: [String]

  init(_ chain: Chain, preparation: [String]) {
    self.preparation = preparation
    let scripts = chain.baseline.map { [$0] } + chain.migrations.map(\.up)
    schema = scripts.map(Self.text).filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// A whole file is named, anything else written out.
  private static func text(_ steps: [Execution]) -> String {
    guard let file = steps.first?.file else { return "" }
    let isWhole = file.path.hasSuffix(".sql") && file.path != "-" && file.substitutions.isEmpty
    if isWhole, steps.allSatisfy({ $0.file === file }), !file.path.contains("'") { return "\\i '\(file.path)'" }
    return steps.map { $0.file.sql($0.statement.range) + ";" }.joined(separator: "\n")
  }

  /// The script in which an identity sends a statement to a database with the rows of two tenants.
  func text(_ statement: String, as laboratory: PolicyLaboratory, about ownership: Ownership?) throws -> String {
    let concerned =
      ownership.map { family(of: $0.table, laboratory, statement.hasPrefix("INSERT")) } ?? laboratory.owners
    var lines = ["-- psql -f THIS_FILE an_empty_database", "\\set ON_ERROR_STOP off", schema]
    lines += preparation.map { $0 + ";" }
    lines += ["-- Rows of several owners, whatever else they refer to.", "SET session_replication_role = replica;"]
    for ownership in concerned where ownership.table.parent == nil { lines += try rows(ownership, laboratory) }
    lines += ["SET session_replication_role = origin;", "-- What '\(laboratory.identity.name)' sends.", "BEGIN;"]
    lines += laboratory.identity.assumption.map { $0 + ";" }
    lines += [statement + ";", "RESET ROLE;"]
    if let ownership, !statement.hasPrefix("SELECT") {
      lines.append("SELECT \(ownership.sql("t")) AS owner, count(*) FROM \(ownership.table.sql) AS t GROUP BY 1;")
    }
    return (lines + ["ROLLBACK;"]).joined(separator: "\n") + "\n"
  }

  /// A table with those that its rows belong to, or that they refer to at all.
  private func family(
    of table: LiveTable, _ laboratory: PolicyLaboratory, _ includesReferences: Bool
  ) -> [Ownership] {
    var found: [Ownership] = []
    var open = [table.parent ?? table.oid]
    while let oid = open.popLast() {
      guard !found.contains(where: { $0.table.oid == oid }),
        let ownership = laboratory.owners.first(where: { $0.table.oid == oid })
      else { continue }
      found.append(ownership)
      if !ownership.isDirect || includesReferences { open += ownership.table.foreignKeys.compactMap(\.target) }
    }
    return found
  }

  /// INSERTs of one row of each owner.
  private func rows(_ ownership: Ownership, _ laboratory: PolicyLaboratory) throws -> [String] {
    let table = ownership.table
    let columns = table.storedColumns.map(\.name)
    let list = columns.map { "t.\($0.sqlIdentifier)::text" }.joined(separator: ", ")
    let rows = try laboratory.connection.execute(
      "SELECT DISTINCT ON (\(ownership.sql("t"))) \(list) FROM \(table.sql) AS t ORDER BY \(ownership.sql("t")), t.tableoid, t.ctid"
    ).values
    return rows.map { row in table.insertion(columns, row.map { $0?.sqlLiteral ?? "NULL" }) + ";" }
  }
}
