import Catalog
import Diagnostics
import PostgresSyntax

/// What a statement did to relations that were there before its script.
struct StatementTrace: Sendable {
  struct Lock: Sendable {
    var relation: ObjectName
    var mode: LockMode
    /// Nil until the transaction ends.
    var heldMs: Double?
  }

  /// The tables that were there before its script.
  var known: Set<ObjectName> = []
  /// Those that it took and that no statement before it in the transaction had taken, ROW EXCLUSIVE and stronger.
  var locks: [Lock] = []
  /// The strongest locks that its transaction held before it.
  var heldBefore: [ObjectName: LockMode] = [:]
  var rewrites: [ObjectName] = []
  var scans: [ObjectName] = []
  var walBytes: Int?
  /// Whether the locks are what another session saw from time to time, and may be fewer than were taken.
  var isSampled = false
}

extension LockMode {
  private static let systemNames: [String: LockMode] = [
    "AccessShareLock": .accessShare, "RowShareLock": .rowShare, "RowExclusiveLock": .rowExclusive,
    "ShareUpdateExclusiveLock": .shareUpdateExclusive, "ShareLock": .share,
    "ShareRowExclusiveLock": .shareRowExclusive, "ExclusiveLock": .exclusive, "AccessExclusiveLock": .accessExclusive,
  ]

  /// The mode as `pg_locks` names it, such as `AccessExclusiveLock`.
  init?(systemName: String) {
    guard let mode = Self.systemNames[systemName] else { return nil }
    self = mode
  }
}

extension StatementRun {
  /// The run as a part of a migration's result.
  var result: MigrationResult.StatementResult {
    MigrationResult.StatementResult(
      range: range, durationMs: durationMs,
      locks: trace.locks.map { .init(relation: $0.relation.description, mode: $0.mode.name, heldMs: $0.heldMs ?? 0) },
      rewrites: trace.rewrites.map(\.description), scans: trace.scans.map(\.description), walBytes: trace.walBytes)
  }
}
