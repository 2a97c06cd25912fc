import Migrations
import PostgresSyntax

/// Parses the scripts of a set, in order and a little ahead of whoever reads them. Long scripts come in stretches, so that
/// their trees need not be in memory all at once.
struct ScriptReader {
  private var waiting: (script: Script, sql: ParsedSQL)?
  private let parsed: ParallelSequence<(script: Script, stretch: Range<Int>), (Script, ParsedSQL)>

  init(_ set: MigrationSet, threads: Int) {
    self.init(set.scripts, threads: threads)
  }

  init(_ scripts: [Script], threads: Int) {
    let stretches = scripts.flatMap { script in
      PostgresSyntax.stretches(of: script.file, in: script.range).map { (script: script, stretch: $0) }
    }
    let isLong = stretches.contains { $0.stretch.count > 1 << 18 }
    parsed = ParallelSequence(stretches, threads: threads, ahead: isLong ? threads : 64) {
      ($0.script, parse($0.script.file, in: $0.stretch))
    }
  }

  /// The next stretch of a script; nil after the last. Scripts must be read in the order in which they were given.
  mutating func next(of script: Script) -> ParsedSQL? {
    if waiting == nil { waiting = parsed.next() }
    guard let (found, sql) = waiting, found == script else { return nil }
    waiting = nil
    return sql
  }
}
