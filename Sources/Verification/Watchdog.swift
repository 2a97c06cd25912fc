import Foundation
import Postgres
import PostgresSyntax

/// Ends a run that takes too long: the sessions on its servers are ended, so that whoever waits for one goes on.
final class Watchdog: @unchecked Sendable {
  private let servers: [Server]
  private let limit: Int
  private let lock = NSCondition()
  private var isDone = false
  private var hasBitten = false

  init(_ servers: [Server], limit: Int) {
    self.servers = servers
    self.limit = limit
  }

  /// - Throws: `ServerError` where the time is over, and what `body` throws.
  func guarding<Value>(_ body: () throws -> Value) throws -> Value {
    let thread = Thread { [self] in watch() }
    thread.start()
    let result = Result { try body() }
    lock.withLock {
      isDone = true
      lock.signal()
    }
    if lock.withLock({ hasBitten }) {
      throw ServerError(
        "verify took longer than \(limit) seconds; raise limits.total in schemacheck.yml, or limits.statement is what to lower"
      )
    }
    return try result.get()
  }

  private func watch() {
    let deadline = Date(timeIntervalSinceNow: Double(limit))
    lock.lock()
    while !isDone, Date() < deadline { _ = lock.wait(until: deadline) }
    let isLate = !isDone
    hasBitten = isLate
    lock.unlock()
    guard isLate else { return }
    for server in servers { endSessions(of: server) }
  }

  private func endSessions(of server: Server) {
    if ThrowawayServer.stop(server) { return }
    guard let admin = try? server.connectAsAdministrator() else { return }
    let names = try? admin.query(
      "SELECT datname FROM pg_catalog.pg_database WHERE pg_catalog.starts_with(datname, $1)", [server.prefix])
    for case let name? in names?.values.compactMap(\.first) ?? [] {
      _ = try? admin.execute("ALTER DATABASE \(name.sqlIdentifier) ALLOW_CONNECTIONS false")
    }
    let query = """
      SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
      WHERE pid <> pg_catalog.pg_backend_pid() AND pg_catalog.starts_with(datname, $1)
      """
    _ = try? admin.query(query, [server.prefix])
  }
}
