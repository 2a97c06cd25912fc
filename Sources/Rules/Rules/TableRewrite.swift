import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/table-rewrite.md.
struct TableRewrite: Rule {
  static let id = "table-rewrite"
  static let severity = Severity.warning
  static let category = Category.locks

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    let found = chain.locks.compactMap { lock -> Diagnostic? in
      guard lock.work == .rewrite, let (reason, help) = explanation(lock, step) else { return nil }
      let message = "reads and writes of '\(lock.table.name.name)' wait while every row is written anew"
      if case .typeChange(let column, let old, let new) = lock.cause {
        if chain.isPlainInUTC(old, new), !step.converts(column) { return nil }
        return diagnostic(
          message, at: step.mention(of: column), of: step,
          labels: (lock.table.column(column)?.origin ?? lock.table.origin).map {
            [$0.label("the column comes from here", naming: column)]
          } ?? [],
          notes: [reason], help: help)
      }
      return diagnostic(message, about: lock, of: step, notes: [reason], help: help)
    }
    // However many columns ask for it, the rows are written once.
    return found.prefix(1).map { first in
      var first = first
      if found.count > 1 { first.notes.append("\(found.count) parts of the statement ask for it") }
      return first
    }
  }

  private func explanation(_ lock: TableLock, _ step: Step) -> (reason: String, help: String)? {
    let later = "add the column without a default, fill it in batches, and set the default for new rows"
    switch lock.cause {
    case .volatileDefault: return ("the default is volatile: each row gets a value of its own", later)
    case .serial: return ("each row gets a number from the new sequence", later)
    case .identity: return ("each row gets a number from the new sequence", later)
    case .generated:
      return (
        "a stored generated column is computed for every row",
        "compute it in a view or by a trigger, or add it while nobody uses the table"
      )
    case .constrainedDomain: return ("the constraints of the domain are checked for every row", later)
    case .typeChange(_, let old, let new) where old.oid == new.oid:
      return (
        "every value is checked against \(step.before.format(new))",
        "add a new column of the type, fill it in batches, and switch over to it"
      )
    case .typeChange(let column, let old, let new)
    where old.isOtherTimestamp(than: new) && !step.converts(column):
      return (
        "each value is converted, unless the session's TimeZone is UTC",
        "`SET LOCAL timezone = 'UTC'` first, if that is what the values are in: no row is touched then"
      )
    case .typeChange(_, let old, let new):
      return (
        "each value is converted from \(step.before.format(old)) to \(step.before.format(new)), and written or checked",
        "add a new column of the type, fill it in batches, and switch over to it"
      )
    default: return nil
    }
  }
}

extension Step {
  /// Whether the statement says with USING how the values of a column become those of the new type.
  fileprivate func converts(_ column: String) -> Bool {
    guard case .alterTable(let table) = statement.action else { return false }
    return table.changes.contains { change in
      if case .setType(column: column, _, _, using: .some(let value)) = change {
        value.plainColumn != column
      } else {
        false
      }
    }
  }
}

extension Chain {
  /// Whether the two kinds of timestamp are stored alike: in UTC they are (PostgreSQL 12 release notes).
  fileprivate func isPlainInUTC(_ old: DataType, _ new: DataType) -> Bool {
    old.isOtherTimestamp(than: new)
      && ["utc", "gmt", "etc/utc"].contains(transaction.settings["timezone"]?.lowercased() ?? "")
  }
}
