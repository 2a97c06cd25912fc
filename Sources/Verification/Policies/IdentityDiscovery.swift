import Postgres
import PostgresSyntax

/// Works out who uses a database where nobody says: the columns that policies judge by, what they read of the session, and
/// two tenants who differ in it.
struct IdentityDiscovery {
  var connection: Connection
  var schema: LiveSchema
  var reading: PolicyReading
  var policies: [LivePolicy]
  var seed: SeedSettings

  struct Finding {
    var identities: [Identity] = []
    /// What they own rows by.
    var keys: [String] = []
    /// What must be run first, so that somebody has rights at all.
    var preparation: [String] = []
    /// The roles that were made for tenants who are known by their roles.
    var roles: [String] = []
  }

  private struct Role: Decodable {
    var name: String
    var tables: Int
  }

  /// Columns that hold the same, because foreign keys tie them together or the same thing of the session is compared with
  /// them.
  private struct Group {
    var columns: Set<TableColumn> = []
    var sources: Set<SessionSource> = []
    /// What the two tenants are known by.
    var values: [String] = []
  }

  /// - Parameter declared: columns that say whose a row is, as the user declares them.
  func run(_ declared: [String]) throws -> Finding {
    var finding = Finding()
    var groups = groups(declared)
    for index in groups.indices { groups[index].values = values(for: groups[index]) }
    groups = groups.filter { $0.values.count == 2 }
    guard groups.contains(where: { !$0.sources.isEmpty }) else { return finding }
    let (role, stranger) = try roles(&finding)
    for (index, name) in ["first tenant", "second tenant"].enumerated() {
      let identity = tenant(name, index, groups, role)
      finding.identities.append(identity)
      guard identity.role != role else { continue }
      finding.preparation.append("CREATE ROLE \(identity.role.sqlIdentifier) IN ROLE \(role.sqlIdentifier)")
      finding.roles.append(identity.role)
    }
    finding.identities.append(Identity(name: "nobody", role: stranger))
    finding.keys = keys(groups, declared)
    return finding
  }

  private func tenant(_ name: String, _ number: Int, _ groups: [Group], _ role: String) -> Identity {
    var identity = Identity(name: name, role: role)
    var session = SessionSettings(role: role)
    for group in groups {
      let value = group.values[number]
      for place in group.columns {
        guard let column = schema.table(place.table)?.column(place.name), schema.takes(value, column) else { continue }
        identity.owns[schema.key(of: place)] = value
      }
      for source in group.sources.telling {
        if source == .role { identity.role = value } else { session.set(source, value) }
      }
    }
    identity.settings = session.values
    return identity
  }

  // MARK: Groups

  private func groups(_ declared: [String]) -> [Group] {
    var groups: [Group] = []
    func add(_ column: TableColumn, _ sources: Set<SessionSource>) {
      guard isTelling(column) else { return }
      var merged = Group(columns: [column], sources: sources)
      var open = [column]
      while let next = open.popLast() {
        for other in schema.tied(to: next) where merged.columns.insert(other).inserted { open.append(other) }
      }
      groups.removeAll { group in
        guard !group.columns.isDisjoint(with: merged.columns) || !group.sources.isDisjoint(with: merged.sources) else {
          return false
        }
        merged.columns.formUnion(group.columns)
        merged.sources.formUnion(group.sources)
        return true
      }
      groups.append(merged)
    }
    for (column, sources) in reading.sources.sorted(by: { ($0.key.table, $0.key.name) < ($1.key.table, $1.key.name) }) {
      add(column, sources)
      // Other tables call it by the same name, also without a policy or a foreign key.
      guard !["id", "key", "name"].contains(column.name),
        let type = schema.table(column.table)?.column(column.name)?.type
      else { continue }
      for table in schema.tables where table.column(column.name)?.type == type {
        add(TableColumn(table: table.oid, name: column.name), sources)
      }
    }
    for (table, names) in reading.judged.sorted(by: { $0.key < $1.key }) {
      // What is looked up, and not compared with the session itself, is a key.
      for name in names where isKey(name, table) { add(TableColumn(table: table, name: name), []) }
    }
    for column in declared.flatMap({ schema.columns(called: $0) }) { add(column, []) }
    return groups
  }

  private func isKey(_ name: String, _ table: Int) -> Bool {
    guard let table = schema.table(table) else { return false }
    return table.foreignKeys.contains { $0.columns == [name] } || table.uniqueIndexes.contains { $0.key == [name] }
  }

  /// Whether a column's values could be names or numbers of somebody.
  private func isTelling(_ column: TableColumn) -> Bool {
    guard let found = schema.table(column.table)?.column(column.name), let type = schema.types[found.type] else {
      return false
    }
    if found.isGenerated || type.element != nil { return false }
    return [.domain, .enumeration].contains(type.kind)
      || ["uuid", "int2", "int4", "int8", "numeric", "text", "varchar", "bpchar", "name", "citext"].contains(type.name)
  }

  /// The names by which rows are owned: those of what most tables are judged by first.
  private func keys(_ groups: [Group], _ declared: [String]) -> [String] {
    func weight(_ group: Group) -> Int {
      group.columns.count { reading.judged[$0.table]?.first == $0.name }
    }
    let ordered = groups.sorted { weight($0) > weight($1) }
    let names = ordered.flatMap { $0.columns.map(schema.key).sorted() }
    let first = names.filter { name in declared.contains { name.hasSuffix(".\($0)") } }
    return (first + names).uniqued
  }

  // MARK: Values

  private func values(for group: Group) -> [String] {
    let columns = group.columns.compactMap { place in
      schema.table(place.table).flatMap { table in table.column(place.name).map { (table: table, column: $0) } }
    }.sorted { ($0.table.oid, $0.column.number) < ($1.table.oid, $1.column.number) }
    let types = columns.compactMap { schema.types[$0.column.type]?.name }
    if types.contains("uuid") { return (1...2).map { "00000000-0000-4000-8000-00000000000\($0)" } }
    if let choosy = columns.first(where: { isChoosy($0.column, of: $0.table) }) {
      return made(for: choosy.column, of: choosy.table)
    }
    if types.contains(where: { ["int2", "int4", "int8", "numeric"].contains($0) }) { return ["9001", "9002"] }
    return ["tenant-1", "tenant-2"]
  }

  /// Whether a column takes only some of its type's values.
  private func isChoosy(_ column: LiveColumn, of table: LiveTable) -> Bool {
    let kind = schema.types[column.type]?.kind
    let isShort = column.modifier >= 4 && column.modifier < 12 && schema.types[column.type]?.name != "numeric"
    return kind == .enumeration || kind == .domain || isShort
      || TablePlan(table, in: schema).checkedColumns.contains(column.name)
  }

  /// Two values that the table would take.
  private func made(for column: LiveColumn, of table: LiveTable) -> [String] {
    var found: [String] = []
    var plan = TablePlan(table, in: schema)
    plan.uniqueColumns.insert(column.name)
    plan.table.foreignKeys = []
    let generator = RowGenerator(plan, tenancy: Tenancy(), seed: seed.number, now: seed.now)
    var pools: [Int: KeyPool] = [:]
    for number in 0..<40 where found.count < 2 {
      guard let row = try? generator.row(number, .init(isFull: true), pools: &pools),
        let value = generator.value(column.name, of: row), !found.contains(value)
      else { continue }
      found.append(value)
    }
    return found
  }

  // MARK: Roles

  /// What gives roles rights, where none of them may do anything with the tables that have policies: what these would let
  /// through can be seen only then.
  func rights(of identities: [Identity]) throws -> [String] {
    let names = Set(identities.map(\.role))
    let roles = try connection.rows(of: "policies/roles", Role.self).filter { names.contains($0.name) }
    guard !roles.isEmpty, roles.allSatisfy({ $0.tables == 0 }), schema.tables.contains(where: \.hasRowSecurity) else {
      return []
    }
    return roles.flatMap { grants(to: $0.name) }
  }

  private func grants(to role: String) -> [String] {
    let role = role.sqlIdentifier
    return Set(schema.tables.map(\.schema)).sorted().map(\.sqlIdentifier).flatMap { schema in
      [
        "GRANT USAGE ON SCHEMA \(schema) TO \(role)",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(schema) TO \(role)",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA \(schema) TO \(role)",
      ]
    }
  }

  /// The role of tenants, and that of somebody who has not said who he is. Where tokens say who asks, they are those that
  /// PostgREST's documentation calls so ("Authentication"); otherwise one that isolating policies are for and that may do
  /// something; failing that, one that may do everything with tables.
  private func roles(_ finding: inout Finding) throws -> (String, String) {
    let roles = try connection.rows(of: "policies/roles", Role.self)
    let names = Set(roles.map(\.name))
    let sources = Array(reading.functions.sources.values) + Array(reading.sources.values)
    let readsTokens = sources.joined().contains { source in
      if case .setting(let name, _) = source { name.hasPrefix("request.jwt.") } else { false }
    }
    if readsTokens, names.contains("authenticated") {
      return ("authenticated", names.contains("anon") ? "anon" : "authenticated")
    }
    let isolating = policies.filter { policy in
      guard let table = schema.table(policy.tableOid) else { return false }
      return reading.ways([policy], table).contains { if case .owned = $0 { true } else { false } }
    }
    let named = Dictionary(grouping: isolating.flatMap { $0.roles ?? [] }) { $0 }.mapValues(\.count)
    let able = roles.filter { $0.tables > 0 }
    if let role = able.filter({ named[$0.name] != nil }).max(by: { named[$0.name] ?? 0 < named[$1.name] ?? 0 })
      ?? able.first
    {
      return (role.name, role.name)
    }
    finding.preparation = ["CREATE ROLE schemacheck_tenant"] + grants(to: "schemacheck_tenant")
    return ("schemacheck_tenant", "schemacheck_tenant")
  }
}

struct LivePolicy: Decodable, Sendable {
  var tableOid: Int
  var name: String
  var isPermissive: Bool
  var command: String
  var roles: [String]?
  var condition: String?
  var checkCondition: String?
}

extension Set<SessionSource> {
  /// Those that can be set, and where tokens are among them, these: what else a request says is not who asks.
  fileprivate var telling: Set<SessionSource> {
    let possible = filter { source in
      guard case .setting(let name, _) = source else { return true }
      return name.wholeMatch(of: /[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)+/) != nil
    }
    let tokens = possible.filter { source in
      if case .setting(let name, _) = source { name.hasPrefix("request.jwt.") } else { false }
    }
    return tokens.isEmpty ? possible : tokens
  }
}

extension LiveSchema {
  /// What a configuration would call a column of one table.
  func key(of column: TableColumn) -> String { "\(table(column.table)?.description ?? "").\(column.name)" }
}
