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
  /// What doesn't exist because the statement that makes it was rejected.
  private(set) var lost: [ObjectID: StatementRun] = [:]

  mutating func add(_ runs: [StatementRun], in phase: Phase) {
    self.runs += runs.map { (phase, $0) }
    guard phase == .forward else { return }
    for run in runs where run.error != nil {
      for case .created(let object) in run.step.outcome.effects { lost[object] = lost[object] ?? run }
    }
  }

  /// The earlier failure without which a statement's objects would exist.
  func root(of run: StatementRun) -> (object: ObjectID, run: StatementRun)? {
    for object in run.step.outcome.references {
      if let root = lost[object], root.range != run.range { return (object, root) }
    }
    return nil
  }

  /// The runs of the statement that a place belongs to.
  func runs(at range: SourceRange) -> [StatementRun] {
    runs.map(\.run).filter { $0.contains(range) }
  }
}
