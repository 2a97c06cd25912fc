import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/free-text-status.md.
struct FreeTextStatus: Rule {
  static let id = "free-text-status"
  static let severity = Severity.info
  static let category = Category.design

  private static let words: Set<String> = [
    "status", "state", "type", "kind", "level", "category", "priority", "role", "phase", "severity",
  ]

  func check(_ chain: Chain) -> [Diagnostic] {
    let tables = chain.tables.filter { !$0.isPartition && $0.hasKnownColumns }
    // What is limited somewhere, by name.
    var limited: [String: (count: Int, example: String)] = [:]
    var free: [String: Int] = [:]
    // Rails keeps the names of its classes in such columns.
    let isRails = chain.final.relation(ObjectName("ar_internal_metadata")) != nil
    for table in tables {
      for column in table.columns where Self.word(column.name) != nil {
        if table.limits(column, chain.final) {
          limited[column.name, default: (0, "\(table.name.name).\(column.name)")].count += 1
        } else if column.isText {
          free[column.name, default: 0] += 1
        }
      }
    }
    // Most columns of the name are limited; a type or kind is one of its own in each table.
    func sibling(of name: String) -> String? {
      let isOwn = ["type", "kind"].contains(name)
      guard let same = limited[name], same.count >= (free[name] ?? 0) + (isOwn ? 1 : 0) else { return nil }
      return same.example
    }
    return tables.flatMap { table -> [Diagnostic] in
      table.columns.compactMap { column in
        guard let word = Self.word(column.name), column.isText, !column.isGenerated,
          let sibling = sibling(of: column.name), column.isLocal, column.offset != nil,
          !(isRails && word == "type"), !table.saysWhichTable(column.name),
          !table.limits(column, chain.final), !["type", "kind"].contains(column.name) || !table.isPolymorphicType,
          !table.constraints.contains(where: { $0.foreignKey != nil && $0.columns.contains(column.name) })
        else { return nil }
        return diagnostic(
          "'\(table.name.name).\(column.name)' takes any text", about: column, of: table,
          notes: ["'\(sibling)' takes listed values only"], help: "add `CHECK (\(column.name.sqlIdentifier) IN (…))`")
      }
    }
  }

  private static func word(_ name: String) -> String? {
    let exempt = ["able_type", "mime_type", "content_type", "token_type", "media_type", "file_type"]
    if exempt.contains(where: { name.hasSuffix($0) }) { return nil }
    let last = name.split(separator: "_").last.map { $0.lowercased() } ?? ""
    return words.contains(last) ? last : nil
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
  /// Whether a plain `type` stands beside a reference to rows of several tables, or says which class of a program a row is.
  fileprivate var isPolymorphicType: Bool {
    let references: Set<String> = ["entity_id", "object_id", "target_id", "subject_id", "resource_id", "ref_id"]
    return columns.contains { $0.name.hasSuffix("able_id") || $0.name == "provider" || references.contains($0.name) }
  }
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
