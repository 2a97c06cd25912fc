import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/not-idempotent.md.
struct NotIdempotent: Rule {
  static let id = "not-idempotent"
  static let severity = Severity.info
  static let category = Category.design
  static let isOptional = true

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward, !chain.transaction.isInside, let words = step.statement.action.missingGuard else { return [] }
    return [
      diagnostic(
        "a second run of the file fails here", at: step.statement.range, of: step,
        notes: ["the file runs without a transaction: what came before a failure stays done"], help: "write \(words)")
    ]
  }
}

extension Action {
  /// The words with which the statement could be run again.
  fileprivate var missingGuard: String? {
    switch self {
    case .createTable(let table): table.ifNotExists ? nil : "IF NOT EXISTS"
    case .createIndex(let index): index.ifNotExists || index.name == nil ? nil : "IF NOT EXISTS"
    case .createSequence(let sequence): sequence.ifNotExists ? nil : "IF NOT EXISTS"
    case .createSchema(let schema): schema.ifNotExists ? nil : "IF NOT EXISTS"
    case .createExtension(let item): item.ifNotExists ? nil : "IF NOT EXISTS"
    case .createView(let view): view.orReplace ? nil : "CREATE OR REPLACE"
    case .createFunction(let function): function.orReplace ? nil : "CREATE OR REPLACE"
    case .drop(let drop): drop.ifExists ? nil : "IF EXISTS"
    case .alterTable(let change):
      change.changes.contains { if case .addColumn(_, ifNotExists: false) = $0 { true } else { false } }
        ? "ADD COLUMN IF NOT EXISTS" : nil
    default: nil
    }
  }
}
