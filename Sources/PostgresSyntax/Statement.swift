/// What one SQL statement does, in the vocabulary rules are written in.
public struct Statement: Hashable, Sendable {
  /// The statement's text in its file, without leading blanks and comments and without the semicolon.
  public var range: Range<Int>
  public var action: Action
  /// Why the grammar accepts it only after something was taken away; nil where it accepts it as it stands.
  public var repairedCause: SyntaxCause?

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
  case createRule(CreateRule)
  case createFunction(CreateFunction)
  case alterFunction(AlterFunction)
  case createTrigger(CreateTrigger)
  case createType(CreateType)
  case alterEnum(AlterEnum)
  case alterDomain(AlterDomain)
  case createSchema(CreateSchema)
  case createExtension(CreateExtension)
  case alterExtension(AlterExtension)
  case createPolicy(CreatePolicy)
  case alterPolicy(CreatePolicy)
  /// The options are those that are switched on, such as `superuser`.
  case createRole(String, options: Set<String>)
  case alterRole(RoleName)
  case createAggregate(CreateAggregate)
  case createOperator(CreateOperator)
  case createOperatorClass(CreateOperatorClass)
  case createCast(CreateCast)
  case createStatistics(CreateStatistics)
  case createPublication(CreatePublication)
  case alterPublication(CreatePublication)
  /// An object that needs no model but its kind and name.
  case define(Definition)
  case drop(Drop)
  case rename(Rename)
  case setSchema(Target, to: String, ifExists: Bool)
  case setOwner(Target, to: RoleName)
  case grant(Grant)
  case grantRole(GrantRole)
  case defaultPrivileges(DefaultPrivileges)
  case comment(Comment)
  case query(Query)
  case insert(Modification)
  case update(Modification)
  case delete(Modification)
  case merge(Modification)
  case truncate([Reference], cascade: Bool, only: [Bool])
  case copy(Copy)
  case refresh(Reference, concurrently: Bool, withData: Bool)
  case lock([Reference])
  case reindex(kind: ObjectKind, Reference, concurrently: Bool)
  case vacuum(Vacuum)
  case call(FunctionCall)
  case explain(Action, isRun: Bool)
  case prepare(Prepare)
  case execute(String, [Expression])
  /// Nil for all.
  case deallocate(String?)
  case cursor(String, Query)
  case transaction(TransactionCommand)
  case set(SetVariable)
  case doBlock(CodeBody)
  /// Drops what the roles own (`isReassign` false) or gives it to another one.
  case owned([RoleName], isReassign: Bool, to: RoleName?)
  /// A statement that changes no schema and names nothing in it, by the grammar's name for it.
  case other(String)
}

public enum TransactionCommand: Hashable, Sendable {
  case begin, commit, rollback
  case savepoint(String)
  case release(String)
  case rollbackTo(String)
  /// `PREPARE TRANSACTION`
  case prepare
  case other
}

public struct SetVariable: Hashable, Sendable {
  public var name: String
  public var values: [String]
  public var isLocal: Bool
  /// `RESET name`, `SET name TO DEFAULT`
  public var isReset = false
}

/// VACUUM and ANALYZE
public struct Vacuum: Hashable, Sendable {
  /// Whether it is VACUUM, rather than ANALYZE alone.
  public var isVacuum: Bool
  public var tables: [Reference]
  /// For each table, the columns to analyze; none for all.
  public var columns: [[String]]
  /// The options in parentheses, by name.
  public var options: [String]
}

public struct Prepare: Hashable, Sendable {
  public var name: String
  public var types: [TypeName]
  public var statement: Action
}

public struct Copy: Hashable, Sendable {
  public var table: Reference?
  public var columns: [String]
  public var query: Action?
  public var isFrom: Bool
  /// Whether the rows come from, or go to, the client.
  public var isClient: Bool
  public var filter: Expression?
}

extension Action {
  /// The queries that the statement contains at its top level.
  public var queries: [Query] {
    switch self {
    case .query(let query): [query]
    case .createView(let view): [view.query]
    case .createTableAs(let table): table.query.map { [$0] } ?? []
    case .createRule(let rule): rule.actions.flatMap(\.queries)
    case .explain(let action, _): action.queries
    case .prepare(let prepare): prepare.statement.queries
    case .cursor(_, let query): [query]
    case .copy(let copy): copy.query?.queries ?? []
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
    case .explain(let action, _): return action.relationsRead(outside: names)
    case .prepare(let prepare): return prepare.statement.relationsRead(outside: names)
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
    case .createRule(let rule):
      rule.condition?.walk(visit)
      rule.actions.forEach { $0.walkExpressions(visit) }
    case .alterDomain(let change): change.expressions.forEach { $0.walk(visit) }
    case .explain(let action, _): action.walkExpressions(visit)
    case .prepare(let prepare): prepare.statement.walkExpressions(visit)
    case .call(let call): Expression.call(call).walk(visit)
    case .execute(_, let arguments): arguments.forEach { $0.walk(visit) }
    default: for query in queries { query.walk(visit) }
    }
  }
}
