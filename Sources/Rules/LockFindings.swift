import Catalog
import Diagnostics
import PostgresSyntax

extension TableLock {
  /// What has to wait, for messages.
  var blocked: String { mode.blocksReads ? "reads and writes" : "writes" }

  /// The text that asks for the lock.
  func place(in step: Step) -> Range<Int> {
    guard let offset else { return step.statement.range }
    switch cause {
    case .index, .other: return step.file.nameRange(at: offset, within: step.statement.range)
    default: return step.file.elementRange(at: offset, within: step.statement.range)
    }
  }
}

extension Rule {
  /// A finding about a lock, at the place of what asks for it.
  func diagnostic(
    _ message: String, about lock: TableLock, of step: Step, notes: [String] = [], help: String, fix: Fix? = nil
  ) -> Diagnostic {
    diagnostic(
      message, at: lock.place(in: step), of: step,
      labels: lock.table.origin.map { [$0.label("the table comes from here", naming: lock.table.name.name)] } ?? [],
      notes: notes, help: help, fix: fix)
  }

  /// An edit that inserts a word behind the first of some words in a statement.
  func insertion(_ text: String, after word: String, of step: Step, title: String) -> Fix? {
    guard let token = step.file.tokens(in: step.statement.range).first(where: { step.file.identifier($0) == word })
    else {
      return nil
    }
    let end = token.range.upperBound
    return Fix(
      title: title, safe: false, edits: [.init(range: step.file.range(end..<end), replacement: " \(text)")])
  }
}
