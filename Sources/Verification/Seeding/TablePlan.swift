import Diagnostics
import PostgresSyntax

/// What is known of a table before its first row is made.
struct TablePlan {
  var table: LiveTable
  var schema: LiveSchema
  /// The columns that rows give values for, in the order of the table.
  var columns: [LiveColumn]
  /// What every row must fulfil.
  var conditions: [Solver.Condition] = []
  /// What rows must fulfil to go to one of the partitions; one empty list where there are none.
  var partitions: [[Solver.Condition]] = [[]]
  /// The keys of which no two rows may have the same.
  var uniqueKeys: [LiveUniqueIndex]
  /// The columns that alone tell rows apart.
  var uniqueColumns: Set<String>
  /// What the names of columns promise.
  var topics: [String: TextTopic] = [:]
  /// What checks derive from other columns.
  var derivations: [Derivation] = []
  /// The columns that the conditions mention.
  var checkedColumns: Set<String> = []
  /// By column, the members of JSON objects from which other columns are generated, with their types.
  var jsonFields: [String: [String: String]] = [:]

  init(_ table: LiveTable, in schema: LiveSchema) {
    self.table = table
    self.schema = schema
    // What nobody knows values for is left to its default.
    columns = table.storedColumns.filter { column in
      schema.canMake(column.type) || column.isNotNull && column.defaultValue == nil && !column.isIdentity
    }
    for column in columns { topics[column.name] = TextTopic(column: column.name) }
    uniqueKeys = table.uniqueIndexes
    uniqueColumns = Set(table.uniqueIndexes.filter { $0.key.count == 1 }.flatMap(\.key))
    conditions = table.constraints.filter { $0.kind == .check }.compactMap {
      $0.expression.flatMap(Expression.init(sql:)).map { .init(expression: $0, result: .passes) }
    }
    for column in columns {
      conditions += schema.domainChecks(of: column.type).map {
        .init(expression: $0, result: .passes, subject: column.name)
      }
    }
    let leaves = schema.leaves(of: table)
    let usual = leaves.filter { $0.isDefaultPartition != true }
    if !leaves.isEmpty { partitions = (usual.isEmpty ? leaves : usual).map(\.boundConditions) }
    for column in table.columns where column.isGenerated {
      guard let expression = column.defaultValue.flatMap(Expression.init(sql:)) else { continue }
      for (document, key) in expression.jsonMembers {
        jsonFields[document, default: [:]][key] = schema.types[column.type]?.name ?? "text"
      }
    }
    let keys = Set(table.foreignKeys.flatMap { $0.columns ?? [] })
    derivations = conditions.filter { $0.subject == nil }.flatMap { Derivation.all(in: $0.expression) }
      .filter { !keys.contains($0.column) }
    for condition in conditions + partitions.joined() {
      if let subject = condition.subject { checkedColumns.insert(subject) }
      condition.expression.walk { if let column = $0.plainColumn { checkedColumns.insert(column) } }
    }
  }
}

extension LiveTable {
  /// What the rows of a partition fulfil.
  var boundConditions: [Solver.Condition] {
    bound.flatMap(Expression.init(sql:)).map { [.init(expression: $0, result: .isTrue)] } ?? []
  }
}

extension LiveSchema {
  /// The checks of a domain, and of the domain that it is made of.
  func domainChecks(of type: Int) -> [Expression] {
    guard let found = types[type], found.kind == .domain else { return [] }
    return (found.checks ?? []).compactMap { Expression(sql: $0.expression) }
      + (found.base.map(domainChecks) ?? [])
  }

  /// Whether a NULL in a column of the type is refused by a domain.
  func refusesNull(_ type: Int) -> Bool {
    guard let found = types[type], found.kind == .domain else { return false }
    return found.isNotNull || (found.base.map(refusesNull) ?? false)
  }

  /// Whether values of a type can be made.
  func canMake(_ oid: Int) -> Bool {
    guard let type = types[oid] else { return false }
    if let element = type.element { return canMake(element) }
    switch type.kind {
    case .base: return familyOfType[type.name] != nil
    case .domain: return type.base.map(canMake) ?? false
    case .enumeration: return type.labels?.isEmpty == false
    case .range, .multirange: return type.subtype.map(canMake) ?? false
    case .composite: return (type.fields ?? []).allSatisfy { canMake($0.type) }
    }
  }
}

extension Expression {
  /// Reads an expression as the server writes it; nil where the parser doesn't.
  init?(sql: String) {
    let parsed = parse(SourceFile(path: "", text: "SELECT \(sql)"))
    guard case .query(let query)? = parsed.statements.first?.action, let target = query.targets.first else {
      return nil
    }
    self = target.value
  }
}

extension Expression {
  /// The members of JSON documents that it reads: the column and the key of each `column ->> 'key'`.
  fileprivate var jsonMembers: [(document: String, key: String)] {
    var found: [(String, String)] = []
    walk { expression in
      guard case .operation(let operation) = expression, ["->", "->>"].contains(operation.name.name),
        let document = operation.operands.first?.plainColumn, let key = operation.operands.last?.constant
      else { return }
      found.append((document, key))
    }
    return found
  }
}
