import PostgresSyntax

/// Works out what names and types in a statement mean, and what the server has against them, in the order in which it
/// would notice. What isn't known raises no finding.
struct Analyzer {
  let catalog: Catalog
  private(set) var findings: [Rejection] = []
  var uses = Uses()
  /// The relations that are named, resolved.
  var relations: [ObjectID] = []
  /// Relations that are named and don't exist, with their kinds.
  var missing: [ObjectName] = []
  var scopes: [Scope] = []
  var tables: [[String: Shape]] = []
  /// The types of `$1`, `$2`, …; nil where any number may be meant.
  var parameters: [OID?]?
  /// Named parameters and variables; a type of nil isn't known.
  var variables: [String: OID?] = [:]
  /// What kind of expression is looked at, where that forbids something.
  var place = Place.query
  /// The levels of the aggregates whose arguments are being looked at.
  var aggregates: [Int] = []
  /// What around an expression can't give several rows.
  var obstacleToSets: String?
  /// Relations that exist only for a statement: OLD and NEW, transition tables.
  var transient: [String: Shape] = [:]

  /// Where an expression stands, with the server's words for it.
  enum Place: Equatable {
    case query
    case check, defaultValue, index, generated, policy, trigger, partition, using, statistics, copy
    case filter(String)

    /// How the server names it in messages.
    var text: String {
      switch self {
      case .query: "query"
      case .check: "check constraints"
      case .defaultValue: "DEFAULT expressions"
      case .index: "index expressions"
      case .generated: "column generation expressions"
      case .policy: "policy expressions"
      case .trigger: "trigger WHEN conditions"
      case .partition: "partition key expressions"
      case .using: "transform expressions"
      case .statistics: "statistics expressions"
      case .copy: "COPY FROM WHERE conditions"
      case .filter(let name): name
      }
    }

    var allowsSubqueries: Bool {
      switch self {
      case .query, .policy, .filter: true
      case .check, .defaultValue, .index, .generated, .trigger, .partition, .using, .statistics, .copy: false
      }
    }
  }

  init(_ catalog: Catalog) {
    self.catalog = catalog
  }

  // MARK: - Findings

  mutating func reject(_ reason: Rejection.Reason, at offset: Int, isCertain: Bool = true) {
    let rejection = Rejection(reason, offset: offset, isCertain: isCertain)
    // The same name again is the same finding.
    guard !findings.contains(where: { $0.reason == rejection.reason }) else { return }
    findings.append(rejection)
  }

  mutating func reject(_ message: String, _ sqlState: String, at offset: Int, isCertain: Bool = true) {
    reject(.other(message, sqlState: sqlState), at: offset, isCertain: isCertain)
  }

  mutating func truncateFindings(to count: Int) { findings.removeSubrange(count...) }

  /// Whether what doesn't exist here may exist outside the migrations.
  var isCertain: Bool { catalog.isComplete }

  func text(_ type: OID?) -> String { type.map { catalog.format($0) } ?? "unknown" }

  // MARK: - Levels

  /// Looks at something one level further in.
  mutating func inside<Result>(_ scope: Scope, _ body: (inout Analyzer) -> Result) -> Result {
    scopes.append(scope)
    defer { scopes.removeLast() }
    return body(&self)
  }

  mutating func at<Result>(_ place: Place, _ body: (inout Analyzer) -> Result) -> Result {
    let outer = self.place
    self.place = place
    defer { self.place = outer }
    return body(&self)
  }

  /// A level that shows the columns of one table, as expressions in its definition see them.
  func scope(of relation: Relation, alias: String? = nil) -> Scope {
    var item = rangeItem(of: relation)
    if let alias {
      item.alias = alias
      item.schema = nil
    }
    return Scope(items: [item])
  }

  func rangeItem(of relation: Relation) -> RangeItem {
    RangeItem(
      alias: relation.name.name, schema: relation.name.schema, shape: shape(of: relation), relation: relation.oid,
      hasSystemColumns: relation.kind != .view)
  }

  func shape(of relation: Relation) -> Shape {
    if relation.kind == .sequence {
      return Shape(columns: [
        OutputColumn(name: "last_value", type: DataType(.bigint)),
        OutputColumn(name: "log_cnt", type: DataType(.bigint)),
        OutputColumn(name: "is_called", type: DataType(.boolean)),
      ])
    }
    return Shape(
      columns: relation.columns.map { column in
        OutputColumn(
          name: column.name, type: known(column.type), source: Uses.Use(oid: relation.oid, column: column.number))
      }, isComplete: relation.hasKnownColumns)
  }

  /// A type that something is known of.
  func known(_ type: DataType?) -> DataType? {
    guard let type, type.oid == .unknown || catalog.facts(of: type.oid) != nil else { return nil }
    return type
  }

  /// The type that a statement names, reporting one that doesn't exist.
  mutating func dataType(_ name: TypeName) -> DataType? {
    switch catalog.lookUp(name) {
    case .found(let type):
      use(type.oid)
      return known(type)
    case .unknown: return nil
    case .undefined:
      if let schema = name.name.schema, !catalog.hasSchema(schema) {
        reject(.undefined(ObjectID(.schema, schema)), at: name.offset, isCertain: isCertain)
      } else {
        reject(.undefined(ObjectID(.type, name.name)), at: name.offset, isCertain: isCertain)
      }
      return nil
    }
  }

  /// Notes that a type is used; one of an extension stands for the extension.
  mutating func use(_ type: OID) {
    guard !type.isBuiltIn else { return }
    if type.isCreated {
      uses.add(type)
    } else if let facts = catalog.facts(of: type), let state = catalog.installed(facts.extension) {
      uses.add(state.oid)
    }
  }
}
