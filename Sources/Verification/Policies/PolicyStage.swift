import Diagnostics
import Postgres
import PostgresSyntax

/// Puts row level security to the test: every identity against every table, view and function.
struct PolicyStage {
  var connect: () throws -> Connection
  let users: Users
  var repro: ReproScript
  /// What the project says that identities see.
  var visible: [VisibleRows] = []
  private var seeder: Seeder
  private let owners: [Ownership]
  /// Tables and views that are not under test, with their schemas.
  private let presupposed: Set<String>
  private var identities: [Identity] { users.identities }

  init(
    users: Users, presupposed: Set<String>, seeder: Seeder, repro: ReproScript,
    connect: @escaping () throws -> Connection
  ) {
    self.connect = connect
    self.users = users
    self.repro = repro
    self.seeder = seeder
    owners = Ownership.all(in: seeder.schema, seeder.tenancy)
    self.presupposed = presupposed
  }

  mutating func run() throws -> [CheckResult] {
    var log = CheckLog()
    log += misunderstandings()
    guard !owners.isEmpty else { return log.checks }
    let admin = try connect()
    let policies = Dictionary(grouping: users.policies, by: \.tableOid)
    let views = try admin.rows(of: "policies/readable", NonInterference.View.self)
      .filter { !presupposed.contains("\($0.schema).\($0.name)") }
    let definers = try admin.rows(of: "policies/definers", NonInterference.Definer.self)
      // What policies ask of everybody's rows is theirs to ask.
      .filter { !($0.isTest && users.reading.called.contains($0.name)) }
    for identity in identities {
      var laboratory = PolicyLaboratory(connection: try connect(), identity: identity, owners: owners)
      for ownership in owners where try isConcerned(ownership, laboratory) {
        let matrix = try matrix(ownership, policies[ownership.table.oid] ?? [], laboratory)
        laboratory.open[ownership.table.oid] = matrix.visibility.open
        var findings = try matrix.checks()
        if !identity.seesEverything, ownership.table.parent == nil {
          let channels = CovertChannels(laboratory: laboratory, ownership: ownership)
          findings += try channels.findings(try attempts(ownership, laboratory))
        }
        for finding in findings { log.append(try check(finding, ownership, laboratory)) }
      }
      if let used = used(identity) {
        for ownership in owners where try isConcerned(ownership, laboratory) {
          let session = PolicyLaboratory(connection: laboratory.connection, identity: used, owners: owners)
          let matrix = try matrix(ownership, policies[ownership.table.oid] ?? [], session)
          log.append(try check(try matrix.reads(), ownership, session))
        }
      }
      let interference = NonInterference(laboratory: laboratory, schema: seeder.schema)
      for finding in try interference.findings(views, definers) {
        log.append(try check(finding, nil, laboratory))
      }
    }
    log += try unowned(admin)
    return log.checks
  }

  /// Somebody who has said nothing, in a session in which somebody else has: what was set for a transaction is not unset
  /// after it, but empty.
  private func used(_ identity: Identity) -> Identity? {
    let names = Set(identities.flatMap(\.settings.keys))
    guard identity.settings.isEmpty, identity.owns.isEmpty, !identity.seesEverything, !names.isEmpty else { return nil }
    var used = identity
    used.name += " in a used session"
    for name in names { used.settings[name] = "" }
    return used
  }

  /// Tables of which nothing says whose their rows are, and that somebody may read.
  private func unowned(_ admin: Connection) throws -> [CheckResult] {
    let schema = seeder.schema
    let owned = Set(owners.map(\.table.oid))
    return try schema.roots(without: presupposed).filter { !owned.contains($0.oid) }.compactMap { table in
      let reader = try identities.first { identity in
        try !identity.seesEverything
          && PolicyLaboratory(connection: admin, identity: identity, owners: []).may(
            "SELECT", table.sql, anyColumn: true)
      }
      return reader.map { reader in
        CheckResult(
          id: "policies/\(table)/unowned", stage: "policies", subject: table.description, status: .skipped,
          message:
            "nothing says whose the rows of \(table) are; '\(reader.name)' may read all that its policies let through")
      }
    }
  }

  /// What the configuration says of identities and the database knows nothing of, and what nobody has said.
  private func misunderstandings() -> [CheckResult] {
    let schema = seeder.schema
    let unknown = identities.flatMap { identity in
      identity.owns.keys.filter { schema.columns(called: $0).isEmpty }.sorted().map { (identity.name, $0) }
    }
    let columns = unknown.map { name, column in
      CheckResult(
        id: "policies/\(name)/owns/\(column)", stage: "policies", subject: name, status: .errored,
        message: "'\(name)' owns rows by '\(column)', and no table has such a column")
    }
    let tables = visible.filter { schema.table(named: $0.table) == nil }.map { rows in
      CheckResult(
        id: "policies/visible/\(rows.table)", stage: "policies", subject: rows.table, status: .errored,
        message: "the configuration says what is seen of '\(rows.table)', and there is no such table")
    }
    guard identities.isEmpty, schema.tables.contains(where: \.hasRowSecurity) else { return columns + tables }
    return columns + tables + [
      CheckResult(
        id: "policies/identities", stage: "policies", subject: "identities", status: .skipped,
        message:
          "row level security was not tried: no policy tells whom it lets see which rows; name identities in the configuration"
      )
    ]
  }

  /// Partitions are a side door only where somebody has rights on them.
  private func isConcerned(_ ownership: Ownership, _ laboratory: PolicyLaboratory) throws -> Bool {
    guard !presupposed.contains(ownership.table.fullName) else { return false }
    guard ownership.table.parent != nil else { return true }
    return try ["SELECT", "UPDATE", "DELETE"].contains { try laboratory.may($0, ownership.table.sql) }
  }

  private func check(
    _ finding: PolicyMatrix.Finding, _ ownership: Ownership?, _ laboratory: PolicyLaboratory
  ) throws -> CheckResult {
    CheckResult(
      id: "policies/\(finding.name)", stage: "policies", subject: finding.subject,
      status: finding.isOpen ? .skipped : finding.isLeak ? .failed : .passed, message: finding.message,
      expected: finding.isLeak ? finding.expected : nil, actual: finding.isLeak ? finding.actual : nil,
      sqlState: finding.sqlState,
      repro: finding.isLeak
        ? try finding.statement.map { try repro.text($0, as: laboratory, about: ownership) } : nil)
  }

  // MARK: Rows to try with

  private mutating func matrix(
    _ ownership: Ownership, _ policies: [LivePolicy], _ laboratory: PolicyLaboratory
  ) throws -> PolicyMatrix {
    let reading = try (ownership.table.hasRowSecurity ? policies : []).filter {
      try ["SELECT", "ALL"].contains($0.command) && laboratory.isMeant(by: $0)
    }
    var matrix = PolicyMatrix(laboratory: laboratory, ownership: ownership, policies: reading)
    matrix.visibility = try Visibility(reading, ownership, users.reading) { condition in
      guard !condition.containsWord(ownership.column) else { return false }
      return try users.reading.isPersonal(ownership) || !laboratory.isUsual(condition, on: ownership.table)
    }
    matrix.declared =
      visible.first {
        ($0.table == ownership.table.description || $0.table == ownership.table.name)
          && ($0.identity ?? laboratory.identity.name) == laboratory.identity.name
      }?.condition
    matrix.canTruncate = !identities.contains { $0.settings.keys.contains { $0.hasPrefix("request.jwt.") } }
    guard ownership.table.parent == nil else {
      // The partitioned table's turn was first.
      let whole = owners.first { seeder.schema.root(of: ownership.table).oid == $0.table.oid }
      if let whole, let row = try row(whole, laboratory, isOwn: false) { matrix.change = change(whole.table, row) }
      return matrix
    }
    if let row = try row(ownership, laboratory, isOwn: false) {
      matrix.foreignRow = seeder.insertion(of: row, into: ownership.table)
      matrix.change = change(ownership.table, row)
    }
    return matrix
  }

  /// A row that the table takes from the administrator, and that is the identity's or somebody else's.
  private mutating func row(
    _ ownership: Ownership, _ laboratory: PolicyLaboratory, isOwn: Bool, fixed: [String: String?] = [:]
  ) throws -> [String?]? {
    let own = laboratory.value(in: ownership)
    let tenants = identities.filter { !$0.owns.isEmpty }
    let tenant =
      isOwn
      ? self.tenant(laboratory.identity)
      : tenants.firstIndex {
        $0.owns[ownership.key] != nil && $0.owns[ownership.key] != own
      }
    guard let tenant else { return nil }
    var wish = RowGenerator.Wish(fixed: fixed, isFull: true, tenant: tenant)
    if ownership.isDirect, let owner = tenants[tenant].owns[ownership.key], fixed[ownership.column] == nil {
      wish.fixed[ownership.column] = .some(owner)
    }
    let probe = Probe(connection: laboratory.connection)
    for _ in 0..<3 {
      guard let row = try? seeder.newRow(of: ownership.table, wish) else { return nil }
      let insertion = seeder.insertion(of: row, into: ownership.table)
      if try probe.session({ try probe.rejection(of: [insertion]) }) == nil { return row }
    }
    return nil
  }

  /// A column that nothing depends on.
  private func change(_ table: LiveTable, _ row: [String?]) -> (column: String, value: String)? {
    let taken = Set(
      table.uniqueIndexes.flatMap { $0.mentioned ?? $0.key } + table.foreignKeys.flatMap { $0.columns ?? [] }
        + (seeder.generators[table.oid].map { Array($0.plan.checkedColumns) } ?? [])
        + (seeder.tenancy.columns[table.oid] ?? []))
    let columns = seeder.columns(of: table)
    let free = columns.indices.filter {
      !columns[$0].isIdentity && table.partitionKey?.contains(columns[$0].name) != true
    }
    guard
      let index = free.first(where: { !taken.contains(columns[$0].name) })
        ?? free.first(where: { index in
          !table.uniqueIndexes.contains { $0.key.contains(columns[index].name) }
            && seeder.tenancy.columns[table.oid]?.contains(columns[index].name) != true
        })
    else { return nil }
    return (columns[index].name, row[index]?.sqlLiteral ?? "NULL")
  }

  /// Rows of the identity's own that refer to rows of others, and that have keys of others.
  private mutating func attempts(
    _ ownership: Ownership, _ laboratory: PolicyLaboratory
  ) throws -> CovertChannels.Attempts {
    var attempts = CovertChannels.Attempts()
    let table = ownership.table
    guard laboratory.value(in: ownership) != nil, ownership.isDirect else { return attempts }
    for key in table.foreignKeys where key.columns?.contains(ownership.column) == false {
      guard let parent = owners.first(where: { $0.table.oid == key.target }) else { continue }
      let list = key.pairs.map { "t.\($0.target.sqlIdentifier)::text" }.joined(separator: ", ")
      let rows = try laboratory.connection.execute(
        "SELECT \(list) FROM \(parent.table.sql) AS t WHERE \(laboratory.isForeign(parent, alias: "t")) ORDER BY t.tableoid, t.ctid LIMIT 1"
      ).values
      guard let found = rows.first else { continue }
      let fixed = Dictionary(uniqueKeysWithValues: zip(key.pairs.map(\.column), found))
      if let row = try row(ownership, laboratory, isOwn: true, fixed: fixed) {
        let isUnguessable = key.pairs.allSatisfy { parent.table.column($0.target)?.typeName == "uuid" }
        let isSecret =
          isUnguessable && !users.reading.consulted.contains(table.oid)
          && (users.reading.isPersonal(ownership) || users.reading.isPersonal(parent))
        attempts.references.append((key, seeder.insertion(of: row, into: table), isSecret))
      }
    }
    for index in table.uniqueIndexes where isGuessable(index, ownership) {
      if let insertion = try duplicate(index.key, index.condition, ownership, laboratory) {
        attempts.duplicates.append((index.name, insertion))
      }
    }
    for constraint in table.constraints where constraint.kind == .exclusion {
      guard let columns = constraint.columns, !columns.contains(ownership.column) else { continue }
      if let insertion = try duplicate(columns, nil, ownership, laboratory) {
        attempts.duplicates.append((constraint.name, insertion))
      }
    }
    return attempts
  }

  /// A row of the identity's own with the key of somebody else's. The administrator can't add it either: whether the
  /// identity is told why is the question.
  private mutating func duplicate(
    _ key: [String], _ condition: String?, _ ownership: Ownership, _ laboratory: PolicyLaboratory
  ) throws -> String? {
    let table = ownership.table
    let list = key.map { "t.\($0.sqlIdentifier)::text" }.joined(separator: ", ")
    let rows = try laboratory.connection.execute(
      "SELECT \(list) FROM \(table.sql) AS t WHERE \(laboratory.isForeign(ownership, alias: "t"))"
        + (condition.map { " AND (\($0))" } ?? "") + " ORDER BY t.tableoid, t.ctid LIMIT 1"
    ).values
    guard let found = rows.first, !found.contains(nil) else { return nil }
    let wish = RowGenerator.Wish(
      fixed: [ownership.column: laboratory.value(in: ownership)], isFull: true, tenant: tenant(laboratory.identity))
    guard let row = try? seeder.newRow(of: table, wish) else { return nil }
    let subject = ConstraintSubject(table: table, base: row, columns: seeder.columns(of: table))
    let changed = subject.changing(Dictionary(zip(key, found)) { first, _ in first })
    return changed.map { seeder.insertion(of: $0, into: table) }
  }

  /// The number under which rows are made for an identity.
  private func tenant(_ identity: Identity) -> Int? {
    identities.filter { !$0.owns.isEmpty }.firstIndex { $0.name == identity.name }
  }

  /// Whether somebody could come upon the key of somebody else's row: not where it says whose it is, is counted by the
  /// server, or is too long a number.
  private func isGuessable(_ index: LiveUniqueIndex, _ ownership: Ownership) -> Bool {
    let table = ownership.table
    guard !index.key.isEmpty, !index.hasExpressions, !index.key.contains(ownership.column) else { return false }
    return !index.key.contains { name in
      guard let column = table.column(name) else { return true }
      return column.isGenerated || column.isCounted || column.typeName == "uuid"
        || table.foreignKeys.contains { $0.columns?.contains(name) == true }
    }
  }
}
