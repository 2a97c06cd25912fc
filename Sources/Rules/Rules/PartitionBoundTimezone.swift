import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/partition-bound-timezone.md.
struct PartitionBoundTimezone: Rule {
  static let id = "partition-bound-timezone"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.compactMap { table in
      guard let key = table.partitionKey, key.strategy == "range", key.columns.count == 1, let name = key.columns[0],
        table.column(name)?.type?.oid == .timestamptz
      else { return nil }
      let partitions = chain.final.partitions(of: table.oid).filter { partition in
        guard partition.parents == [table.oid], case .range(let from, let to)? = partition.bound else { return false }
        return (from + to).compactMap(\.constantText).contains { !$0.saysOffset }
      }
      guard let first = partitions.first else { return nil }
      return diagnostic(
        "the bounds of '\(first.name.name)' depend on the session's time zone", about: first,
        notes: [
          "'\(table.name.name).\(name)' is a timestamptz, and the bounds are read in the time zone of whoever runs the migration"
        ]
          + (partitions.count > 1 ? ["the same holds for \(partitions.count - 1) more"] : []),
        help: "write the offset: `'2024-01-01 00:00:00+00'`")
    }
  }
}

extension String {
  /// Whether a time says its offset from UTC.
  fileprivate var saysOffset: Bool {
    let time = drop { $0 != " " && $0 != "T" }
    return time.contains("+") || time.contains("-") || hasSuffix("Z") || uppercased().contains("UTC")
      || contains("+") || ["infinity", "-infinity"].contains(self)
  }
}
