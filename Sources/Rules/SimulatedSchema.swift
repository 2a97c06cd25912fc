import Catalog
import Migrations
import PostgresSyntax

/// The schema that the migrations leave behind, as a server would: what it rejects has no effect.
///
/// - Parameters:
///   - version: the last migration to apply; nil for all.
///   - postgresVersion: the major version of the server.
public func simulatedSchema(
  _ set: MigrationSet, upTo version: String? = nil, postgresVersion: Int, threads: Int
) -> Catalog {
  let last = version.flatMap { version in set.migrations.firstIndex { $0.version == version } }
  let migrations = last.map { Array(set.migrations[...$0]) } ?? set.migrations
  let scripts = (set.baseline ?? []) + migrations.flatMap(\.up)
  return onDeepStack {
    var replay = Replay(Catalog(isComplete: set.baseline != nil, searchPath: set.searchPath), as: postgresVersion)
    let parsed = ParallelSequence(scripts, threads: threads) { ($0, parse($0.file, in: $0.range)) }
    for (script, sql) in parsed { replay.run(sql, of: script, migration: nil, direction: .up) { _ in } }
    return replay.catalog
  }
}
