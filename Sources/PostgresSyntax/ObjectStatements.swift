public struct CreateSequence: Hashable, Sendable {
  public var sequence: Reference
  /// `OWNED BY table.column`; empty parts mean `NONE`.
  public var ownedBy: [String]?
  public var dataType: TypeName?
  public var ifNotExists: Bool
  public var options = Options()
  public var persistence = Persistence.permanent

  /// What the statement says of the sequence; nil where it says nothing.
  public struct Options: Hashable, Sendable {
    public var start: Int?
    public var increment: Int?
    public var minimum: Int?
    public var maximum: Int?
    public var cache: Int?
    public var isCycling: Bool?
    /// `SEQUENCE NAME` of an identity column.
    public var name: ObjectName?
    public var isRestart = false

    public init() {}
  }
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
  /// Where the string constant with the text stands, in bytes of the file; -1 where the grammar keeps no place.
  public var offset = -1
  /// The statements of an SQL-standard body (`BEGIN ATOMIC … END`, `RETURN …`).
  public var statements: [Action]?
}

public struct CreateRule: Hashable, Sendable {
  public var name: String
  public var table: Reference
  /// `SELECT`, `INSERT`, `UPDATE` or `DELETE`
  public var event: String
  public var isInstead: Bool
  public var orReplace: Bool
  public var condition: Expression?
  public var actions: [Action]
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
  public var isStrict = false
  public var isLeakproof = false
  public var isWindow = false
  public var parallel: String?
  public var cost: String?
  public var rows: String?
  public var offset = -1

  package init(
    name: ObjectName, isProcedure: Bool, orReplace: Bool, arguments: [Argument], returns: TypeName? = nil,
    volatility: String, isSecurityDefiner: Bool, settings: [SetVariable]
  ) {
    self.name = name
    self.isProcedure = isProcedure
    self.orReplace = orReplace
    self.arguments = arguments
    self.returns = returns
    self.volatility = volatility
    self.isSecurityDefiner = isSecurityDefiner
    self.settings = settings
  }

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
  /// The columns of `UPDATE OF`.
  public var columns: [String] = []
  public var arguments: [String] = []
  public var isConstraint = false
  public var isDeferrable = false
  public var isInitiallyDeferred = false
  /// `FROM table` of a constraint trigger.
  public var referenced: Reference?
  public var oldTable: String?
  public var newTable: String?
}

public struct CreateType: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case enumeration([String])
    case composite([ColumnDefinition])
    case domain(TypeName, [ConstraintDefinition])
    case range(subtype: TypeName?, multirange: ObjectName?)
    /// `CREATE TYPE name (INPUT = …)`: the functions by their roles.
    case base([String: String])
    case shell
  }

  public var name: ObjectName
  public var kind: Kind
  public var offset = -1

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
  /// `AUTHORIZATION role`
  public var owner: RoleName?
}

public struct CreateExtension: Hashable, Sendable {
  public var name: String
  public var schema: String?
  public var ifNotExists: Bool
  public var isCascade: Bool

  package init(name: String, schema: String?, ifNotExists: Bool, isCascade: Bool) {
    self.name = name
    self.schema = schema
    self.ifNotExists = ifNotExists
    self.isCascade = isCascade
  }
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

/// An object that a statement names, of a kind that the statement says.
public struct Target: Hashable, Sendable {
  public var kind: ObjectKind
  public var name: ObjectName
  /// The table of a column, constraint, trigger, policy or rule; the type of a domain's constraint; the method of an
  /// operator class.
  public var table: ObjectName?
  /// The argument types of a function or operator; nil where none are given. A missing operand is nil.
  public var signature: [TypeName?]?
  public var offset: Int = -1

  public init(
    kind: ObjectKind, name: ObjectName, table: ObjectName? = nil, signature: [TypeName?]? = nil, offset: Int = -1
  ) {
    self.kind = kind
    self.name = name
    self.table = table
    self.signature = signature
    self.offset = offset
  }
}

public struct Drop: Hashable, Sendable {
  public var kind: ObjectKind
  public var objects: [Target]
  public var ifExists: Bool
  public var cascade: Bool
  public var isConcurrent: Bool
}

public struct Rename: Hashable, Sendable {
  /// What is renamed; a column, constraint, trigger, policy or rule with its table.
  public var target: Target
  /// The kind of relation that the statement says the table of a column is.
  public var relationKind: ObjectKind
  public var newName: String
  public var ifExists: Bool
  public var cascade = false
  public var isOnly = false

  public var kind: ObjectKind { target.kind }
}

public struct Grant: Hashable, Sendable {
  public var isGrant: Bool
  public var kind: ObjectKind
  public var objects: [Target]
  /// `ALL TABLES IN SCHEMA …`: the objects are the schemas.
  public var isAllInSchema: Bool
  public var privileges: [Privilege]
  public var grantees: [RoleName]
  public var withGrantOption: Bool
  public var isGrantOptionOnly: Bool
  public var cascade: Bool

  public struct Privilege: Hashable, Sendable {
    /// Upper case; nil means ALL PRIVILEGES.
    public var name: String?
    public var columns: [String]
  }
}

public struct GrantRole: Hashable, Sendable {
  public var isGrant: Bool
  public var roles: [String]
  public var members: [RoleName]
}

public struct DefaultPrivileges: Hashable, Sendable {
  /// The roles whose new objects are meant; empty means the current one.
  public var roles: [RoleName]
  public var schemas: [String]
  public var grant: Grant
}

public struct Comment: Hashable, Sendable {
  public var target: Target
  public var text: String?
}

/// ALTER FUNCTION, PROCEDURE or ROUTINE with new properties.
public struct AlterFunction: Hashable, Sendable {
  public var target: Target
  /// Those that the statement changes.
  public var volatility: String?
  public var isStrict: Bool?
  public var isSecurityDefiner: Bool?
  public var settings: [SetVariable]
}

public struct AlterDomain: Hashable, Sendable {
  public enum Change: Hashable, Sendable {
    case setDefault(Expression?)
    case setNotNull, dropNotNull
    case addConstraint(ConstraintDefinition)
    case dropConstraint(String, ifExists: Bool, cascade: Bool)
    case validateConstraint(String)
  }

  public var name: ObjectName
  public var change: Change

  var expressions: [Expression] {
    switch change {
    case .setDefault(let value): value.map { [$0] } ?? []
    case .addConstraint(let constraint): constraint.expressions
    case .setNotNull, .dropNotNull, .dropConstraint, .validateConstraint: []
    }
  }
}

public struct AlterExtension: Hashable, Sendable {
  public var name: String
  /// The object that becomes, or stops being, a member.
  public var member: Target?
  public var adds: Bool
}
