import CPostgres
import Glibc

/// One session with a server. libpq allows one thread at a time for each.
public final class Connection {
  private let library: LibPQ
  /// Nil while the session is closed: libpq's functions take that for a lost connection.
  private var handle: OpaquePointer?
  private let parameters: [(key: String, value: String)]
  /// The queries that the server has planned for this session, by their text.
  private var planned: [String: String] = [:]

  /// - Parameter parameters: libpq's connection parameters; `dbname` may be a whole URL or connection string.
  /// - Throws: `PostgresError` where the server refuses or cannot be reached; `ServerError` without libpq.
  public init(_ parameters: [(key: String, value: String)]) throws {
    library = try LibPQ.shared.get()
    self.parameters = parameters
    handle = try Self.open(parameters, library)
  }

  private static func open(_ parameters: [(key: String, value: String)], _ library: LibPQ) throws -> OpaquePointer {
    let keys = parameters.map { strdup($0.key) }
    let values = parameters.map { strdup($0.value) }
    defer { (keys + values).forEach { free($0) } }
    let handle = library.connectdbParams(
      keys.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
    guard let handle else {
      throw PostgresError(sqlState: nil, message: "out of memory", isConnectionLost: true)
    }
    guard library.status(handle) == CONNECTION_OK else {
      let message = library.errorMessage(handle).map { String(cString: $0) } ?? "no connection"
      library.finish(handle)
      throw PostgresError(sqlState: nil, message: message, isConnectionLost: true)
    }
    // Notices would go to standard error.
    _ = library.setNoticeReceiver(handle, { _, _ in }, nil)
    return handle
  }

  deinit { close() }

  /// Ends the session. What is sent afterwards fails, until it is opened again.
  public func close() {
    library.finish(handle)
    handle = nil
    planned = [:]
  }

  /// Begins another session with the same database.
  ///
  /// - Throws: `PostgresError` where the server refuses it.
  public func reopen() throws {
    close()
    handle = try Self.open(parameters, library)
  }

  /// The server's version as its documentation counts it, such as `15.18`.
  public var serverVersion: String {
    let number = Int(library.serverVersion(handle))
    return "\(number / 10000).\(number % 10000)"
  }

  public var majorVersion: Int { Int(library.serverVersion(handle)) / 10000 }

  /// The process of the server that serves the session, as `pg_locks` and `pg_stat_activity` name it.
  public var processID: Int { Int(library.backendPID(handle)) }

  /// Whether the session is inside a transaction, failed or not.
  public var isInTransaction: Bool {
    library.transactionStatus(handle) != PQTRANS_IDLE
  }

  /// Whether the transaction takes no more commands because one has failed.
  public var isInFailedTransaction: Bool { library.transactionStatus(handle) == PQTRANS_INERROR }

  /// Sends SQL as it is and returns the rows of its last statement.
  ///
  /// - Throws: `PostgresError` where the server rejects it.
  @discardableResult
  public func execute(_ sql: String) throws(PostgresError) -> Rows {
    try rows(library.exec(handle, sql))
  }

  /// Sends a query that is sent often: the server plans it once for the session.
  ///
  /// - Throws: `PostgresError` where the server rejects it.
  public func executePlanned(_ query: String) throws(PostgresError) -> Rows {
    if let name = planned[query] {
      do { return try execute("EXECUTE \(name)") } catch {
        // Somebody has taken it away. Inside a transaction that ends it.
        guard error.sqlState == "26000", !isInTransaction else { throw error }
      }
    }
    let name = "schemacheck_\(planned.count)"
    try execute("PREPARE \(name) AS \(query)")
    planned[query] = name
    return try execute("EXECUTE \(name)")
  }

  /// Makes the session what it was when it began, but for what is planned.
  ///
  /// - Throws: `PostgresError` where the connection is lost.
  public func reset() throws(PostgresError) {
    // What DISCARD ALL does (PostgreSQL documentation, `DISCARD`), without DEALLOCATE ALL.
    for command in [
      "CLOSE ALL", "SET SESSION AUTHORIZATION DEFAULT", "RESET ALL", "UNLISTEN *", "DISCARD TEMP", "DISCARD SEQUENCES",
    ] {
      try execute(command)
    }
    try execute("SELECT pg_catalog.pg_advisory_unlock_all()")
  }

  /// Sends one statement with parameters, `$1` and on.
  ///
  /// - Throws: `PostgresError` where the server rejects it.
  @discardableResult
  public func query(_ sql: String, _ parameters: [String?]) throws(PostgresError) -> Rows {
    let values = parameters.map { $0.flatMap { strdup($0) } }
    defer { values.forEach { free($0) } }
    return try rows(
      library.execParams(
        handle, sql, CInt(parameters.count), nil, values.map { $0.map { UnsafePointer($0) } }, nil, nil, 0))
  }

  /// Sends a `COPY … FROM STDIN` and its rows, a piece of text after the other.
  ///
  /// - Parameter next: the next piece, in the format that the statement names; nil at the end.
  /// - Throws: `PostgresError` where the server rejects the statement or a row, and what `next` throws; then no row is kept.
  public func copy(_ sql: String, _ next: () throws -> [UInt8]?) throws {
    guard let result = library.exec(handle, sql) else { return try _ = rows(nil) }
    guard library.resultStatus(result) == PGRES_COPY_IN else { return try _ = rows(result) }
    library.clear(result)
    do {
      while let piece = try next() {
        let isSent = piece.withUnsafeBytes { bytes in
          library.putCopyData(handle, bytes.bindMemory(to: CChar.self).baseAddress, CInt(bytes.count)) == 1
        }
        guard isSent else { break }
      }
    } catch {
      _ = library.putCopyEnd(handle, "the rows could not be made")
      drain()
      throw error
    }
    _ = library.putCopyEnd(handle, nil)
    let outcome = library.getResult(handle)
    defer { drain() }
    try _ = rows(outcome)
  }

  private func rows(_ result: OpaquePointer?) throws(PostgresError) -> Rows {
    guard let result else {
      let message = library.errorMessage(handle).map { String(cString: $0) } ?? "the connection was lost"
      throw PostgresError(sqlState: nil, message: message, isConnectionLost: true)
    }
    defer { library.clear(result) }
    switch library.resultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return Rows(values: [])
    case PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE: return read(result)
    case PGRES_COPY_IN:
      _ = library.putCopyEnd(handle, "the statement's rows are not part of it")
      drain()
      throw PostgresError(sqlState: "57014", message: "COPY FROM STDIN without rows", isConnectionLost: false)
    case PGRES_COPY_OUT, PGRES_COPY_BOTH:
      drain()
      return Rows(values: [])
    default: throw error(result)
    }
  }

  private func drain() {
    while let result = library.getResult(handle) { library.clear(result) }
  }

  private func read(_ result: OpaquePointer) -> Rows {
    let columns = library.nfields(result)
    return Rows(
      columns: (0..<columns).map { library.fname(result, $0).map { String(cString: $0) } ?? "" },
      values: (0..<library.ntuples(result)).map { row in
        (0..<columns).map { column in
          library.getisnull(result, row, column) != 0
            ? nil : library.getvalue(result, row, column).map { String(cString: $0) }
        }
      })
  }

  private func error(_ result: OpaquePointer) -> PostgresError {
    // The field codes of the protocol (PostgreSQL documentation, section 55.8).
    func field(_ code: Unicode.Scalar) -> String? {
      library.resultErrorField(result, CInt(UInt8(ascii: code))).map { String(cString: $0) }
    }
    let state = field("C")
    let message = field("M") ?? library.resultErrorMessage(result).map { String(cString: $0) } ?? "unknown error"
    return PostgresError(
      sqlState: state, message: message, detail: field("D"), hint: field("H"), position: field("P").flatMap { Int($0) },
      constraint: field("n"), table: field("t"), column: field("c"), dataType: field("d"), sourceFile: field("F"),
      isConnectionLost: library.status(handle) != CONNECTION_OK)
  }
}

/// The rows of a result, as text; nil is NULL.
public struct Rows: Sendable {
  public var columns: [String] = []
  public var values: [[String?]]
}
