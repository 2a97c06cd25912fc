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
  /// A loop; `query` is what FOR runs through.
  case loop([ProceduralStatement], query: Range<Int>?)
  case block(ProceduralBlock)
  case returns(Range<Int>?)
  case returnQuery(Range<Int>)
  /// `RAISE`, with the level in lower case.
  case raise(String, Range<Int>)
  /// `NULL`, `GET DIAGNOSTICS`, cursors, `EXIT` and the like, by their first word.
  case other(String, Range<Int>)

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
    case .loop(let body, let query): (query.map { [$0] } ?? []) + body.flatMap(\.sql)
    case .block(let block): block.sql
    case .perform, .execute, .assignment, .returns, .raise, .other: []
    }
  }
}
