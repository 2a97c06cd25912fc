import Catalog
import Diagnostics
import PostgresSyntax

/// A rule against columns of some type: one finding stands for all of a table.
protocol ColumnTypeRule: Rule {
  static var types: Set<OID> { get }
  /// What is wrong, after the column's name.
  static var problem: String { get }
  static var note: String { get }
  static var help: String { get }
  /// Whether a column is of the type for a good reason.
  static func isMeant(_ column: Column) -> Bool
}

extension ColumnTypeRule {
  static var category: Category { .design }
  static func isMeant(_ column: Column) -> Bool { false }

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.filter { !$0.isPartition }.compactMap { table in
      let columns = table.columns.filter { column in
        column.isLocal && column.type.map { Self.types.contains($0.oid) } == true && chain.isOurs(column.origin)
          && !Self.isMeant(column)
      }
      guard let first = columns.first else { return nil }
      let others = columns.dropFirst().map(\.name)
      return diagnostic(
        "'\(table.name.name).\(first.name)' \(Self.problem)", about: first, of: table,
        notes: [Self.note] + (others.isEmpty ? [] : ["the same holds for \(others.quotedList())"]), help: Self.help)
    }
  }
}
