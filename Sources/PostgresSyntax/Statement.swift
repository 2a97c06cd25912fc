/// What one SQL statement does, in the vocabulary rules are written in.
public struct Statement: Hashable, Sendable {
  /// The statement's text in its file, without leading blanks and comments and without the semicolon.
  public var range: Range<Int>
  public var action: Action

  public init(range: Range<Int>, action: Action) {
    self.range = range
    self.action = action
  }
}

public indirect enum Action: Hashable, Sendable {
  case createTable(CreateTable)
  case createTableAs(CreateTableAs)
  case alterTable(AlterTable)
  case createIndex(CreateIndex)
  case createSequence(CreateSequence)
  case alterSequence(CreateSequence)
  case createView(CreateView)
  case createFunction(CreateFunction)
  case createTrigger(CreateTrigger)
  case createType(CreateType)
  case alterEnum(AlterEnum)
  case createSchema(CreateSchema)
  case createExtension(CreateExtension)
  case createPolicy(CreatePolicy)
  case alterPolicy(CreatePolicy)
  case createRole(String)
  case drop(Drop)
  case rename(Rename)
  case setSchema(ObjectKind, ObjectName, to: String)
  case grant(Grant)
  case grantRole
  case defaultPrivileges(Grant)
  case comment(Comment)
  case query(Query)
  case insert(Modification)
  case update(Modification)
  case delete(Modification)
  case merge(Modification)
  case truncate([Reference], cascade: Bool)
  case copy(Reference?, isFrom: Bool)
  case refresh(Reference, concurrently: Bool)
  case lock([Reference])
  case transaction(TransactionCommand)
  case set(SetVariable)
  case doBlock(CodeBody)
  /// A statement that needs no model yet, by the grammar's name for it.
  case other(String)
}

public enum TransactionCommand: Hashable, Sendable {
  case begin, commit, rollback
  case savepoint(String)
  case release(String)
  case rollbackTo(String)
  case other
}

public struct SetVariable: Hashable, Sendable {
  public var name: String
  public var values: [String]
  public var isLocal: Bool
}

/// INSERT, UPDATE, DELETE or MERGE.
public struct Modification: Hashable, Sendable {
  public var table: Reference
  public var columns: [Column] = []
  public var source: Query?
  public var with: [CommonTableExpression] = []
  public var from: [FromItem] = []
  public var filter: Expression?
  public var otherExpressions: [Expression] = []

  public struct Column: Hashable, Sendable {
    public var name: String
    public var value: Expression?
    public var offset: Int
  }

  /// The expressions that belong to the statement itself.
  public var ownExpressions: [Expression] {
    columns.compactMap(\.value) + from.flatMap(\.expressions) + (filter.map { [$0] } ?? []) + otherExpressions
  }
}

extension Action {
  /// The queries that the statement contains at its top level.
  public var queries: [Query] {
    switch self {
    case .query(let query): [query]
    case .createView(let view): [view.query]
    case .createTableAs(let table): table.query.map { [$0] } ?? []
    case .insert(let change), .update(let change), .delete(let change), .merge(let change):
      (change.source.map { [$0] } ?? []) + change.from.flatMap(\.queries) + change.with.flatMap(\.statement.queries)
        + change.ownExpressions.flatMap(\.directQueries)
    default: []
    }
  }

  /// The relations that the statement reads through queries, its own common table expressions left out.
  public func relationsRead(outside names: Set<String> = []) -> [Reference] {
    switch self {
    case .insert(let change), .update(let change), .delete(let change), .merge(let change):
      let known = names.union(change.with.map(\.name))
      var found = change.from.flatMap(\.references).filter { $0.name.schema != nil || !known.contains($0.name.name) }
      for query in queries { found += query.relations(outside: known) }
      return found
    default: return queries.flatMap { $0.relations(outside: names) }
    }
  }

  /// Visits every expression in the statement.
  public func walkExpressions(_ visit: (Expression) -> Void) {
    switch self {
    case .insert(let change), .update(let change), .delete(let change), .merge(let change):
      for expression in change.ownExpressions { expression.walk(visit) }
      change.source?.walk(visit)
      for query in change.from.flatMap(\.queries) { query.walk(visit) }
      for item in change.with { item.statement.walkExpressions(visit) }
    case .createTable(let table):
      for column in table.columns { column.expressions.forEach { $0.walk(visit) } }
      for constraint in table.constraints { constraint.expressions.forEach { $0.walk(visit) } }
    case .alterTable(let change):
      for part in change.changes { part.expressions.forEach { $0.walk(visit) } }
    case .createIndex(let index):
      for expression in index.expressions { expression.walk(visit) }
    case .createPolicy(let policy), .alterPolicy(let policy):
      policy.using?.walk(visit)
      policy.withCheck?.walk(visit)
    case .createType(let type): type.expressions.forEach { $0.walk(visit) }
    case .createFunction(let function): function.arguments.compactMap(\.defaultValue).forEach { $0.walk(visit) }
    case .createTrigger(let trigger): trigger.when?.walk(visit)
    case .createSchema(let schema): schema.elements.forEach { $0.walkExpressions(visit) }
    default: for query in queries { query.walk(visit) }
    }
  }
}
