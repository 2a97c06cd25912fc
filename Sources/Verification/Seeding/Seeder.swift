import Foundation
import Postgres
import PostgresSyntax

/// What rows are made of.
public struct SeedSettings: Sendable {
  /// Another number gives other rows.
  public var number = 1
  /// How many rows each table gets, where nothing else is said.
  public var rows = 60
  /// How many rows tables get, by name.
  public var tables: [String: Int] = [:]
  /// The time that counts as now, in seconds since 1970.
  public var now: Double

  /// - Parameter now: 1 January 2024 where nobody says anything else.
  public init(now: Double = 1_704_067_200) { self.now = now }
}

/// Fills the tables of a database, those that others refer to first.
struct Seeder {
  /// How one table fared.
  struct Report: Sendable {
    var table: LiveTable
    /// The rows that are there now, and those that were made.
    var rows = 0
    var made = 0
    var durationMs = 0.0
    /// What the rows have to satisfy.
    var constraints = 0
    /// Whether they went in only with the table's triggers switched off.
    var isWithoutTriggers = false
    /// Why there are no rows, or fewer than wanted.
    var obstacle: String?
  }

  let schema: LiveSchema
  private(set) var tenancy: Tenancy
  private let settings: SeedSettings
  var now: Double { settings.now }
  private(set) var pools: [Int: KeyPool] = [:]
  private(set) var generators: [Int: RowGenerator] = [:]
  /// The tables whose triggers take rows only from somebody.
  private(set) var needsSession: Set<Int> = []
  /// The tables that take rows only while their triggers are switched off.
  private(set) var needsNoTriggers: Set<Int> = []
  /// The session that works out what checks derive from other columns.
  private var connection: Connection?
  /// By table, the number of the next row.
  private var next: [Int: Int] = [:]

  init(_ schema: LiveSchema, settings: SeedSettings, tenancy: Tenancy) {
    self.schema = schema
    self.settings = settings
    self.tenancy = tenancy
    var referred: [Int: Set<String>] = [:]
    for table in schema.roots {
      for key in table.foreignKeys {
        if let target = key.target { referred[target, default: []].formUnion(key.targetColumns ?? []) }
      }
    }
    for (table, columns) in referred {
      pools[table] = KeyPool(columns: columns.union(tenancy.columns[table] ?? []))
    }
  }

  /// Brings every table to the number of rows that the settings want.
  ///
  /// - Throws: `PostgresError` where the connection is lost.
  mutating func seed(_ connection: Connection) throws -> [Report] {
    self.connection = connection
    return try schema.inOrderOfReference.map { try seed($0, connection) }
  }

  /// A row that the table would take now.
  ///
  /// - Throws: `RowGenerator.Obstacle` where there is none.
  mutating func newRow(
    of table: LiveTable, _ wish: RowGenerator.Wish = .init()
  ) throws(RowGenerator.Obstacle) -> [String?] {
    prepare(table)
    let number = next[table.oid, default: 0]
    next[table.oid] = number + 1
    guard let generator = generators[table.oid] else { return [] }
    let row = try generator.row(number, wish, pools: &pools)
    // What is to break a check may be what others derive something from.
    let wanted = generator.plan.derivations.filter { wish.fixed[$0.column] == nil }
    guard wish.ignored.isEmpty, !wanted.isEmpty, let connection else { return row }
    return (try? connection.deriving(wanted, row, generator.plan.columns, of: table)) ?? row
  }

  /// The table has been emptied: its keys are free again.
  mutating func forgetKeys(of table: LiveTable) { generators[table.oid]?.forget() }

  func columns(of table: LiveTable) -> [LiveColumn] { generators[table.oid]?.plan.columns ?? [] }

  private mutating func prepare(_ table: LiveTable) {
    guard generators[table.oid] == nil else { return }
    generators[table.oid] = RowGenerator(
      TablePlan(table, in: schema), tenancy: tenancy, seed: settings.number, now: settings.now)
  }

  // MARK: One table

  private mutating func seed(_ table: LiveTable, _ connection: Connection) throws -> Report {
    prepare(table)
    var report = Report(table: table)
    let start = ContinuousClock.now
    report.constraints = table.constraints.count + table.columns.count { $0.isNotNull }
    let existing = try read(table, connection)
    let wanted = settings.tables[table.description] ?? usualCount(table)
    if existing < wanted {
      report.obstacle = try fill(table, wanted - existing, connection)
      try advanceSequences(table, connection)
    }
    report.durationMs = (ContinuousClock.now - start).milliseconds
    report.rows =
      try connection.execute("SELECT count(*) FROM \(table.sql)").values.first?.first?.flatMap { Int($0) } ?? 0
    report.made = report.rows - existing
    report.isWithoutTriggers = needsNoTriggers.contains(table.oid)
    return report
  }

  /// Of what each row of another table has at most one, some rows have none.
  private func usualCount(_ table: LiveTable) -> Int {
    let parents = table.foreignKeys.filter { key in
      let columns = Set(key.columns ?? [])
      return table.uniqueIndexes.contains { !$0.key.isEmpty && columns.isSuperset(of: $0.key) }
    }
    let counts = parents.compactMap { $0.target.flatMap { pools[$0]?.count } }
    return counts.min().map { min(settings.rows, max(1, $0 * 2 / 3)) } ?? settings.rows
  }

  /// Takes over the keys of rows that are there; gives their number.
  private mutating func read(_ table: LiveTable, _ connection: Connection) throws -> Int {
    guard let generator = generators[table.oid] else { return 0 }
    var names = Set(generator.plan.uniqueKeys.flatMap(\.key))
    names.formUnion(pools[table.oid]?.columns.keys.filter { $0 != KeyPool.owner } ?? [])
    let columns = names.sorted()
    let list = columns.isEmpty ? "1" : columns.map { "\($0.sqlIdentifier)::text" }.joined(separator: ", ")
    let rows = try connection.execute("SELECT \(list) FROM \(table.sql)").values
    for row in rows {
      remember(table) { name in columns.firstIndex(of: name).flatMap { row[$0] } }
    }
    // Keys that are counted go on after the last one.
    let counted = columns.indices.filter { table.column(columns[$0])?.isCounted == true }
    let last = rows.flatMap { row in counted.compactMap { row[$0].flatMap { Int($0) } } }.max() ?? 0
    next[table.oid] = max(next[table.oid, default: 0], rows.count, rows.isEmpty ? 0 : last + 1)
    return rows.count
  }

  private mutating func remember(_ table: LiveTable, _ row: [String?]) {
    generators[table.oid]?.remember(row: row)
    guard pools[table.oid] != nil, let generator = generators[table.oid] else { return }
    let value = { (column: String) in generator.value(column, of: row) }
    let owner = generator.owner(of: value, &pools)
    pools[table.oid]?.add(owner: owner, value)
  }

  private mutating func remember(_ table: LiveTable, _ value: (String) -> String?) {
    generators[table.oid]?.remember(value)
    guard pools[table.oid] != nil else { return }
    let owner = generators[table.oid]?.owner(of: value, &pools)
    pools[table.oid]?.add(owner: owner, value)
  }

  /// Adds rows with COPY. Where the server rejects one of them, they are sent again one by one, and those that it
  /// accepts are kept.
  private mutating func fill(
    _ table: LiveTable, _ count: Int, _ connection: Connection, isRetry: Bool = false
  ) throws -> String? {
    guard let generator = generators[table.oid] else { return nil }
    let columns = generator.plan.columns
    let saved = (generators[table.oid], pools[table.oid], next[table.oid])
    var obstacle: String?
    var remaining = count
    let list = columns.map(\.name.sqlIdentifier).joined(separator: ", ")
    // While rows are copied, the session can't be asked anything.
    if !generator.plan.derivations.isEmpty { return try fillOneByOne(table, count, connection).reason }
    do {
      try connection.copy("COPY \(table.sql) (\(list)) FROM STDIN") {
        var text = CopyText()
        while remaining > 0, text.bytes.count < 65536 {
          remaining -= 1
          guard let row = makeRow(table, &obstacle) else {
            remaining = 0
            break
          }
          text.add(row)
        }
        return text.bytes.isEmpty ? nil : text.bytes
      }
    } catch let error as PostgresError {
      if error.isConnectionLost { throw error }
      (generators[table.oid], pools[table.oid], next[table.oid]) = saved
      let (accepted, reason) = try fillOneByOne(table, count, connection)
      guard accepted == 0, !isRetry, error.sqlState != nil else { return reason }
      if table.hasInsertTrigger, !tenancy.isEmpty {
        (generators[table.oid], pools[table.oid], next[table.oid]) = saved
        needsSession.insert(table.oid)
        let (accepted, reason) = try fillOneByOne(table, count, connection)
        if accepted > 0 { return reason }
        needsSession.remove(table.oid)
      }
      guard table.hasTriggers else { return reason }
      return try fillWithoutTriggers(table, count, connection, reason)
    }
    if table.hasInsertTrigger, pools[table.oid] != nil {
      // A trigger may have changed the keys.
      (generators[table.oid], pools[table.oid], _) = saved
      pools[table.oid] = pools[table.oid].map { KeyPool(columns: $0.columns.keys.filter { $0 != KeyPool.owner }) }
      _ = try read(table, connection)
    }
    return obstacle
  }

  private mutating func makeRow(_ table: LiveTable, _ obstacle: inout String?) -> [String?]? {
    do {
      let row = try newRow(of: table)
      remember(table, row)
      return row
    } catch {
      obstacle = error.reason
      return nil
    }
  }

  /// Where the table's own triggers keep every row out, the rows go in without them, so that the rest can be seen.
  private mutating func fillWithoutTriggers(
    _ table: LiveTable, _ count: Int, _ connection: Connection, _ reason: String?
  ) throws -> String? {
    try connection.execute("ALTER TABLE \(table.sql) DISABLE TRIGGER USER")
    let obstacle = try fill(table, count, connection, isRetry: true)
    try connection.execute("ALTER TABLE \(table.sql) ENABLE TRIGGER USER")
    let rows = try connection.execute("SELECT count(*) FROM \(table.sql)").values.first?.first ?? nil
    guard rows != "0" else { return obstacle ?? reason }
    needsNoTriggers.insert(table.oid)
    return reason
  }

  private mutating func fillOneByOne(
    _ table: LiveTable, _ count: Int, _ connection: Connection
  ) throws -> (accepted: Int, reason: String?) {
    var reasons: [String: Int] = [:]
    var accepted = 0
    for _ in 0..<(count * 4 + 40) where accepted < count {
      let row: [String?]
      // Strangers have no session in which their rows could be made.
      let tenant = needsSession.contains(table.oid) ? next[table.oid, default: 0] % tenancy.count : nil
      do { row = try newRow(of: table, .init(tenant: tenant)) } catch {
        reasons[error.reason, default: 0] += 1
        break
      }
      do throws(PostgresError) {
        if needsSession.contains(table.oid), let generator = generators[table.oid] {
          let owner = generator.owner(of: { generator.value($0, of: row) }, &pools)
          for statement in tenancy.assumption(of: owner) { try connection.execute(statement) }
        }
        try connection.execute(insertion(of: row, into: table))
        accepted += 1
        remember(table, row)
      } catch {
        if error.isConnectionLost { throw error }
        reasons["\(error.sqlState ?? ""): \(error.message)", default: 0] += 1
      }
    }
    return (accepted, accepted == count ? nil : reasons.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key)
  }

  /// An INSERT of the row as it is, perhaps into a partition of the table that it is made for.
  func insertion(of row: [String?], into table: LiveTable, madeFor whole: LiveTable? = nil) -> String {
    table.insertion(columns(of: whole ?? table).map(\.name), row.map { $0?.sqlLiteral ?? "NULL" })
  }

  private func advanceSequences(_ table: LiveTable, _ connection: Connection) throws {
    for column in table.columns {
      guard let sequence = column.sequence, ["int2", "int4", "int8"].contains(schema.types[column.type]?.name) else {
        continue
      }
      try connection.query(
        "SELECT pg_catalog.setval($1::pg_catalog.regclass, greatest(max(\(column.name.sqlIdentifier)), 1)) FROM \(table.sql)",
        [sequence])
    }
  }
}

/// Rows in the text format of COPY (PostgreSQL documentation, `COPY`, "Text Format").
struct CopyText {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ row: [String?]) {
    var isFirst = true
    for value in row {
      if !isFirst { bytes.append(UInt8(ascii: "\t")) }
      isFirst = false
      guard let value else {
        bytes += [UInt8(ascii: "\\"), UInt8(ascii: "N")]
        continue
      }
      for byte in value.utf8 {
        switch byte {
        case UInt8(ascii: "\\"): bytes += [byte, byte]
        case UInt8(ascii: "\n"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
        case UInt8(ascii: "\r"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
        case UInt8(ascii: "\t"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
        default: bytes.append(byte)
        }
      }
    }
    bytes.append(UInt8(ascii: "\n"))
  }
}

extension LiveSchema {
  /// Tables after those that they refer to; where they refer to each other in a circle, after those that they can't be
  /// without.
  var inOrderOfReference: [LiveTable] {
    var order: [LiveTable] = []
    var placed: Set<Int> = []
    var open = roots
    while !open.isEmpty {
      func waits(_ table: LiveTable, for isNeeded: (LiveConstraint) -> Bool) -> Bool {
        table.foreignKeys.contains { key in
          guard let target = key.target, target != table.oid, !placed.contains(target) else { return false }
          return isNeeded(key)
        }
      }
      func isRequired(_ key: LiveConstraint, _ table: LiveTable) -> Bool {
        (key.columns ?? []).allSatisfy { table.column($0)?.isNotNull == true }
      }
      let index =
        open.firstIndex { !waits($0) { _ in true } }
        ?? open.firstIndex { table in !waits(table) { isRequired($0, table) } } ?? 0
      let table = open.remove(at: index)
      placed.insert(table.oid)
      order.append(table)
    }
    return order
  }
}
