import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/unknown-sequence.md.
struct UnknownSequence: Rule {
  static let id = "unknown-sequence"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    step.outcome.rejections.compactMap { rejection in
      guard case .undefined(let object) = rejection.reason, object.kind == .sequence else { return nil }
      let key = step.before.keyWithoutSequence(named: object.name)
      let isCertain = rejection.isCertain || key != nil
      var notes: [String] = []
      if let key {
        notes.append(
          "'\(key.table).\(key.column.name)' is \(key.column.type.map { step.before.format($0) } ?? "no serial"): only serial and identity columns have a sequence"
        )
      } else if !isCertain {
        notes.append("no migration creates it; it may exist outside them")
      }
      return diagnostic(
        "sequence '\(object)' does not exist", at: step.range(of: rejection, name: object.name), of: step,
        severity: isCertain ? .error : .warning,
        labels: key.flatMap { key in
          key.origin.map { [$0.label("this key draws from no sequence", naming: key.column.name)] }
        } ?? [], notes: notes,
        help: key == nil
          ? "create the sequence in an earlier migration"
          : "leave the statement out: inserting into the table needs no sequence",
        sqlState: isCertain ? rejection.sqlState : nil, fix: key == nil ? nil : removal(of: step))
    }
  }

  private func removal(of step: Step) -> Fix? {
    guard case .grant(let grant) = step.statement.action, grant.objects.count == 1 else { return nil }
    let range = step.file.range(step.file.wholeStatement(step.statement.range))
    return Fix(title: "remove the statement", safe: false, edits: [.init(range: range, replacement: "")])
  }
}

extension Catalog {
  /// The column whose sequence would have this name, where the column has none.
  fileprivate func keyWithoutSequence(named name: String) -> (table: String, column: Column, origin: Origin?)? {
    for table in tables where name.hasPrefix(table.name.name + "_") && table.hasKnownColumns {
      for column in table.columns where name == "\(table.name.name)_\(column.name)_seq" {
        return (table.name.name, column, table.origin)
      }
    }
    return nil
  }
}
