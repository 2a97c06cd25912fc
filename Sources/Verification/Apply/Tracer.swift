import Catalog
import Foundation
import Postgres
import PostgresSyntax

/// Watches what the statements of one session do to the relations that were there before.
///
/// Locks on relations are held until the transaction ends, so what a statement took can be read from `pg_locks` after it
/// (PostgreSQL documentation, section 13.3.1 "Table-Level Locks"); a new file means that the rows were written anew. What
/// runs outside of transactions is watched by a second session.
final class Tracer {
  private struct Relation {
    var name: ObjectName
    var file: String
    var isTable: Bool
  }

  private let connection: Connection
  /// Makes the second session.
  private let connect: () throws -> Connection
  /// The second session, once it is needed.
  private var observer: Connection?
  private var relations: [String: Relation] = [:]
  private var known: Set<ObjectName> = []
  private var held: [String: Set<LockMode>] = [:]
  private var scans: [String: Int] = [:]
  private var wal = 0

  init(_ connection: Connection, connect: @escaping () throws -> Connection) {
    self.connection = connection
    self.connect = connect
  }

  /// Remembers what is there before a script.
  func begin() throws {
    relations = try readRelations()
    known = Set(relations.values.filter(\.isTable).map(\.name))
    held = [:]
    scans = [:]
    _ = try change()
  }

  /// What has changed since the last look, inside a transaction.
  func change() throws -> StatementTrace {
    var trace = StatementTrace(known: known)
    var taken: [String: Set<LockMode>] = [:]
    var counts: [String: Int] = [:]
    for row in try connection.execute(embeddedTexts["Queries/trace/state.sql"] ?? "").values {
      guard let kind = row[0], let oid = row[1], let value = row[2] else { continue }
      if kind == "wal" {
        let bytes = Int(value) ?? 0
        trace.walBytes = max(0, bytes - wal)
        wal = bytes
      }
      guard let relation = relations[oid] else { continue }
      switch kind {
      case "lock": if let mode = LockMode(systemName: value) { taken[oid, default: []].insert(mode) }
      case "scan": counts[oid] = Int(value)
      case "file":
        // What has been dropped has no file any more.
        if value != relation.file, !value.isEmpty, !relation.file.isEmpty { trace.rewrites.append(relation.name) }
        relations[oid]?.file = value
      default: break
      }
    }
    trace.heldBefore = strongest(held)
    for (oid, modes) in taken {
      for mode in modes.subtracting(held[oid] ?? []) where mode >= .rowExclusive {
        if let relation = relations[oid] { trace.locks.append(.init(relation: relation.name, mode: mode)) }
      }
    }
    for (oid, count) in counts where count > scans[oid] ?? 0 {
      if let relation = relations[oid] { trace.scans.append(relation.name) }
    }
    held = taken
    scans = counts
    return trace.sorted
  }

  /// Forgets the locks of a transaction that has ended.
  func endTransaction() {
    held = [:]
  }

  /// Does something outside of transactions while the second session watches.
  func watching<Value>(_ body: () throws -> Value) throws -> (value: Value, trace: StatementTrace) {
    let observer = try self.observer ?? connect()
    self.observer = observer
    let sampler = LockSampler(of: connection.processID, on: observer)
    let result = Result { try body() }
    let samples = sampler.stop()
    let value = try result.get()
    var trace = StatementTrace(known: known)
    trace.isSampled = true
    for sample in samples {
      guard let relation = relations[sample.relation], sample.mode >= .rowExclusive else { continue }
      trace.locks.append(.init(relation: relation.name, mode: sample.mode, heldMs: sample.heldMs))
    }
    let now = try readRelations()
    for (oid, relation) in relations where !relation.file.isEmpty {
      if let file = now[oid]?.file, file != relation.file { trace.rewrites.append(relation.name) }
      relations[oid]?.file = now[oid]?.file ?? relation.file
    }
    trace.walBytes = try change().walBytes
    return (value, trace.sorted)
  }

  private func readRelations() throws -> [String: Relation] {
    var found: [String: Relation] = [:]
    for row in try connection.execute(embeddedTexts["Queries/trace/relations.sql"] ?? "").values {
      guard let oid = row[0], let schema = row[1], let name = row[2] else { continue }
      found[oid] = Relation(name: ObjectName(schema: schema, name), file: row[3] ?? "", isTable: row[4] == "t")
    }
    return found
  }

  private func strongest(_ locks: [String: Set<LockMode>]) -> [ObjectName: LockMode] {
    var found: [ObjectName: LockMode] = [:]
    for (oid, modes) in locks { if let relation = relations[oid] { found[relation.name] = modes.max() } }
    return found
  }
}

extension StatementTrace {
  /// The same in an order that doesn't depend on the run.
  fileprivate var sorted: StatementTrace {
    var trace = self
    trace.locks.sort { ($0.relation.description, $0.mode) < ($1.relation.description, $1.mode) }
    trace.rewrites.sort { $0.description < $1.description }
    trace.scans.sort { $0.description < $1.description }
    return trace
  }
}

/// Looks again and again at the locks of a session, from another one.
private final class LockSampler: @unchecked Sendable {
  struct Sample {
    var relation: String
    var mode: LockMode
    var heldMs: Double
  }

  private struct Key: Hashable {
    var relation: String
    var mode: LockMode
  }

  private let connection: Connection
  private let process: String
  private let lock = NSLock()
  private var isStopped = false
  private let done = DispatchSemaphore(value: 0)
  /// When each lock was seen first and last.
  private var seen: [Key: (first: ContinuousClock.Instant, last: ContinuousClock.Instant)] = [:]

  init(of process: Int, on connection: Connection) {
    self.process = String(process)
    self.connection = connection
    Thread.detachNewThread { [self] in
      while !lock.withLock({ isStopped }) { look() }
      done.signal()
    }
  }

  /// Ends the thread, and gives what it has seen.
  func stop() -> [Sample] {
    lock.withLock { isStopped = true }
    done.wait()
    return seen.map { key, times in
      Sample(relation: key.relation, mode: key.mode, heldMs: (times.last - times.first).milliseconds)
    }
  }

  private func look() {
    let query = embeddedTexts["Queries/trace/sample.sql"] ?? ""
    guard let rows = try? connection.query(query, [process]).values else {
      lock.withLock { isStopped = true }
      return
    }
    let now = ContinuousClock.now
    for row in rows {
      guard let relation = row[0], let mode = row[1].flatMap(LockMode.init(systemName:)) else { continue }
      let key = Key(relation: relation, mode: mode)
      seen[key] = (seen[key]?.first ?? now, now)
    }
  }
}
