import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/partition-bypasses-rls.md.
struct PartitionBypassesRls: Rule {
  static let id = "partition-bypasses-rls"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.securedTables.filter { $0.kind == .partitionedTable }.compactMap { table in
      let open = chain.final.partitions(of: table.oid).filter { !$0.hasRowSecurity }
      guard let first = open.first else { return nil }
      return diagnostic(
        "partition '\(first.name.name)' can be read without the policies of '\(table.name.name)'", about: first,
        notes: ["policies of a partitioned table apply to queries that name it, not to those that name a partition"]
          + (open.count > 1 ? ["\(open.count) partitions have no row level security"] : []),
        help:
          "enable row level security on each partition, without a policy; queries of '\(table.name.name)' still see the rows"
      )
    }
  }
}
