import Foundation
import Postgres
import PostgresSyntax

/// The tables of a real database with all that decides which rows they take.
struct LiveSchema: Sendable {
  private(set) var tables: [LiveTable] = []
  private(set) var types: [Int: LiveType] = [:]
  private var positions: [Int: Int] = [:]
  /// By table, the foreign keys that refer to it.
  private(set) var referring: [Int: [(table: Int, key: LiveConstraint)]] = [:]

  /// - Throws: `PostgresError` where the server rejects the queries.
  init(_ connection: Connection) throws {
    types = Dictionary(
      uniqueKeysWithValues: try connection.rows(of: "schema/types", LiveType.self).map { ($0.oid, $0) })
    tables = try connection.rows(of: "schema/tables", LiveTable.self)
    positions = Dictionary(uniqueKeysWithValues: tables.enumerated().map { ($1.oid, $0) })
    for column in try connection.rows(of: "schema/columns", LiveColumn.self) {
      if let table = positions[column.tableOid] { tables[table].columns.append(column) }
    }
    for constraint in try connection.rows(of: "schema/constraints", LiveConstraint.self) {
      guard let table = positions[constraint.tableOid] else { continue }
      tables[table].constraints.append(constraint)
      guard constraint.kind == .foreignKey else { continue }
      tables[table].foreignKeys.append(constraint)
      if let target = constraint.target { referring[target, default: []].append((constraint.tableOid, constraint)) }
    }
    for index in try connection.rows(of: "schema/unique_indexes", LiveUniqueIndex.self) {
      if let table = positions[index.tableOid] { tables[table].uniqueIndexes.append(index) }
    }
  }

  var oids: Set<Int> { Set(positions.keys) }

  func table(_ oid: Int?) -> LiveTable? { oid.flatMap { positions[$0] }.map { tables[$0] } }

  /// The table of a name, with its schema or found in `public`.
  func table(named name: String) -> LiveTable? {
    tables.first { $0.description == name } ?? tables.first { $0.name == name && $0.schema == "public" }
      ?? tables.first { $0.name == name }
  }

  /// The tables into which rows are put: partitions get theirs through the partitioned table.
  var roots: [LiveTable] { tables.filter { $0.parent == nil } }

  /// - Parameter names: with their schemas.
  func roots(without names: Set<String>) -> [LiveTable] { roots.filter { !names.contains($0.fullName) } }

  /// The partitioned table that a partition belongs to, however far up.
  func root(of table: LiveTable) -> LiveTable { self.table(table.parent).map(root) ?? table }

  /// The partitions below a partitioned table that hold rows themselves.
  func leaves(of table: LiveTable) -> [LiveTable] {
    tables.filter { $0.parent == table.oid }.flatMap { $0.isPartitioned ? leaves(of: $0) : [$0] }
  }

  /// The tables that a table's foreign keys point to.
  func targets(of table: LiveTable) -> [LiveTable] { table.foreignKeys.compactMap { self.table($0.target) } }
}

struct LiveTable: Decodable, Sendable, CustomStringConvertible {
  var oid: Int
  var schema: String
  var name: String
  var isPartitioned: Bool
  /// The partitioned table that it is a part of.
  var parent: Int?
  /// What rows of a partition fulfil.
  var bound: String?
  var isDefaultPartition: Bool?
  /// As `PARTITION BY` writes it.
  var partitionKey: String?
  var hasRowSecurity: Bool
  var forcesRowSecurity: Bool
  var owner: String
  /// Whether a trigger may change rows before they are stored.
  var hasInsertTrigger: Bool
  var hasTriggers: Bool
  var columns: [LiveColumn] = []
  var constraints: [LiveConstraint] = []
  var foreignKeys: [LiveConstraint] = []
  var uniqueIndexes: [LiveUniqueIndex] = []

  private enum CodingKeys: CodingKey {
    case oid, schema, name, isPartitioned, parent, bound, isDefaultPartition, partitionKey, hasRowSecurity
    case forcesRowSecurity, owner, hasInsertTrigger, hasTriggers
  }

  /// As SQL names it.
  var sql: String { ObjectName(schema: schema, name).sql }
  /// As people name it.
  var description: String { schema == "public" ? name : "\(schema).\(name)" }

  /// With its schema, as snapshots name it.
  var fullName: String { "\(schema).\(name)" }

  /// An INSERT of values, as SQL, for some of the columns; those that the server counts may be among them.
  func insertion(_ columns: [String], _ values: [String]) -> String {
    guard !columns.isEmpty else { return "INSERT INTO \(sql) DEFAULT VALUES" }
    let overriding = columns.contains { column($0)?.isIdentity == true } ? " OVERRIDING SYSTEM VALUE" : ""
    return "INSERT INTO \(sql) (\(columns.map(\.sqlIdentifier).joined(separator: ", ")))\(overriding) VALUES ("
      + values.joined(separator: ", ") + ")"
  }

  func column(_ name: String) -> LiveColumn? { columns.first { $0.name == name } }
  /// The columns that rows give values for.
  var storedColumns: [LiveColumn] { columns.filter { !$0.isGenerated } }
  var primaryKey: LiveConstraint? { constraints.first { $0.kind == .primaryKey } }
}

/// A class, as it is handed around for every value that is made.
final class LiveColumn: Decodable, Sendable {
  let tableOid: Int
  let number: Int
  let name: String
  let type: Int
  /// Length, precision and the like, as `pg_attribute.atttypmod` encodes it.
  let modifier: Int
  let typeName: String
  let isNotNull: Bool
  let defaultValue: String?
  let isIdentity: Bool
  let isGenerated: Bool
  /// The sequence that belongs to it.
  let sequence: String?

  /// Whether the server counts its values.
  var isCounted: Bool { isIdentity || sequence != nil || defaultValue?.hasPrefix("nextval(") == true }
}

final class LiveConstraint: Decodable, Sendable {
  enum Kind: String, Decodable, Sendable {
    case check = "c"
    case foreignKey = "f"
    case primaryKey = "p"
    case unique = "u"
    case exclusion = "x"
  }

  /// What happens to the rows that refer to a row which goes.
  enum Action: String, Decodable, Sendable {
    case noAction = "a"
    case restrict = "r"
    case cascade = "c"
    case setNull = "n"
    case setDefault = "d"
    /// The constraint is no foreign key.
    case none = " "
  }

  let oid: Int
  let tableOid: Int
  let name: String
  let kind: Kind
  let columns: [String]?
  let expression: String?
  let definition: String
  let target: Int?
  let targetColumns: [String]?
  let onDelete: Action
  let onUpdate: Action
  let matchesFull: Bool
  let isDeferred: Bool
  let isValidated: Bool

  /// The columns of a foreign key with those that they refer to.
  var pairs: [(column: String, target: String)] {
    (0..<min(columns?.count ?? 0, targetColumns?.count ?? 0)).map { (columns![$0], targetColumns![$0]) }
  }
}

struct LiveUniqueIndex: Decodable, Sendable {
  var tableOid: Int
  var name: String
  /// The plain columns of its key.
  var columns: [String]?
  var hasExpressions: Bool
  /// The columns that its key, expressions and condition mention.
  var mentioned: [String]?
  /// The condition of a partial index.
  var condition: String?
  var hasEqualNulls: Bool
  var isConstraint: Bool

  /// The columns whose values together must not be there twice; those in the expressions too.
  var key: [String] { hasExpressions ? mentioned ?? columns ?? [] : columns ?? [] }
}

final class LiveType: Decodable, Sendable {
  enum Kind: String, Decodable, Sendable {
    case base = "b"
    case composite = "c"
    case domain = "d"
    case enumeration = "e"
    case range = "r"
    case multirange = "m"
  }

  struct Field: Decodable, Sendable {
    var type: Int
    var modifier: Int
  }

  struct Check: Decodable, Sendable {
    var name: String
    var expression: String
  }

  let oid: Int
  let schema: String
  let name: String
  let kind: Kind
  let isNotNull: Bool
  /// What a domain is made of.
  let base: Int?
  let modifier: Int
  /// What an array holds.
  let element: Int?
  let labels: [String]?
  let fields: [Field]?
  /// What a range spans, or the range of a multirange.
  let subtype: Int?
  let checks: [Check]?
}

extension Connection {
  /// The rows of a query in `Queries`, each as a value.
  func rows<Row: Decodable>(of query: String, _ type: Row.Type) throws -> [Row] {
    let text = embeddedTexts["Queries/\(query).sql"] ?? ""
    return try decode(executePlanned("SELECT pg_catalog.json_agg(r) FROM (\(text)) AS r"), type)
  }

  func rows<Row: Decodable>(ofQuery text: String, _ type: Row.Type) throws -> [Row] {
    try decode(execute("SELECT pg_catalog.json_agg(r) FROM (\(text)) AS r"), type)
  }

  private func decode<Row: Decodable>(_ result: Rows, _ type: Row.Type) throws -> [Row] {
    guard let json = result.values.first?.first ?? nil else { return [] }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode([Row].self, from: Data(json.utf8))
  }
}
