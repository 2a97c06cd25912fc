public struct CreateSequence: Hashable, Sendable {
  public var sequence: Reference
  /// `OWNED BY table.column`; empty parts mean `NONE`.
  public var ownedBy: [String]?
  public var dataType: TypeName?
  public var ifNotExists: Bool
}

public struct CreateView: Hashable, Sendable {
  public var view: Reference
  public var columns: [String]
  public var query: Query
  public var orReplace: Bool
  public var isTemporary: Bool
  /// `security_invoker`, `security_barrier` and `check_option`, as written.
  public var options: [String: String]
}

/// The source text of a function or DO block.
public struct CodeBody: Hashable, Sendable {
  /// `plpgsql`, `sql`, …, in lower case.
  public var language: String
  public var text: String
}

public struct CreateFunction: Hashable, Sendable {
  public var name: ObjectName
  public var isProcedure: Bool
  public var orReplace: Bool
  public var arguments: [Argument]
  public var returns: TypeName?
  public var body: CodeBody?
  public var volatility: String
  public var isSecurityDefiner: Bool
  /// The settings that `SET` fixes for the time of the call.
  public var settings: [SetVariable]

  public struct Argument: Hashable, Sendable {
    public enum Mode: Hashable, Sendable { case `in`, out, inOut, variadic, table }
    public var name: String?
    public var type: TypeName
    public var mode: Mode
    public var defaultValue: Expression?
  }

  /// The types that identify the function: those of its input arguments.
  public var signature: [TypeName] {
    arguments.filter { $0.mode == .in || $0.mode == .inOut || $0.mode == .variadic || (isProcedure && $0.mode == .out) }
      .map(\.type)
  }
}

public struct CreateTrigger: Hashable, Sendable {
  public enum Timing: String, Hashable, Sendable {
    case before = "BEFORE"
    case after = "AFTER"
    case insteadOf = "INSTEAD OF"
  }
  public enum Event: String, Hashable, Sendable, CaseIterable {
    case insert = "INSERT"
    case delete = "DELETE"
    case update = "UPDATE"
    case truncate = "TRUNCATE"
  }

  public var name: String
  public var table: Reference
  public var function: ObjectName
  public var timing: Timing
  public var events: [Event]
  public var isForEachRow: Bool
  public var orReplace: Bool
  public var when: Expression?
}

public struct CreateType: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case enumeration([String])
    case composite([ColumnDefinition])
    case domain(TypeName, [ConstraintDefinition])
    case range
    case shell
  }

  public var name: ObjectName
  public var kind: Kind

  var expressions: [Expression] {
    guard case .domain(_, let constraints) = kind else { return [] }
    return constraints.flatMap(\.expressions)
  }
}

public struct AlterEnum: Hashable, Sendable {
  public var name: ObjectName
  public var newValue: String
  /// The value to rename, if it is a renaming.
  public var oldValue: String?
  public var ifNotExists: Bool
  public var neighbor: String?
  public var isAfterNeighbor: Bool
}

public struct CreateSchema: Hashable, Sendable {
  public var name: String
  public var ifNotExists: Bool
  public var elements: [Action]
}

public struct CreateExtension: Hashable, Sendable {
  public var name: String
  public var schema: String?
  public var ifNotExists: Bool
  public var isCascade: Bool
}

public struct CreatePolicy: Hashable, Sendable {
  public var name: String
  public var table: Reference
  /// `all`, `select`, `insert`, `update` or `delete`
  public var command: String
  public var isPermissive: Bool
  public var roles: [RoleName]
  public var using: Expression?
  public var withCheck: Expression?
}

public enum RoleName: Hashable, Sendable {
  case role(String, offset: Int)
  case `public`
  case currentUser

  public var text: String {
    switch self {
    case .role(let name, _): name
    case .public: "PUBLIC"
    case .currentUser: "CURRENT_USER"
    }
  }
}

public struct Drop: Hashable, Sendable {
  public var kind: ObjectKind
  public var objects: [Object]
  public var ifExists: Bool
  public var cascade: Bool
  public var isConcurrent: Bool

  public struct Object: Hashable, Sendable {
    public var name: ObjectName
    /// The table of a trigger, policy or rule.
    public var table: ObjectName?
    /// The argument types of a function; nil where none are given.
    public var signature: [TypeName]?
  }
}

public struct Rename: Hashable, Sendable {
  public var kind: ObjectKind
  public var object: ObjectName
  /// The table of a column, constraint, trigger or policy.
  public var table: ObjectName?
  public var signature: [TypeName]?
  public var newName: String
  public var ifExists: Bool
  public var offset: Int
}

public struct Grant: Hashable, Sendable {
  public var isGrant: Bool
  public var kind: ObjectKind
  public var objects: [Object]
  /// `ALL TABLES IN SCHEMA …`
  public var isAllInSchema: Bool
  /// Upper case; empty means ALL PRIVILEGES.
  public var privileges: [String]
  public var hasColumns: Bool
  public var grantees: [RoleName]

  public struct Object: Hashable, Sendable {
    public var name: ObjectName
    public var offset: Int
    public var signature: [TypeName]?
  }
}

public struct Comment: Hashable, Sendable {
  public var kind: ObjectKind
  public var object: ObjectName
  /// The table of a column, constraint, trigger or policy.
  public var table: ObjectName?
  public var signature: [TypeName]?
  public var text: String?
}
