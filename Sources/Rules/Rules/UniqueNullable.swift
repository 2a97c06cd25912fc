import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/unique-nullable.md.
struct UniqueNullable: Rule {
  static let id = "unique-nullable"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    var places: Set<[String]> = []
    return chain.tables.filter { !$0.isPartition }.flatMap { table -> [Diagnostic] in
      let indexes = chain.final.indexes(on: table.oid)
      return indexes.compactMap { index in
        guard index.isUnique, !index.nullsNotDistinct, index.elements.count > 1, let origin = index.origin,
          origin.migration != nil, table.hasKnownColumns
        else { return nil }
        let columns = index.elements.compactMap { $0.column.flatMap { table.column($0) } }
        let nullable = columns.filter {
          !$0.isNotNull && !$0.isGenerated && !table.provesNotNull($0.name) && !table.refersToItself($0.name)
            && !table.losesReference($0.name)
        }
        // A predicate on a column of the key says for which rows it is meant.
        guard !columns.contains(where: { index.filterColumns.contains($0.name) }) else { return nil }
        // An optional name of the row's own, below something: rows without one are meant.
        let isOwnKey =
          nullable.count == 1 && !table.isReference(nullable[0].name)
          && columns.allSatisfy { $0.name == nullable[0].name || table.isReference($0.name) }
        // A key among the others leaves no room for duplicates.
        let certain = Set(columns.map(\.name)).subtracting(nullable.map(\.name))
        guard !indexes.contains(where: { $0.isUnique && $0.isKey(within: certain) }),
          let first = nullable.first, nullable.count < columns.count, !isOwnKey,
          !columns.contains(where: { $0.name.hasSuffix("_type") || $0.name.hasSuffix("Type") }) || nullable.count < 2,
          // Alternatives of which one is set have an index each.
          !indexes.contains(where: { other in
            other.oid != index.oid && other.isUnique && other.elements.count == index.elements.count
              && other.leadingColumns.contains { name in
                table.column(name)?.isNotNull == false && !nullable.contains { $0.name == name }
              }
          }),
          // A second index says what holds where the column is NULL.
          !indexes.contains(where: { $0.filterColumns.contains(first.name) }),
          !(nullable.count == 1 && columns.last?.name == first.name && first.isIdentifier(alone: columns.count == 2))
        else { return nil }
        // The same column of many tables is one decision.
        guard places.insert([origin.file.path, first.name]).inserted else { return nil }
        let constraint = table.constraints.first { $0.name == index.constraint }
        return diagnostic(
          "'\(index.name.name)' lets duplicates in where '\(first.name)' is NULL",
          at: constraint?.offset.map { origin.file.elementRange(at: $0, within: origin.range) }
            ?? origin.mention(of: index.name.name), of: origin, notes: ["NULL is never equal to NULL"],
          help: "make '\(first.name)' NOT NULL, or add NULLS NOT DISTINCT, which needs PostgreSQL 15")
      }
    }
  }
}

extension Column {
  /// Whether it names the row, which need not have a name, rather than what the row belongs to.
  fileprivate func isIdentifier(alone: Bool) -> Bool {
    guard ![OID.timestamp, .timestamptz].contains(type?.oid) else { return false }
    let name = name.lowercased()
    let words = ["key", "externalid", "external_id", "uid", "slug", "code", "email", "number", "handle", "ref"]
    return words.contains { name.hasSuffix($0) } || alone && !name.hasSuffix("id")
  }
}

extension Index {
  /// Whether no two rows are alike in these columns.
  fileprivate func isKey(within columns: Set<String>) -> Bool {
    filterColumns.isEmpty && elements.allSatisfy { $0.column.map(columns.contains) ?? false }
  }
}

extension Relation {
  /// Whether the row outlives the one that the column refers to, and the column is NULL then.
  fileprivate func losesReference(_ name: String) -> Bool {
    constraints.contains { $0.foreignKey?.onDelete == .setNull && $0.columns.contains(name) }
  }

  /// Whether a column names another row of the same table, which the first one has not.
  fileprivate func refersToItself(_ name: String) -> Bool {
    name.hasPrefix("parent") || name.hasPrefix("previous")
      || constraints.contains { $0.foreignKey?.target == oid && $0.columns.contains(name) }
  }

  /// Whether a column refers to a row of another table, as far as it or its name says.
  fileprivate func isReference(_ name: String) -> Bool {
    if ["external", "provider", "idempotency"].contains(where: { name.lowercased().hasPrefix($0) }) { return false }
    return name.hasSuffix("_id") || name.hasSuffix("Id") || hasForeignKey(on: name)
  }
}
