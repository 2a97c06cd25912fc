import Diagnostics
import Postgres
import PostgresSyntax

/// What one identity can see, add, change and delete in one table, against what isolation allows: its own rows.
struct PolicyMatrix {
  var laboratory: PolicyLaboratory
  var ownership: Ownership
  /// The policies for reading that are for the identity.
  var policies: [LivePolicy]
  /// Rows of somebody else and of its own that the table would take.
  var foreignRow: String?
  /// What the project says that the identity sees, in place of its own rows.
  var declared: String?
  /// Whether a TRUNCATE of somebody's gets to the server: a program that speaks for those who have tokens sends none.
  var canTruncate = true
  /// A column that can be changed without breaking anything, with a value for it.
  var change: (column: String, value: String)?
  /// What the policies for reading say.
  var visibility = Visibility()

  var table: LiveTable { ownership.table }
  var identity: Identity { laboratory.identity }

  func checks() throws -> [Finding] {
    let found = [try reads(), try oracle()].compactMap { $0 }
    return found + (try writes())
  }

  func reads() throws -> Finding { try declared.map(seesAsDeclared) ?? sees() }

  /// What was found out, before it is a check.
  struct Finding {
    var name: String
    var subject: String
    var isLeak: Bool
    /// Whether it could not be found out.
    var isOpen = false
    var message: String
    var expected: String
    var actual: String
    var sqlState: String?
    /// What the identity sends to get through.
    var statement: String?
  }

  func finding(
    _ command: String, leak: Bool, _ message: String, expected: String = "", actual: String = "",
    statement: String? = nil,
    sqlState: String? = nil
  ) -> Finding {
    Finding(
      name: "\(table)/\(identity.name)/\(command)", subject: table.description, isLeak: leak, message: message,
      expected: expected, actual: actual, sqlState: sqlState, statement: statement)
  }

  // MARK: SELECT

  private func seesAsDeclared(_ condition: String) throws -> Finding {
    let list = "SELECT t.tableoid::text || t.ctid::text FROM \(table.sql) AS t"
    let (outcome, expected) = try laboratory.experiment {
      let outcome = try laboratory.act(list)
      for setting in identity.assumption.dropLast() { try laboratory.connection.execute(setting) }
      return (outcome, try laboratory.connection.execute("\(list) WHERE (\(condition))").values)
    }
    let (seen, meant) = (Set(outcome.rows.compactMap { $0.first ?? nil }), Set(expected.compactMap { $0.first ?? nil }))
    let (surplus, missing) = (seen.subtracting(meant).count, meant.subtracting(seen).count)
    return finding(
      "select", leak: surplus + missing > 0,
      surplus + missing == 0
        ? "'\(identity.name)' sees the \(seen.count) rows of \(table) that it is declared to see"
        : "'\(identity.name)' sees other rows of \(table) than it is declared to see",
      expected: "the \(meant.count) rows with \(condition)",
      actual: outcome.error?.summary ?? "\(surplus) rows more, \(missing) rows missing",
      statement: "SELECT * FROM \(table.sql)", sqlState: outcome.error?.sqlState)
  }

  /// What there is of a table, and what the identity sees of it.
  private struct View {
    var visible: [String]
    /// The owner of each row, by its place.
    var owners: [String: String?]
    /// The rows that everybody may see.
    var open: Set<String>
  }

  private func sees() throws -> Finding {
    guard try laboratory.may("SELECT", table.sql) else {
      return try seesColumns() ?? finding("select", leak: false, "'\(identity.name)' may not read \(table)")
    }
    let statement = "SELECT t.tableoid::text || t.ctid::text FROM \(table.sql) AS t"
    let (outcome, owners, open) = try laboratory.experiment {
      (
        try laboratory.act(statement), try laboratory.places(ownership),
        try laboratory.places(of: table, where: visibility.open)
      )
    }
    let own = laboratory.value(in: ownership)
    let mine = own.map { own in owners.values.count { $0 == own } } ?? 0
    if let error = outcome.error {
      let isBroken = mine > 0 || identity.seesEverything
      return finding(
        "select", leak: isBroken,
        isBroken
          ? "'\(identity.name)' may read \(table), and can't: \(error.message)"
          : "'\(identity.name)' can't read \(table)",
        expected: "\(mine) rows of its own", actual: error.summary, statement: "SELECT * FROM \(table.sql)",
        sqlState: error.sqlState)
    }
    let view = View(visible: outcome.rows.compactMap { $0.first ?? nil }, owners: owners, open: open)
    if identity.seesEverything {
      let isBlind = view.visible.count < owners.count
      return finding(
        "select", leak: isBlind,
        "'\(identity.name)' sees \(view.visible.count) of all \(owners.count) rows of \(table)",
        expected: "all \(owners.count) rows", actual: "\(view.visible.count) rows",
        statement: "SELECT * FROM \(table.sql)")
    }
    return try leak(view, own) ?? blindness(view, own, mine)
  }

  /// Rows of others, and of nobody, that are seen although no policy says that they are for all.
  private func leak(_ view: View, _ own: String?) throws -> Finding? {
    let closed = view.visible.filter { !view.open.contains($0) }
    let foreign = closed.count { place in
      guard let owner = view.owners[place] ?? nil else { return false }
      return owner != own
    }
    let nobodys = closed.count { view.owners[$0] == .some(nil) }
    guard foreign > 0 || nobodys > 0 && ownership.isDirect else { return nil }
    if let right = try visibility.rights.first(where: { try laboratory.holds($0) }) {
      return Finding(
        name: "\(table)/\(identity.name)/select", subject: table.description, isLeak: false, isOpen: true,
        message: "'\(identity.name)' may see all rows of \(table), because of \(right)", expected: "", actual: "")
    }
    if foreign > 0 {
      let total = view.owners.values.count { $0 != nil && $0 != own }
      return finding(
        "select", leak: true,
        "'\(identity.name)' sees \(foreign) of \(total) rows of \(table) that are somebody else's",
        expected: "only rows whose \(ownership.column) is \(own ?? "nobody's")", actual: "\(foreign) rows of others",
        statement: "SELECT * FROM \(table.sql)")
    }
    return finding(
      "select-nobody", leak: true, "'\(identity.name)' sees \(nobodys) rows of \(table) that belong to nobody",
      expected: "only rows whose \(ownership.column) is \(own ?? "nobody's")",
      actual: "\(nobodys) rows with NULL in \(ownership.column)",
      statement: "SELECT * FROM \(table.sql) WHERE \(ownership.column.sqlIdentifier) IS NULL")
  }

  private func blindness(_ view: View, _ own: String?, _ mine: Int) -> Finding {
    let seen = view.visible.count { view.owners[$0] == .some(own) && own != nil }
    // Where a policy lets it look by its own name alone, it should see what bears that name.
    if mine > 0, seen == 0, visibility.isByName || !table.hasRowSecurity {
      return finding(
        "select", leak: true, "'\(identity.name)' sees none of its own \(mine) rows of \(table)",
        expected: "rows whose \(ownership.column) is \(own ?? "")", actual: "no rows",
        statement: "SELECT * FROM \(table.sql)")
    }
    let others = view.visible.count { view.open.contains($0) }
    return finding(
      "select", leak: false,
      "'\(identity.name)' sees \(seen) rows of its own in \(table), and none of others"
        + (others > 0 ? " but \(others) that a policy shows to all" : ""))
  }

  /// Some columns only: rows are told apart by what can be read of them.
  private func seesColumns() throws -> Finding? {
    let columns = try laboratory.columns(of: table, for: "SELECT")
    guard !columns.isEmpty, !identity.seesEverything else { return nil }
    let list = columns.map { "t.\($0.sqlIdentifier)" }.joined(separator: ", ")
    let condition = "NOT coalesce((\(visibility.open ?? "false")), false)"
    let (outcome, foreign) = try laboratory.experiment {
      let outcome = try laboratory.act("SELECT row_to_json(r)::text FROM (SELECT \(list) FROM \(table.sql) AS t) AS r")
      let query =
        "SELECT row_to_json(r)::text FROM (SELECT \(list) FROM \(table.sql) AS t WHERE \(laboratory.isForeign(ownership, alias: "t")) AND t.ctid IN (SELECT ctid FROM \(table.sql) WHERE \(condition))) AS r"
      return (outcome, Set(try laboratory.connection.execute(query).values))
    }
    let seen = outcome.rows.count { foreign.contains($0) }
    let own = laboratory.value(in: ownership)
    return finding(
      "select", leak: seen > 0,
      seen > 0
        ? "'\(identity.name)' sees \(columns.quotedNames) of \(seen) rows of \(table) that are somebody else's"
        : "'\(identity.name)' sees \(columns.quotedNames) of no rows of others in \(table)",
      expected: "only rows whose \(ownership.column) is \(own ?? "nobody's")", actual: "\(seen) rows of others",
      statement: "SELECT \(columns.map(\.sqlIdentifier).joined(separator: ", ")) FROM \(table.sql)")
  }

  /// What policies show is what their conditions, written into the query, would show: a difference means that something
  /// goes past them.
  ///
  /// Source: Rigger, Su, "Detecting optimization bugs in database engines via non-optimizing reference engine
  /// construction", ESEC/FSE 2020, whose comparison of two ways to one result this borrows.
  private func oracle() throws -> Finding? {
    guard table.hasRowSecurity else { return nil }
    func joined(_ isPermissive: Bool, _ separator: String, _ none: String) -> String {
      let conditions = policies.filter { $0.isPermissive == isPermissive }.map { "(\($0.condition ?? "true"))" }
      return conditions.isEmpty ? none : conditions.joined(separator: separator)
    }
    let condition = "(\(joined(true, " OR ", "false"))) AND (\(joined(false, " AND ", "true")))"
    let name = table.name.sqlIdentifier
    let list =
      "SELECT pg_catalog.count(*), pg_catalog.md5(pg_catalog.string_agg(\(name).ctid::text, ',' ORDER BY \(name).ctid)) FROM \(table.sql)"
    let (actual, inlined) = try laboratory.experiment { () -> (PolicyLaboratory.Outcome, PolicyLaboratory.Outcome) in
      let actual = try laboratory.act(list)
      try laboratory.connection.execute("ALTER TABLE \(table.sql) DISABLE ROW LEVEL SECURITY")
      return (actual, try laboratory.act("\(list) WHERE \(condition)"))
    }
    guard actual.error == nil, inlined.error == nil else { return nil }
    let isSame = actual.rows == inlined.rows
    return finding(
      "oracle", leak: !isSame,
      isSame
        ? "what '\(identity.name)' sees of \(table) is what the conditions of its policies select"
        : "what '\(identity.name)' sees of \(table) is not what the conditions of its policies select",
      expected: "\(inlined.rows.first?.first.flatMap { $0 } ?? "") rows, as the conditions select",
      actual: "\(actual.rows.first?.first.flatMap { $0 } ?? "") rows", statement: "SELECT * FROM \(table.sql)")
  }
}
