import PostgresSyntax

/// Whose rows are whose: who there is, and which columns say it.
///
/// A row is of one tenant in all its columns, and so is what it refers to. Besides the tenants there are strangers: rows
/// of somebody else, of whom there may be many.
struct Tenancy: Sendable {
  /// By what a configuration calls it: a column's name, or a table's and a column's.
  private(set) var keys: [String] = []
  /// How many tenants there are.
  private(set) var count = 0
  /// By column, what each tenant is known by there.
  private var values: [TableColumn: [String?]] = [:]
  /// By column, what a configuration calls it.
  private(set) var key: [TableColumn: String] = [:]
  /// By table, the columns that say whose a row is, the most telling first.
  private(set) var columns: [Int: [String]] = [:]
  private var judged: [Int: [String]] = [:]
  /// What each tenant's session has set.
  private var settings: [[String: String]] = []
  /// By column, the values that would give a tenant more rights than others have.
  var privileges: [TableColumn: Set<String>] = [:]

  init() {}

  /// - Parameters:
  ///   - keys: the names by which identities own rows, the most telling first.
  ///   - judged: by table, the columns that its policies judge by, which say it best.
  init(_ identities: [Identity], _ keys: [String], _ judged: [Int: [String]] = [:], in schema: LiveSchema) {
    self.keys = keys
    self.judged = judged
    let tenants = identities.filter { !$0.owns.isEmpty }
    count = tenants.count
    settings = tenants.map(\.settings)
    guard count > 0 else { return }
    for name in keys {
      let own = tenants.map { $0.owns[name] }
      assign(own, name, to: schema.columns(called: name, taking: own.compactMap { $0 }), in: schema)
    }
    for column in key.keys { columns[column.table, default: []].append(column.name) }
    for (table, names) in columns {
      let order = (judged[table] ?? []) + keys.map { String($0.split(separator: ".").last ?? "") }
      columns[table] = names.sorted { a, b in
        let (first, second) = (order.firstIndex(of: a) ?? .max, order.firstIndex(of: b) ?? .max)
        return (first, a) < (second, b)
      }
    }
  }

  /// Columns that foreign keys tie together hold the same.
  private mutating func assign(
    _ own: [String?], _ name: String, to start: [TableColumn], in schema: LiveSchema
  ) {
    var open = start
    while let column = open.popLast() {
      guard values[column] == nil else { continue }
      values[column] = own
      key[column] = name
      open += schema.tied(to: column)
    }
  }

  var isEmpty: Bool { count == 0 }

  /// Whether a policy for reading or writing the table judges by the column.
  func isJudged(_ column: String, in table: Int) -> Bool { judged[table]?.contains(column) == true }

  /// What the tenant is known by in a column; nil for strangers, and where the column doesn't say.
  func value(_ column: String, of table: Int, for tenant: Int) -> String? {
    guard tenant < count else { return nil }
    return values[TableColumn(table: table, name: column)]?[tenant]
  }

  /// What the tenants are known by in a column.
  func known(by column: String, in table: Int) -> [String] {
    values[TableColumn(table: table, name: column)]?.compactMap { $0 } ?? []
  }

  /// Whose a row is, as far as its own columns say: a tenant, `count` for a stranger, nil for nobody.
  func owner(in table: Int, _ value: (String) -> String?) -> Int? {
    for column in columns[table] ?? [] {
      guard let value = value(column) else { continue }
      return (0..<count).first { self.value(column, of: table, for: $0) == value } ?? count
    }
    return nil
  }

  /// What makes a session a tenant's, or the first one's for a stranger, for as long as it lasts; nothing without tenants.
  func assumption(of tenant: Int?) -> [String] {
    guard !settings.isEmpty else { return [] }
    return settings[tenant.map { $0 % count } ?? 0].assignments(isLocal: false)
  }

  /// The tenant whose turn it is.
  func turn(_ number: Int) -> Int { number % (count + 1) }
}

/// A column of a table.
struct TableColumn: Hashable, Sendable {
  var table: Int
  var name: String
}

extension LiveSchema {
  /// The columns that a configuration means: of one table where it names one, of all tables otherwise.
  func columns(called name: String, taking values: [String] = []) -> [TableColumn] {
    guard let dot = name.lastIndex(of: ".") else {
      return tables.filter { table in
        table.column(name).map { column in values.allSatisfy { takes($0, column) } } ?? false
      }.map { TableColumn(table: $0.oid, name: name) }
    }
    let column = String(name[name.index(after: dot)...])
    guard let table = table(named: String(name[..<dot])), let found = table.column(column),
      values.allSatisfy({ takes($0, found) })
    else { return [] }
    return ([table] + leaves(of: table)).map { TableColumn(table: $0.oid, name: column) }
  }

  /// Whether a column's type takes a value at all.
  func takes(_ value: String, _ column: LiveColumn) -> Bool {
    switch types[column.type]?.name {
    case "uuid": value.count == 36
    case "int2", "int4", "int8", "numeric": Double(value) != nil
    default: types[column.type]?.element == nil
    }
  }

  /// The columns at the other ends of foreign keys that the column is a part of.
  func tied(to column: TableColumn) -> [TableColumn] {
    guard let table = table(column.table) else { return [] }
    var found = table.foreignKeys.flatMap { key in
      key.pairs.filter { $0.column == column.name }.compactMap { pair in
        key.target.map { TableColumn(table: $0, name: pair.target) }
      }
    }
    for (other, key) in referring[column.table] ?? [] {
      found += key.pairs.filter { $0.target == column.name }.map { TableColumn(table: other, name: $0.column) }
    }
    return found
  }
}
