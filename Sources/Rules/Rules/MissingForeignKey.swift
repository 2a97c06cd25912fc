import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/missing-foreign-key.md.
struct MissingForeignKey: Rule {
  static let id = "missing-foreign-key"
  static let severity = Severity.info
  static let category = Category.design

  private typealias Target = (table: Relation, key: Column)
  private typealias Finding = (target: OID, diagnostic: Diagnostic)

  func check(_ chain: Chain) -> [Diagnostic] {
    // Who has no foreign key at all has decided so.
    guard chain.tables.count < 6 || chain.tables.contains(where: \.hasForeignKey) else { return [] }
    // What some migration has taken away is not missing.
    let unwanted = chain.history.tables(withDropped: .constraint) { name in
      name.contains("fk") || name.contains("foreign")
        || !["pkey", "_pk", "_key", "check", "uniq"].contains { name.contains($0) }
    }
    let targets = targets(chain)
    let found = chain.tables.filter { table in
      !table.isPartition && !table.keepsHistory && !unwanted.contains(table.name.name)
        && !chain.final.mayHaveChanged(table) && !chain.final.partitions(of: table.oid).contains(where: \.hasForeignKey)
    }.flatMap { references(of: $0, targets, chain) }
    // Where most references to a table have no key, none is the rule.
    let lacking = found.reduce(into: [OID: Int]()) { $0[$1.target, default: 0] += 1 }
    return found.filter { target, _ in
      let count = lacking[target] ?? 0
      let keys = chain.final.tables(referencing: target).count
      return (keys > 0 || chain.tables.count < 6) && (count < 3 || count <= keys)
    }.map(\.diagnostic)
  }

  /// The tables by what a column that refers to them may be called.
  private func targets(_ chain: Chain) -> [String: Target] {
    var targets: [String: Target] = [:]
    for table in chain.tables where !table.isPartition {
      guard let key = table.primaryKey, key.columns.count == 1, let column = table.column(key.columns[0]) else {
        continue
      }
      for name in Self.references(to: table.name.name, key: column.name) {
        targets[name] = targets[name] ?? (table, column)
      }
    }
    return targets
  }

  /// The columns of a table that look like references; where it has no foreign key at all, that is one decision.
  private func references(of table: Relation, _ targets: [String: Target], _ chain: Chain) -> [Finding] {
    let found = table.columns.compactMap { column -> Finding? in
      guard ["id", "Id", "ID"].contains(where: column.name.hasSuffix),
        let (target, key) = targets[column.name.lowercased().filter { $0 != "_" }], target.oid != table.oid,
        target.name.schema == table.name.schema, column.type?.oid == key.type?.oid, !table.primaryKeyIs(column.name),
        !table.hasForeignKey(on: column.name),
        !table.isPolymorphic(column.name), chain.isOurs(column.origin),
        column.origin?.mention(of: column.name) != column.origin?.range
      else { return nil }
      let name = target.name.name
      return diagnostic(
        "'\(table.name.name).\(column.name)' looks like a reference to '\(name)', and no foreign key says so",
        about: column, of: table, labels: target.origin.map { [$0.label("'\(name)'", naming: name)] } ?? [],
        notes: ["rows may refer to what doesn't exist"],
        help: "add `FOREIGN KEY (\(column.name.sqlIdentifier)) REFERENCES \(target.displaySQL)`"
      ).map { (target.oid, $0) }
    }
    guard found.count > 1, !table.hasForeignKey, var first = found.first else { return found }
    first.diagnostic.notes.append("\(found.count) columns of the table look like references, and none has a key")
    return [first]
  }

  /// How a column that refers to a table may be called, without underscores: `userid` for `users`.
  private static func references(to table: String, key: String) -> [String] {
    let name = table.lowercased().filter { $0 != "_" }
    var singular = [name]
    if name.hasSuffix("ies") { singular.append(String(name.dropLast(3)) + "y") }
    if name.hasSuffix("es") { singular.append(String(name.dropLast(2))) }
    if name.hasSuffix("s") { singular.append(String(name.dropLast())) }
    var found = singular.map { $0 + "id" }
    // A key that names its table is called the same elsewhere.
    let own = key.lowercased().filter { $0 != "_" }
    if own.count > 4, own.hasSuffix("id"), name.contains(own.dropLast(2).prefix(6)) { found.append(own) }
    return found
  }
}

extension Relation {
  fileprivate func primaryKeyIs(_ name: String) -> Bool { primaryKey?.columns == [name] }

  /// Whether another column says of which kind the row is that the column refers to.
  fileprivate func isPolymorphic(_ name: String) -> Bool {
    let stem = name.hasSuffix("_id") ? String(name.dropLast(3)) : name.hasSuffix("Id") ? String(name.dropLast(2)) : name
    return column(stem + "_type") != nil || column(stem + "Type") != nil
  }
}

extension Relation {
  /// Whether its rows are copies of what was, which must outlive it.
  var keepsHistory: Bool {
    let words = [
      "history", "_aud", "audit", "_log", "version", "journal", "archive", "snapshot", "backup", "event", "tombstone",
      "deleted",
    ]
    return words.contains { name.name.lowercased().contains($0) }
  }
}
