import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/trigger-null-row.md.
struct TriggerNullRow: Rule {
  static let id = "trigger-null-row"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    let deleting = chain.tablesByDeleteTrigger
    return chain.final.allRoutines.flatMap { routine -> [Diagnostic] in
      guard let origin = routine.origin, origin.migration != nil, let body = routine.definition.body,
        body.language == "plpgsql"
      else { return [] }
      let text = CodeText(body, in: origin.file, within: origin.range)
      return (body.text.containsBytes(of: ".*") ? nullDefaults(text, origin, chain) : [])
        + (deleting[routine.oid].map { returnsNew(text, origin, deletingFrom: $0) } ?? [])
    }
  }

  /// `INSERT … VALUES (row.*)`: what the variable doesn't hold is NULL, not the column's default.
  private func nullDefaults(_ text: CodeText, _ origin: Origin, _ chain: Chain) -> [Diagnostic] {
    text.statements(language: "plpgsql").compactMap { inner in
      guard case .insert(let insert) = inner.action, let row = insert.source?.values.first, row.count == 1,
        let table = chain.final.relation(insert.table.name), let variable = row[0].wholeRow,
        let column = table.columns.first(where: { $0.hasDefault && !text.source.assigns(variable, $0.name) })
      else { return nil }
      return diagnostic(
        "'\(variable).*' stores NULL in '\(table.name.name).\(column.name)' instead of its default", at: inner.range,
        of: origin,
        notes: [
          column.isNotNull
            ? "the column is NOT NULL, so the statement fails with 23502"
            : "a field that was never set is NULL, and an explicit NULL overrides a default"
        ],
        help: "name the columns that are set, and leave the others to their defaults")
    }
  }

  /// A BEFORE DELETE trigger that gives NEW, which is NULL there: the row isn't deleted.
  private func returnsNew(_ text: CodeText, _ origin: Origin, deletingFrom table: ObjectName) -> [Diagnostic] {
    let returns = text.block.returns.map { text.source.text($0).lowercased().filter { !$0.isWhitespace } }
    guard returns.allSatisfy({ $0 == "new" }), !text.block.raisesException, let place = text.block.returns.last else {
      return []
    }
    return [
      diagnostic(
        "no row of '\(table.name)' can be deleted: NEW is NULL in a DELETE trigger",
        at: text.offset(of: place.lowerBound)..<text.offset(of: place.upperBound), of: origin,
        notes: ["a BEFORE trigger that returns NULL skips the row, without an error"],
        help: "return OLD where TG_OP is 'DELETE'")
    ]
  }
}

extension Chain {
  /// The tables whose rows a function sees before they are deleted, by the function; of several, the first.
  fileprivate var tablesByDeleteTrigger: [OID: ObjectName] {
    var found: [OID: ObjectName] = [:]
    for table in tables {
      for trigger in table.triggers
      where trigger.definition.timing == .before && trigger.definition.isForEachRow
        && trigger.definition.events.contains(.delete)
      {
        guard let function = trigger.function, found[function] == nil else { continue }
        found[function] = table.name
      }
    }
    return found
  }
}

extension Expression {
  /// The variable whose fields it stands for: `row.*`.
  fileprivate var wholeRow: String? {
    switch self {
    case .column(let path, isWhole: true, _): path.first
    case .selection(let operand, let selectors): selectors == [.all] ? operand.plainColumn : nil
    default: nil
    }
  }
}

extension SourceFile {
  /// Whether the text sets a field of a variable.
  fileprivate func assigns(_ variable: String, _ field: String) -> Bool {
    let text = self.text(0..<bytes.count).lowercased().filter { !$0.isWhitespace }
    return text.contains("\(variable).\(field):=") || text.contains("\(variable).\(field)=")
      || text.contains("into\(variable)") || text.contains("\(variable):=")
  }
}
