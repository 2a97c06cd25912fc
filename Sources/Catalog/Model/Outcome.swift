import PostgresSyntax

/// What a statement did to the catalog, and what PostgreSQL has against it.
public struct Outcome: Sendable {
  public var effects: [Effect] = []
  public var rejections: [Rejection] = []
  /// The relations, indexes and functions that the statement names, resolved.
  public var references: [ObjectID] = []

  /// The SQLSTATE with which the server rejects the statement, if it does.
  public var sqlState: String? { rejections.first { $0.isCertain }?.sqlState }
}

extension Outcome {
  /// Takes certainty from what follows from reading the statement in a form that it hasn't.
  mutating func doubt() {
    for index in rejections.indices {
      if case .inlineIndex = rejections[index].reason { continue }
      rejections[index].isCertain = false
    }
  }
}

public enum Effect: Hashable, Sendable {
  case created(ObjectID)
  case dropped(ObjectID)
  /// A property of an object that is no object of its own, such as a comment or a default.
  case altered(ObjectID)

  public var object: ObjectID {
    switch self {
    case .created(let object), .dropped(let object), .altered(let object): object
    }
  }
}

/// One reason why the server rejects a statement.
public struct Rejection: Hashable, Sendable {
  public enum Reason: Hashable, Sendable {
    /// Nothing of that name exists.
    case undefined(ObjectID)
    case duplicate(ObjectID)
    /// Others still depend on what the statement drops.
    case dependents(ObjectID, [ObjectID])
    /// An index clause inside CREATE TABLE.
    case inlineIndex(InlineIndexClause)
    /// No function of the name takes these types; the ones that there are.
    case noFunction(String, types: [String], candidates: [String])
    case noOperator(String, types: [String])
    /// Whatever else the server has against it, in its own words.
    case other(String, sqlState: String)

    /// The objects whose state decides.
    var objects: [ObjectID] {
      switch self {
      case .undefined(let object), .duplicate(let object): [object]
      case .dependents(let object, let dependents): [object] + dependents
      case .inlineIndex, .noFunction, .noOperator, .other: []
      }
    }
  }

  public var reason: Reason
  /// Where the name stands, in bytes of the file; nil where the parse tree doesn't say.
  public var offset: Int?
  /// False where the object may exist outside the migrations.
  public var isCertain: Bool
  /// Where the object was created, if it was.
  public var related: Origin?
  /// The first major version of the server that has nothing against it any more.
  public var acceptedSince: Int?

  init(
    _ reason: Reason, offset: Int? = nil, isCertain: Bool = true, related: Origin? = nil, acceptedSince: Int? = nil
  ) {
    self.acceptedSince = acceptedSince
    self.reason = reason
    self.offset = offset.flatMap { $0 < 0 ? nil : $0 }
    self.isCertain = isCertain
    self.related = related
  }

  /// The code of the error (PostgreSQL documentation, appendix A).
  public var sqlState: String {
    switch reason {
    case .undefined(let object):
      switch object.kind {
      case .table, .view, .materializedView, .sequence, .foreignTable: "42P01"
      case .column: "42703"
      case .function, .procedure, .aggregate, .routine, .operator: "42883"
      case .schema: "3F000"
      case .database: "3D000"
      default: "42704"
      }
    case .duplicate(let object):
      switch object.kind {
      case .table, .view, .materializedView, .sequence, .index, .foreignTable: "42P07"
      case .column: "42701"
      case .function, .procedure, .aggregate, .routine, .operator: "42723"
      case .schema: "42P06"
      case .database: "42P04"
      default: "42710"
      }
    case .dependents: "2BP01"
    case .inlineIndex: "42704"
    case .noFunction, .noOperator: "42883"
    case .other(_, let sqlState): sqlState
    }
  }
}
