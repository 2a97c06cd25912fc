import Catalog
import Diagnostics
import Migrations
import Postgres
import PostgresSyntax
import Rules

/// How the simulated catalog compares with that of a server to which the same statements were sent.
public struct Comparison: Sendable {
  /// One statement on which the simulation and the server disagree.
  public struct Misprediction: Sendable {
    public var range: SourceRange
    /// The SQLSTATE that was predicted; nil for acceptance.
    public var predicted: String?
    public var actual: String?
    public var message: String
  }

  public init() {}

  public var statements = 0
  /// Statements that the server rejected for a reason that depends on the schema.
  public var schemaFailures = 0
  /// Statements that it rejected because of data or of what is outside the files.
  public var otherFailures = 0
  /// Predicted rejections, and those of them that came with the same SQLSTATE.
  public var predictedFailures = 0
  public var confirmedFailures = 0
  public var mispredictions: [Misprediction] = []
  public var simulatedObjects = 0
  public var realObjects = 0
  public var equalObjects = 0
  public var onlySimulated: [InventoryItem] = []
  public var onlyReal: [InventoryItem] = []
  public var postgres = ""

  /// The share of objects that are the same on both sides.
  public var equality: Double {
    let all = max(simulatedObjects, realObjects)
    return all == 0 ? 1 : Double(equalObjects) / Double(all)
  }

  /// The share of predicted rejections that came.
  public var precision: Double {
    predictedFailures == 0 ? 1 : Double(confirmedFailures) / Double(predictedFailures)
  }

  /// The share of the rejections that depend on the schema that were predicted.
  public var recall: Double {
    schemaFailures == 0 ? 1 : Double(confirmedFailures) / Double(schemaFailures)
  }

  /// Compares two inventories.
  public mutating func compare(simulated: [InventoryItem], real: [InventoryItem]) {
    simulatedObjects = simulated.count
    realObjects = real.count
    var counts: [InventoryItem: Int] = [:]
    for item in simulated { counts[item, default: 0] += 1 }
    for item in real {
      if let count = counts[item], count > 0 {
        counts[item] = count - 1
        equalObjects += 1
      } else {
        onlyReal.append(item)
      }
    }
    onlySimulated = counts.flatMap { Array(repeating: $0.key, count: $0.value) }.sorted()
  }
}

/// Sends the migrations to an empty database and replays them beside it, statement by statement.
///
/// - Parameter version: the last migration to apply; nil for all.
/// - Throws: `PostgresError` where the connection is lost.
public func compareWithServer(
  _ set: MigrationSet, upTo version: String? = nil, on server: Server,
  progress: @escaping @Sendable (String) -> Void = { _ in }
) throws -> Comparison {
  try onDeepStack { Result { try compare(set, upTo: version, on: server, progress: progress) } }.get()
}

private func compare(
  _ set: MigrationSet, upTo version: String?, on server: Server, progress: (String) -> Void
) throws -> Comparison {
  let databases = Databases(server: server, searchPath: set.searchPath)
  let name = server.database("main")
  try databases.create(name)
  let connection = try server.connect(to: name)
  var run = ComparisonRun(
    connection: connection,
    replay: Replay(Catalog(isComplete: true, searchPath: set.searchPath), as: connection.majorVersion))
  run.result.postgres = connection.serverVersion
  for script in set.baseline ?? [] { try run.apply(script, wraps: false) }
  for migration in set.migrations {
    progress("migration \(migration.version)")
    for script in migration.up { try run.apply(script, wraps: set.profile(of: migration) != .statement) }
    if migration.version == version { break }
  }
  run.result.compare(simulated: run.replay.catalog.inventory, real: try Snapshot(connection).inventory)
  return run.result
}

private struct ComparisonRun {
  var connection: Connection
  var replay: Replay
  var result = Comparison()

  mutating func apply(_ script: Script, wraps: Bool) throws {
    let parsed = parse(script.file, in: script.range)
    let wraps = wraps && !parsed.statements.contains { $0.action.needsItsOwnTransaction }
    if wraps { try connection.execute("BEGIN") }
    replay.isWrapped = wraps
    for piece in parsed.pieces {
      if case .statement(let statement) = piece, statement.needsClient { continue }
      try send(piece, in: script.file, isSaved: wraps)
    }
    if wraps { _ = try rejection(of: "COMMIT") }
    if connection.isInTransaction { try connection.execute("ROLLBACK") }
    _ = try rejection(of: "DISCARD ALL")
    replay.endScript()
  }

  private mutating func send(_ piece: ParsedSQL.Piece, in file: SourceFile, isSaved: Bool) throws {
    result.statements += 1
    if isSaved { try connection.execute("SAVEPOINT schemacheck") }
    let failure = try rejection(of: file.sql(piece.range))
    if isSaved, connection.isInTransaction {
      _ = try rejection(of: failure == nil ? "RELEASE schemacheck" : "ROLLBACK TO schemacheck; RELEASE schemacheck")
    }
    var predicted: String?
    var message = ""
    switch piece {
    case .statement(let statement):
      // The simulation goes on as the server does, so that one wrong prediction is one line.
      let step = replay.run(
        statement, in: file, migration: nil, direction: .up, isAccepted: failure == nil)
      predicted = step.outcome.sqlState
      message = step.outcome.rejections.first { $0.isCertain }.map { "\($0.reason)" } ?? ""
    case .unreadable(let range):
      predicted = "42601"
      replay.skip(range, in: file)
    }
    count(predicted, failure, message, file.range(piece.range))
  }

  private mutating func count(_ predicted: String?, _ failure: PostgresError?, _ message: String, _ range: SourceRange)
  {
    let actual = failure?.sqlState
    if predicted != nil { result.predictedFailures += 1 }
    if let actual {
      if actual == predicted || failure?.dependsOnSchema == true {
        result.schemaFailures += 1
      } else {
        result.otherFailures += 1
      }
    }
    if predicted != nil, predicted == actual { result.confirmedFailures += 1 }
    guard predicted != actual else { return }
    if predicted == nil, let failure, !failure.dependsOnSchema { return }
    result.mispredictions.append(
      .init(range: range, predicted: predicted, actual: actual, message: failure?.message ?? message))
  }

  private func rejection(of sql: String) throws -> PostgresError? {
    do throws(PostgresError) {
      try connection.execute(sql)
      return nil
    } catch {
      if error.isConnectionLost { throw error }
      return error
    }
  }
}

extension Statement {
  /// Whether psql has to read rows from its input or to know a variable first.
  fileprivate var needsClient: Bool {
    if repairedCause == .psqlVariable { return true }
    if case .copy(let copy) = action { return copy.isClient }
    return false
  }
}

extension PostgresError {
  /// Whether the error follows from the schema and the statement, rather than from rows, privileges, the operating
  /// system or a limit (PostgreSQL documentation, appendix A).
  fileprivate var dependsOnSchema: Bool {
    guard let sqlState else { return false }
    let others: Set<Substring> = [
      "21", "22", "23", "27", "2D", "38", "39", "3D", "40", "44", "53", "54", "57", "58", "F0", "HV", "P0", "XX",
    ]
    if others.contains(sqlState.prefix(2)) { return false }
    // An extension that this server doesn't have.
    if sqlState == "0A000", message.hasSuffix("is not available") { return false }
    // A value that a function or an input routine of a type can't work with.
    if let sourceFile, Self.valueFiles.contains(sourceFile) { return false }
    // The locales of the operating system.
    if sqlState == "42704", message.hasPrefix("collation"), message.contains("for encoding") { return false }
    return !["42501", "55P03", "55P04", "55006"].contains(sqlState)
  }

  /// The files of the server's source that hold the functions of its types, and what looks at sessions, cursors, large
  /// objects and the machine.
  private static let valueFiles: Set<String> = [
    "acl.c", "array_userfuncs.c", "arrayfuncs.c", "arraysubs.c", "arrayutils.c", "be-fsstubs.c", "bool.c", "cash.c",
    "char.c", "date.c", "datetime.c", "dbsize.c", "encode.c", "enum.c", "float.c", "formatting.c", "genfile.c",
    "geo_ops.c", "int.c", "int8.c", "inv_api.c", "json.c", "jsonb.c", "jsonb_util.c", "jsonbsubs.c", "jsonfuncs.c",
    "jsonpath.c", "jsonpath_exec.c", "jsonpath_gram.y", "jsonpath_scan.l", "like.c", "like_match.c", "lockfuncs.c",
    "misc.c", "multirangetypes.c", "network.c", "numeric.c", "numutils.c", "oid.c", "pg_lsn.c", "portalcmds.c",
    "portalmem.c", "pquery.c", "pseudotypes.c", "rangetypes.c", "regexp.c", "rowtypes.c", "timestamp.c", "tsquery.c",
    "tsvector.c", "tsvector_op.c", "tsvector_parser.c", "uuid.c", "varbit.c", "varlena.c", "xid8funcs.c", "xml.c",
  ]
}
