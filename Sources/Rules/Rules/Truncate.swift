import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/truncate.md.
struct Truncate: Rule {
  static let id = "truncate"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward, step.outcome.sqlState == nil else { return [] }
    return step.executed.flatMap { action, range -> [Diagnostic] in
      guard case .truncate(let tables, let isCascade, _) = action else { return [] }
      return tables.compactMap { reference in
        guard let table = step.before.relation(reference.name), !chain.isNew(table, to: step) else { return nil }
        let others = isCascade ? step.before.tablesEmptied(with: table).map(\.name.description) : []
        return diagnostic(
          "all rows of '\(table.name.name)' are removed",
          at: step.file.firstMention(of: reference.name.name, in: range) ?? range, of: step,
          notes: others.isEmpty ? [] : ["CASCADE also empties \(others.quotedList())"],
          help: "delete the rows that are meant, in batches")
      }
    }
  }
}

extension Catalog {
  /// The tables that TRUNCATE … CASCADE empties besides the one it names.
  fileprivate func tablesEmptied(with table: Relation) -> [Relation] {
    var found: [Relation] = []
    var open = [table.oid]
    while let next = open.popLast() {
      for other in tables(referencing: next)
      where other.oid != table.oid && !found.contains(where: { $0.oid == other.oid }) {
        found.append(other)
        open.append(other.oid)
      }
    }
    return found
  }
}
