import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/table-options.md.
struct TableOptions: Rule {
  static let id = "table-options"
  static let severity = Severity.info
  static let category = Category.design
  static let isOptional = true
  static let options = [
    RuleOption("required-columns", "columns that every table must have", standard: ["created_at"]),
    RuleOption("forbid-unlogged", "`true` where no table may be unlogged", standard: ["true"]),
  ]

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.filter { !$0.isPartition && $0.persistence != .temporary }.flatMap { table -> [Diagnostic?] in
      var found: [Diagnostic?] = []
      for name in option("required-columns", in: chain) where table.hasKnownColumns && table.column(name) == nil {
        found.append(
          diagnostic(
            "table '\(table.name.name)' has no column '\(name)'", about: table,
            help: "add it: the configuration asks for it"))
      }
      if table.persistence == .unlogged, option("forbid-unlogged", in: chain) == ["true"] {
        found.append(
          diagnostic(
            "table '\(table.name.name)' is unlogged", about: table,
            notes: ["it is empty after a crash, and on every standby"],
            help: "leave UNLOGGED out"))
      }
      return found
    }.compactMap { $0 }
  }
}
