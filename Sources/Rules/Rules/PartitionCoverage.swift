import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/partition-coverage.md.
struct PartitionCoverage: Rule {
  static let id = "partition-coverage"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    var hasEmpty = false
    return chain.tables.compactMap { table in
      guard let key = table.partitionKey, key.strategy != "hash", !chain.final.mayHaveChanged(table),
        !chain.final.createsPartitions(of: table)
      else { return nil }
      let partitions = chain.final.partitions(of: table.oid).filter { $0.parents == [table.oid] }
      if partitions.contains(where: { $0.bound == .default }) { return nil }
      guard !partitions.isEmpty else {
        // Tables that are all left without any are filled by a job.
        if hasEmpty { return nil }
        hasEmpty = true
        return diagnostic(
          "table '\(table.name.name)' has no partition: no row can be inserted", about: table,
          notes: ["an INSERT fails with 23514"], help: "create partitions, or a DEFAULT one")
      }
      guard key.strategy == "range", let last = lastBound(partitions), last.isDate,
        chain.today.map({ last <= $0 }) ?? true
      else { return nil }
      return diagnostic(
        "rows of '\(table.name.name)' from \(last) on have no partition", about: table,
        labels: partitions.last?.origin.map {
          [$0.label("the last partition", naming: partitions.last?.name.name ?? "")]
        } ?? [],
        notes: ["there is no DEFAULT partition, and an INSERT fails with 23514"],
        help: "create partitions ahead by a job, and a DEFAULT one for what it misses")
    }
  }

  /// The highest upper end, as written; nil where one is open.
  private func lastBound(_ partitions: [Relation]) -> String? {
    var last: String?
    for partition in partitions {
      guard case .range(_, let to)? = partition.bound, let text = to.first?.constantText else { return nil }
      last = max(last ?? text, text)
    }
    return last
  }
}

extension String {
  /// Whether it begins with a date in ISO form.
  fileprivate var isDate: Bool {
    let parts = split(separator: "-")
    return parts.count >= 3 && parts[0].count == 4 && parts[0].allSatisfy(\.isNumber) && parts[1].allSatisfy(\.isNumber)
  }
}

extension Catalog {
  /// Whether some function evidently creates partitions of a table.
  fileprivate func createsPartitions(of table: Relation) -> Bool {
    allRoutines.contains { routine in
      guard let text = routine.definition.body?.text.lowercased() else { return false }
      return text.contains("partition of") || text.contains("create_parent") || text.contains("attach partition")
    } || installed("pg_partman") != nil
  }
}
