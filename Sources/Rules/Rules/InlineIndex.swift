import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/inline-index.md.
struct InlineIndex: Rule {
  static let id = "inline-index"
  static let severity = Severity.error
  static let category = Category.dialect

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    step.outcome.rejections.compactMap { rejection in
      guard case .inlineIndex(let index) = rejection.reason, let table = step.statement.action.table else { return nil }
      let range = step.file.elementRange(at: index.offset, within: step.statement.range)
      let columns = index.columns.map(\.sqlIdentifier).joined(separator: ", ")
      let statement = "CREATE INDEX \(index.name.sqlIdentifier) ON \(table.sql) (\(columns));"
      return diagnostic(
        "PostgreSQL has no inline index clause for '\(index.name)'", at: range, of: step,
        notes: [
          "it is read as a column 'index' of the type '\(index.name)(\(index.columns.joined(separator: ", ")))', which does not exist"
        ],
        help: "write `\(statement)` after the table", sqlState: "42704",
        fix: step.statement.action.isCreateTable ? fix(range, statement: statement, of: step) : nil)
    }
  }

  private func fix(_ clause: Range<Int>, statement: String, of step: Step) -> Fix {
    let file = step.file
    var edits = [Fix.Edit(range: file.range(file.wholeLine(clause)), replacement: "")]
    if let comma = file.comma(before: clause.lowerBound, in: step.statement.range) {
      edits.append(.init(range: file.range(comma), replacement: ""))
    } else if let comma = file.comma(after: clause.upperBound, in: step.statement.range) {
      edits.append(.init(range: file.range(comma), replacement: ""))
    }
    let end = file.wholeStatement(step.statement.range).upperBound
    let isClosed = end > step.statement.range.upperBound
    edits.append(.init(range: file.range(end..<end), replacement: (isClosed ? "\n" : ";\n") + statement))
    return Fix(title: "create the index with a statement of its own", safe: true, edits: edits)
  }
}

extension Action {
  fileprivate var table: ObjectName? {
    switch self {
    case .createTable(let table): table.table.name
    case .alterTable(let table): table.table.name
    default: nil
    }
  }

  fileprivate var isCreateTable: Bool { if case .createTable = self { true } else { false } }
}
