import Catalog
import Diagnostics
import Postgres
import PostgresSyntax
import Rules

/// What the server did with every statement that was sent to it.
struct Evidence {
  /// In which run of the chain.
  enum Phase: Hashable {
    case forward
    /// A migration's rollback, right after the migration.
    case rollback
    /// The rollbacks in the order in which a document lists them.
    case listed
    case queries
  }

  private(set) var runs: [(phase: Phase, run: StatementRun)] = []
  /// The extensions that the server doesn't have, with the place of the first statement that asks for them.
  private(set) var missingExtensions: [(name: String, position: Int)] = []
  /// What doesn't exist because the statement that makes it was rejected.
  private(set) var lost: [ObjectID: StatementRun] = [:]

  mutating func add(_ runs: [StatementRun], in phase: Phase) {
    self.runs += runs.map { (phase, $0) }
    guard phase == .forward else { return }
    for run in runs where run.error != nil {
      for case .created(let object) in run.step.outcome.effects { lost[object] = lost[object] ?? run }
      if let name = run.missingExtension { missingExtensions.append((name, run.step.position)) }
    }
  }

  /// The earlier failure without which a statement's objects would exist.
  func root(of run: StatementRun) -> (object: ObjectID, run: StatementRun)? {
    for object in run.step.outcome.references {
      if let root = lost[object], root.range != run.range, root.step.position < run.step.position,
        run.error?.message.contains(object.name) == true
      {
        return (object, root)
      }
    }
    return nil
  }

  /// The extension that the server would need for a statement: it asks for it, or what it asks for may be the extension's,
  /// or its error follows from that of such a statement.
  func missingExtension(for run: StatementRun) -> String? {
    if let name = run.missingExtension { return name }
    if let root = root(of: run)?.run { return missingExtension(for: root) }
    let kinds = ["42704", "42883", "3F000", "42P01"]
    guard let error = run.error, kinds.contains(error.sqlState ?? "") else { return nil }
    return missingExtensions.last { $0.position < run.step.position }?.name
  }

  /// The runs of the statement that a place belongs to.
  func runs(at range: SourceRange) -> [StatementRun] {
    runs.map(\.run).filter { $0.contains(range) }
  }
}

extension StatementRun {
  /// The extension that the statement asks for and the server has not.
  fileprivate var missingExtension: String? {
    guard case .createExtension(let statement) = step.statement.action else { return nil }
    return ["0A000", "58P01"].contains(error?.sqlState ?? "") ? statement.name : nil
  }
}
