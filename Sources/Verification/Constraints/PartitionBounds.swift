import Diagnostics
import Postgres
import PostgresSyntax

/// Whether partitions take the rows that there are, and none that aren't theirs.
extension ConstraintStage {
  mutating func partitions(_ subject: ConstraintSubject) throws {
    let table = subject.table
    let leaves = seeder.schema.leaves(of: table)
    guard table.isPartitioned, let key = table.partitionKey, key.hasPrefix("RANGE (") else { return }
    let name = key.dropFirst("RANGE (".count).dropLast().replacing("\"", with: "")
    guard let column = table.column(String(name)), column.typeName.hasPrefix("timestamp") || column.typeName == "date"
    else { return }
    guard let row = subject.changing([column.name: Timestamp.text(seeder.now)]) else { return }
    let insertion = seeder.insertion(of: row, into: table)
    let rejection = try probe.trial { try probe.rejection(of: [insertion]) }
    let isTaken = rejection?.sqlState != "23514" || rejection?.constraint != nil
    add(
      table, "partitions/now", isTaken ? .passed : .failed,
      isTaken
        ? "a partition takes the rows of today" : "no partition of \(table) takes the rows of today",
      expected: isTaken ? nil : "the row is accepted", actual: isTaken ? nil : rejection?.summary,
      sqlState: isTaken ? nil : rejection?.sqlState, repro: isTaken ? nil : insertion + ";")
    guard let leaf = leaves.first(where: { $0.isDefaultPartition != true }),
      let outside = subject.changing([column.name: "1900-01-01"])
    else { return }
    let violation = Violation(
      name: "\(leaf.name)/bound", meaning: "the bound of the partition '\(leaf.name)'",
      expected: .init(sqlState: "23514", constraint: nil),
      removal: ["ALTER TABLE \(table.sql) DETACH PARTITION \(leaf.sql)"])
    try prove(violation, table, candidates: [[seeder.insertion(of: outside, into: leaf, madeFor: table)]])
  }
}
