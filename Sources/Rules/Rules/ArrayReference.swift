import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/array-reference.md.
struct ArrayReference: Rule {
  static let id = "array-reference"
  static let severity = Severity.info
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    var keys: [String: OID] = [:]
    for table in chain.tables where !table.isPartition {
      guard let key = table.primaryKey, key.columns.count == 1 else { continue }
      keys[table.name.name] = table.column(key.columns[0])?.type?.oid
    }
    return chain.tables.filter { !$0.isPartition }.flatMap { table -> [Diagnostic] in
      table.columns.compactMap { column in
        guard let element = column.type.flatMap({ chain.final.element(of: $0) }), !table.keepsHistory,
          !table.leavesReferencesOpen,
          keys.contains(where: {
            Self.mayHoldKeys(
              column.name, of: $0.key, in: table, isSameType: $0.value == element, isText: element == .text)
          })
        else { return nil }
        return diagnostic(
          "'\(table.name.name).\(column.name)' holds keys that no constraint can check", about: column, of: table,
          notes: ["a foreign key can't refer from the elements of an array"],
          help: "use a table with one row for each pair")
      }
    }
  }

  /// Whether the name of a column says that it holds keys of a table: `user_ids`, `assigned_users`, and whatever their
  /// type is, `child_spans` in `spans` itself.
  private static func mayHoldKeys(_ name: String, of table: String, in own: Relation, isSameType: Bool, isText: Bool)
    -> Bool
  {
    for suffix in ["_ids", "Ids"] where name.hasSuffix(suffix) {
      let stem = name.dropLast(suffix.count)
      let singular = [table, table.hasSuffix("s") ? String(table.dropLast()) : table]
      return isSameType && !name.hasPrefix("external")
        && singular.contains { stem == $0 || stem.hasSuffix("_" + $0) }
    }
    return name.split(separator: "_").dropFirst().joined(separator: "_") == table
      && (own.name.name == table || isSameType && !isText)
  }
}

extension Relation {
  /// Whether no plain reference of the table has a foreign key either.
  fileprivate var leavesReferencesOpen: Bool {
    let references = columns.filter { column in
      column.name.hasSuffix("_id") && primaryKey?.columns.contains(column.name) != true
    }
    return !references.isEmpty && !hasForeignKey
  }
}
