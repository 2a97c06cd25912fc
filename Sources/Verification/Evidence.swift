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

  mutating func add(_ runs: [StatementRun], in phase: Phase) {
    self.runs += runs.map { (phase, $0) }
  }

  /// The runs of the statement that a place belongs to.
  func runs(at range: SourceRange) -> [StatementRun] {
    runs.map(\.run).filter { run in
      run.step.file.path == range.path && run.step.statement.range.contains(range.start.offset)
    }
  }
}
