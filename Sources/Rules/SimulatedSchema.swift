import Catalog
import Migrations
import PostgresSyntax

/// The schema that the migrations leave behind, as a server would: what it rejects has no effect.
///
/// - Parameters:
///   - version: the last migration to apply; nil for all.
///   - postgresVersion: the major version of the server.
///   - threads: as in `RuleSettings`.
public func simulatedSchema(
  _ set: MigrationSet, upTo version: String? = nil, postgresVersion: Int, threads: Int
) -> Catalog {
  let last = version.flatMap { version in set.migrations.firstIndex { $0.version == version } }
  let migrations = last.map { Array(set.migrations[...$0]) } ?? set.migrations
  let scripts = (set.baseline ?? []) + migrations.flatMap(\.up)
  return onDeepStack(threads: threads) {
    var replay = Replay(Catalog(isComplete: set.baseline != nil, searchPath: set.searchPath), as: postgresVersion)
    var reader = ScriptReader(scripts, threads: threads)
    for script in scripts {
      while let sql = reader.next(of: script) {
        for piece in sql.pieces { _ = replay.run(piece, in: script.file, migration: nil, direction: .up) }
      }
      replay.endScript()
    }
    return replay.catalog
  }
}
