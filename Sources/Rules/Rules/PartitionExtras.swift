import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/partition-extras.md.
struct PartitionExtras: Rule {
  static let id = "partition-extras"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.filter { $0.kind == .partitionedTable }.flatMap { table -> [Diagnostic] in
      let partitions = chain.final.partitions(of: table.oid).filter { $0.parents == [table.oid] }
      return chain.final.indexes(on: table.oid).compactMap { index in
        guard let origin = index.origin, origin.migration != nil else { return nil }
        let lacking = partitions.filter { partition in
          !chain.final.indexes(on: partition.oid).contains { $0.parent == index.oid }
        }
        guard let first = lacking.first else { return nil }
        return diagnostic(
          "index '\(index.name.name)' has no part on partition '\(first.name.name)'",
          at: origin.mention(of: index.name.name),
          of: origin, labels: first.origin.map { [$0.label("the partition", naming: first.name.name)] } ?? [],
          notes: ["the index stays invalid, and no query uses it"]
            + (lacking.count > 1 ? ["\(lacking.count) partitions have none"] : []),
          help: "create the index on each partition, and attach it with ALTER INDEX … ATTACH PARTITION")
      }
    }
  }
}
