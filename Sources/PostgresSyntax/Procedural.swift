/// A block of PL/pgSQL: `DECLARE … BEGIN … EXCEPTION … END`. Ranges are bytes of the text that was read.
public struct ProceduralBlock: Sendable {
  public var declarations: [Declaration] = []
  public var statements: [ProceduralStatement] = []
  public var handlers: [Handler] = []
  /// What is certainly wrong with the text.
  public var errors: [ParseError] = []

  public init() {}

  public struct Declaration: Sendable {
    public var name: String
    /// The type as written; empty for an alias or a cursor.
    public var type: Range<Int>
    public var value: Range<Int>?
  }

  public struct Handler: Sendable {
    /// Names of conditions, such as `duplicate_object` or `others`, or SQLSTATEs.
    public var conditions: [String]
    public var statements: [ProceduralStatement]
  }
}

/// One statement of PL/pgSQL (PostgreSQL documentation, chapter 43).
public indirect enum ProceduralStatement: Sendable {
  /// An SQL statement, without its semicolon; `INTO` is where a clause for variables stands in it.
  case sql(Range<Int>, into: Range<Int>?)
  case perform(Range<Int>)
  /// `EXECUTE`: the expression that gives the text.
  case execute(Range<Int>)
  case assignment(target: Range<Int>, value: Range<Int>)
  case branch([Branch], otherwise: [ProceduralStatement])
  /// A loop and what it runs through.
  case loop(Loop, [ProceduralStatement])
  case block(ProceduralBlock)
  case returns(Range<Int>?)
  case returnNext(Range<Int>)
  case returnQuery(Range<Int>)
  /// `RAISE`, with the level in lower case.
  case raise(String, Range<Int>)
  /// `NULL`, `GET DIAGNOSTICS`, cursors, `EXIT` and the like, by their first word.
  case other(String, Range<Int>)

  public enum Loop: Sendable {
    /// `LOOP` and `WHILE`
    case endless
    /// `FOR target IN query`
    case query(target: String, Range<Int>)
    /// `FOREACH target IN ARRAY value`
    case array(target: String, Range<Int>)
    /// `FOR target IN lower .. upper`, `FOR target IN EXECUTE text`
    case other(target: String)
  }

  public struct Branch: Sendable {
    public var condition: Range<Int>
    public var statements: [ProceduralStatement]
  }
}

extension ProceduralBlock {
  /// Every SQL statement inside, in order, whatever it depends on.
  public var sql: [Range<Int>] { statements.flatMap(\.sql) + handlers.flatMap { $0.statements.flatMap(\.sql) } }
}

extension ProceduralStatement {
  public var sql: [Range<Int>] {
    switch self {
    case .sql(let range, _), .returnQuery(let range): [range]
    case .branch(let branches, let otherwise):
      branches.flatMap { $0.statements.flatMap(\.sql) } + otherwise.flatMap(\.sql)
    case .loop(.query(_, let query), let body): [query] + body.flatMap(\.sql)
    case .loop(_, let body): body.flatMap(\.sql)
    case .block(let block): block.sql
    case .perform, .execute, .assignment, .returns, .returnNext, .raise, .other: []
    }
  }
}

extension ProceduralBlock {
  private var allStatements: [ProceduralStatement] { statements + handlers.flatMap(\.statements) }

  /// The expressions of EXECUTE, wherever they stand.
  public var executed: [Range<Int>] { allStatements.flatMap(\.executed) }

  /// What RETURN gives, wherever it stands.
  public var returns: [Range<Int>] { allStatements.flatMap(\.returned) }

  /// Whether some statement raises an exception.
  public var raisesException: Bool { allStatements.contains(where: \.raisesException) }

  /// The expressions that variables are set to or RETURN gives.
  public var values: [Range<Int>] { declarations.compactMap(\.value) + allStatements.flatMap(\.values) }
}

extension ProceduralStatement {
  private var inner: [ProceduralStatement] {
    switch self {
    case .branch(let branches, let otherwise): branches.flatMap(\.statements) + otherwise
    case .loop(_, let body): body
    default: []
    }
  }

  fileprivate var executed: [Range<Int>] {
    switch self {
    case .execute(let range): [range]
    case .block(let block): block.executed
    default: inner.flatMap(\.executed)
    }
  }

  fileprivate var raisesException: Bool {
    switch self {
    case .raise(let level, _): level == "exception"
    case .block(let block): block.raisesException
    default: inner.contains(where: \.raisesException)
    }
  }

  fileprivate var returned: [Range<Int>] {
    switch self {
    case .returns(let value): value.map { [$0] } ?? []
    case .block(let block): block.returns
    default: inner.flatMap(\.returned)
    }
  }

  fileprivate var values: [Range<Int>] {
    switch self {
    case .assignment(_, let value): [value]
    case .returns(let value): value.map { [$0] } ?? []
    case .perform(let range): [range]
    case .branch(let branches, _): branches.map(\.condition) + inner.flatMap(\.values)
    case .block(let block): block.values
    default: inner.flatMap(\.values)
    }
  }
}
