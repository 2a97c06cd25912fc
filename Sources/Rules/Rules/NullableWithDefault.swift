import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/nullable-with-default.md.
struct NullableWithDefault: Rule {
  static let id = "nullable-with-default"
  static let severity = Severity.info
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.tables.filter { !$0.isPartition && !$0.keepsHistory }.compactMap { table in
      let columns = table.columns.filter {
        $0.hasDefault && !$0.isNotNull && !$0.isGenerated && $0.defaultValue.map { !$0.isNullConstant } == true
          && $0.isLocal && table.valueCheck(of: $0) == nil
      }
      guard let first = columns.first else { return nil }
      return diagnostic(
        columns.count == 1
          ? "'\(table.name.name).\(first.name)' has a default, and may be NULL all the same"
          : "\(columns.map(\.name).quotedList()) of '\(table.name.name)' have defaults, and may be NULL all the same",
        about: first, of: table, notes: ["a program that sends NULL defeats the default"], help: "add NOT NULL")
    }
  }
}

extension Expression {
  var isNullConstant: Bool {
    switch self {
    case .literal(.null, _): true
    case .cast(let operand, _, _): operand.isNullConstant
    default: false
    }
  }
}

extension Relation {
  /// A check that says which values a column may have and nothing of NULL.
  func valueCheck(of column: Column) -> Constraint? {
    constraints.first { constraint in
      guard constraint.isCheck, constraint.columns == [column.name], let condition = constraint.expression else {
        return false
      }
      var asks = false
      condition.walk { if case .test(let test, _, _) = $0, test == .null || test == .notNull { asks = true } }
      return !asks
    }
  }
}
