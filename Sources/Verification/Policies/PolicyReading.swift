import PostgresSyntax

/// What the policies of a database say of whose rows are whose.
struct PolicyReading {
  /// One way in which a policy lets rows through: conditions that are joined by AND.
  enum Way {
    /// The row belongs to who asks, as these columns say.
    case owned([String])
    /// Who asks may see all rows.
    case privileged(Expression)
    /// Everybody may see the row.
    case open(Expression)
  }

  let functions: SessionFunctions
  let schema: LiveSchema
  /// By table, the columns that its policies judge by, those for reading first.
  private(set) var judged: [Int: [String]] = [:]
  /// The columns that are compared with the session, with where the other side comes from.
  private(set) var sources: [TableColumn: Set<SessionSource>] = [:]
  /// Those that a policy of their own table compares itself.
  private(set) var compared: Set<TableColumn> = []
  /// The tables that policies, and functions that they call, look things up in.
  private(set) var consulted: Set<Int> = []
  /// The names of the functions that policies call.
  private(set) var called: Set<String> = []
  /// The values that policies and their functions compare something with.
  private var literals: Set<String> = []
  init(_ policies: [LivePolicy], functions: SessionFunctions, schema: LiveSchema) {
    self.functions = functions
    self.schema = schema
    let reading = policies.filter { ["SELECT", "ALL"].contains($0.command) }
    let writing = policies.filter { !["SELECT", "ALL"].contains($0.command) }
    for policy in reading + writing {
      guard let table = schema.table(policy.tableOid) else { continue }
      for text in [policy.condition, policy.checkCondition].compactMap({ $0 }) {
        if let expression = Expression(sql: text) { read(expression, table) }
      }
    }
  }

  /// The ways in which policies for reading let a role see rows.
  func ways(_ policies: [LivePolicy], _ table: LiveTable) -> [Way] {
    policies.filter { $0.isPermissive && ["SELECT", "ALL"].contains($0.command) }
      .compactMap { $0.condition.flatMap(Expression.init(sql:)) }.flatMap { ways($0, table) }
  }

  func ways(_ condition: Expression, _ table: LiveTable) -> [Way] {
    condition.alternatives.compactMap { alternative -> Way? in
      let asking = alternative.conjuncts.filter { functions.isAsked(by: $0) }
      guard !asking.isEmpty else { return alternative.isFalse ? nil : .open(alternative) }
      let judged = asking.flatMap { columns(of: table, in: $0) }
      return judged.isEmpty ? .privileged(alternative) : .owned(judged.uniqued)
    }
  }

  /// Whether rows are somebody's own, rather than those of a group: what a policy shows of them to all is meant for all.
  func isPersonal(_ ownership: Ownership) -> Bool {
    let asked = sources[TableColumn(table: ownership.table.oid, name: ownership.column)] ?? []
    let names = asked.compactMap { source -> String? in
      guard case .setting(let name, let path) = source else { return nil }
      return path.last ?? name.split(separator: ".").last.map(String.init)
    }
    return (names + [ownership.column]).contains { name in
      ["user", "sub", "email", "author", "owner", "creat", "profile", "person"].contains {
        name.lowercased().contains($0)
      }
    }
  }

  // MARK: Reading

  private mutating func read(_ condition: Expression, _ table: LiveTable) {
    for way in ways(condition, table) {
      if case .owned(let columns) = way {
        for column in columns where judged[table.oid]?.contains(column) != true {
          judged[table.oid, default: []].append(column)
        }
      }
    }
    compare(condition, [(nil, table)])
    condition.walk { part in
      switch part {
      case .subquery(let subquery): consult(subquery.query)
      case .call(let call):
        called.insert(call.name.name)
        consult(call)
      case .literal(.string(let text), _): literals.insert(text)
      default: break
      }
    }
  }

  /// Notes the columns that are compared with the session, here and in subqueries.
  private mutating func compare(_ expression: Expression, _ scope: [(alias: String?, table: LiveTable)]) {
    if case .operation(let operation) = expression, operation.operands.count == 2, operation.name.name == "=",
      operation.kind == .plain || operation.kind == .any
    {
      for (side, other) in [(0, 1), (1, 0)] {
        let found = functions.sources(of: operation.operands[other])
        guard !found.isEmpty, let column = column(operation.operands[side], in: scope) else { continue }
        sources[column, default: []].formUnion(found)
        if scope.count == 1 { compared.insert(column) }
      }
    }
    if case .subquery(let subquery) = expression {
      for query in subquery.query.allQueries {
        let inner = tables(of: query)
        for expression in query.ownExpressions { compare(expression, inner + scope) }
      }
      if let test = subquery.test { compareMembers(of: subquery.query, with: test) }
    }
    for child in expression.children { compare(child, scope) }
  }

  /// `auth.uid() IN (SELECT user_id FROM members)`
  private mutating func compareMembers(of query: Query, with test: Expression) {
    let found = functions.sources(of: test)
    guard !found.isEmpty, let target = query.targets.first?.value else { return }
    let inner = tables(of: query)
    if let column = column(target, in: inner) { sources[column, default: []].formUnion(found) }
  }

  /// The tables that a query reads, by the names that columns go by there.
  private func tables(of query: Query) -> [(alias: String?, table: LiveTable)] {
    query.from.flatMap(\.aliases).compactMap { item in
      schema.table(named: item.relation.name.description).map { (item.alias, $0) }
    }
  }

  private func column(_ expression: Expression, in scope: [(alias: String?, table: LiveTable)]) -> TableColumn? {
    switch expression {
    case .cast(let operand, _, _): return column(operand, in: scope)
    case .column(let path, isWhole: false, _):
      guard let name = path.last else { return nil }
      let qualifier = path.count > 1 ? path[path.count - 2] : nil
      let found = scope.first { item in
        (qualifier == nil || qualifier == item.alias ?? item.table.name) && item.table.column(name) != nil
      }
      return found.map { TableColumn(table: $0.table.oid, name: name) }
    default: return nil
    }
  }

  /// The columns of the table itself that an expression names: inside a subquery, those written with the table's name.
  private func columns(of table: LiveTable, in expression: Expression) -> [String] {
    var found: [String] = []
    func visit(_ expression: Expression, isInside: Bool) {
      if case .column(let path, isWhole: false, _) = expression, let name = path.last, table.column(name) != nil {
        let isQualified = path.count > 1 && path[path.count - 2] == table.name
        if isQualified || !isInside && path.count == 1 { found.append(name) }
      }
      for child in expression.children { visit(child, isInside: isInside) }
      if case .subquery(let subquery) = expression {
        for query in subquery.query.allQueries {
          // A table that is joined with itself has other names there.
          guard !query.from.flatMap(\.aliases).contains(where: { $0.alias == table.name }) else { continue }
          for expression in query.ownExpressions { visit(expression, isInside: true) }
        }
      }
    }
    visit(expression, isInside: false)
    return found.uniqued
  }

  // MARK: What is looked up

  /// By column of the tables that are looked up, the values that make somebody an administrator.
  var privileges: [TableColumn: Set<String>] {
    func isHigh(_ name: String) -> Bool {
      ["admin", "owner", "super", "staff", "root", "moderator", "manager", "operator", "support"].contains {
        name.lowercased().contains($0)
      }
    }
    let names = literals.filter(isHigh)
    var found: [TableColumn: Set<String>] = [:]
    for table in consulted.compactMap({ schema.table($0) }) {
      for column in table.columns {
        let place = TableColumn(table: table.oid, name: column.name)
        if schema.types[column.type]?.name == "bool" {
          if isHigh(column.name) { found[place] = ["true"] }
        } else if !names.isEmpty {
          found[place] = names
        }
      }
    }
    return found
  }

  private mutating func consult(_ query: Query) {
    for reference in query.relations() {
      if let table = schema.table(named: reference.name.description) { consult(table) }
    }
  }

  private mutating func consult(_ table: LiveTable) {
    consulted.insert(table.oid)
  }

  /// A function that looks something up, with the arguments that say who asks.
  private mutating func consult(_ call: FunctionCall) {
    for function in functions.functions where function.name == call.name.name {
      let body = function.body
      let asks = functions.sources[function.name] != nil
      let asked = zip(function.parameters, call.arguments).compactMap { name, argument in
        name.flatMap { name in functions.sources(of: argument).isEmpty ? nil : (name, functions.sources(of: argument)) }
      }
      guard asks || !asked.isEmpty else { continue }
      for match in body.matches(of: /'([^'\n]{1,40})'/) { literals.insert(String(match.output.1)) }
      let tables = schema.tables.filter { body.containsWord($0.name) }
      tables.forEach { consult($0) }
      for match in body.matches(of: /(\w+)\s*=\s*\(?\s*(?:select\s+)?(?:(\w+)\s*\.\s*)?(\w+)/.ignoresCase()) {
        let (column, other) = (String(match.output.1), String(match.output.3))
        let found =
          asked.first { $0.0 == other }?.1
          ?? functions.sources[other] ?? functions.sources[match.output.2.map(String.init) ?? ""] ?? []
        guard !found.isEmpty else { continue }
        for table in tables where table.column(column) != nil {
          sources[TableColumn(table: table.oid, name: column), default: []].formUnion(found)
        }
      }
    }
  }
}

extension Expression {
  /// What is joined by OR.
  var alternatives: [Expression] {
    if case .boolean(.or, let operands, _) = self { operands.flatMap(\.alternatives) } else { [self] }
  }

  /// What is joined by AND.
  var conjuncts: [Expression] {
    if case .boolean(.and, let operands, _) = self { operands.flatMap(\.conjuncts) } else { [self] }
  }

  fileprivate var isFalse: Bool { if case .literal(.boolean(false), _) = self { true } else { false } }
}

extension Array where Element: Hashable {
  /// Each element once, where it comes first.
  var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
