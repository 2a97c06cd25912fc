import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/free-text-status.md.
struct FreeTextStatus: Rule {
  static let id = "free-text-status"
  static let severity = Severity.info
  static let category = Category.design

  private static let words: Set<String> = [
    "status", "state", "type", "kind", "level", "priority", "role", "phase", "severity",
  ]

  func check(_ chain: Chain) -> [Diagnostic] {
    let tables = chain.tables.filter { !$0.isPartition && $0.hasKnownColumns }
    let siblings = limited(tables, chain.final)
    return tables.flatMap { table in
      table.columns.compactMap { column -> Diagnostic? in
        guard let sibling = siblings[column.name], column.isText, !column.isGenerated, column.isLocal,
          let place = column.offset, column.origin?.isExplained(at: place) != true,
          !table.saysWhichTable(column.name), !table.limits(column, chain.final),
          // Beside one that is limited, it holds what somebody else calls it.
          !table.columns.contains(where: { $0.name.hasSuffix("_" + column.name) && table.limits($0, chain.final) }),
          !table.hasForeignKey(on: column.name), !chain.final.isResultType(table)
        else { return nil }
        return diagnostic(
          "'\(table.name.name).\(column.name)' takes any text", about: column, of: table,
          notes: ["'\(sibling)' takes listed values only"], help: "add `CHECK (\(column.name.sqlIdentifier) IN (…))`")
      }
    }
  }

  /// The names of which most columns are limited, with one of these.
  private func limited(_ tables: [Relation], _ catalog: Catalog) -> [String: String] {
    var limited: [String: (count: Int, example: String)] = [:]
    var free: [String: Int] = [:]
    for table in tables {
      for column in table.columns where Self.isStatus(column.name) {
        if table.limits(column, catalog) {
          limited[column.name, default: (0, "\(table.name.name).\(column.name)")].count += 1
        } else if column.isText {
          free[column.name, default: 0] += 1
        }
      }
    }
    return limited.filter { $1.count > 1 && $1.count > free[$0] ?? 0 }.mapValues(\.example)
  }

  /// A plain type or kind is one of its own in each table, and is not meant.
  private static func isStatus(_ name: String) -> Bool {
    let exempt = ["able_type", "mime_type", "content_type", "token_type", "media_type", "file_type"]
    if exempt.contains(where: name.hasSuffix) || ["type", "kind"].contains(name) { return false }
    return words.contains(name.split(separator: "_").last.map { $0.lowercased() } ?? "")
  }
}

extension Relation {
  /// Whether a check, an enum or a domain says which values a column may have.
  fileprivate func limits(_ column: Column, _ catalog: Catalog) -> Bool {
    if let type = column.type, catalog.isEnumOrDomain(type) { return true }
    return constraints.contains { $0.isCheck && $0.expression?.lists(column.name) == true }
  }
}

extension Column {
  /// Whether it can hold any text.
  var isText: Bool { type?.oid == .text || type?.oid == .varchar }
}

extension Relation {
  /// Whether a column says which table another column refers to.
  fileprivate func saysWhichTable(_ name: String) -> Bool {
    guard name.hasSuffix("_type") else { return false }
    let reference = String(name.dropLast(4)) + "id"
    return column(reference) != nil && primaryKey?.columns != [reference]
  }
}

extension Expression {
  /// Whether it says which values a column may have, one by one.
  fileprivate func lists(_ column: String) -> Bool {
    var found = false
    walk { expression in
      guard case .operation(let operation) = expression, operation.operands.first?.columnNames == [column] else {
        return
      }
      if operation.kind == .inList || operation.kind == .any, operation.name.name == "=" { found = true }
    }
    return found
  }
}
