import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/check-allows-null.md.
struct CheckAllowsNull: Rule {
  static let id = "check-allows-null"
  static let severity = Severity.info
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.filter { !$0.isPartition }.compactMap { table in
      let found = table.columns.compactMap { column -> (Column, Constraint)? in
        guard !column.isNotNull, column.hasDefault, column.defaultValue.map({ !$0.isNullConstant }) == true,
          let check = table.valueCheck(of: column)
        else { return nil }
        return (column, check)
      }
      guard let (column, check) = found.first, let origin = check.origin, origin.migration != nil else { return nil }
      let others = found.dropFirst().map { $0.0.name }
      return diagnostic(
        "the check on '\(table.name.name).\(column.name)' lets NULL pass",
        at: check.offset.map { origin.file.elementRange(at: $0, within: origin.range) } ?? origin.range, of: origin,
        notes: ["a condition that is neither true nor false counts as fulfilled"]
          + (others.isEmpty ? [] : ["so do those on \(others.quotedList())"]), help: "make '\(column.name)' NOT NULL")
    }
  }
}
