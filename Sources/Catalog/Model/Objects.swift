import PostgresSyntax

/// A table, view, materialised view, sequence or composite type.
public struct Relation: Sendable {
  public enum Kind: Hashable, Sendable {
    case table, partitionedTable, view, materializedView, sequence, foreignTable, compositeType
  }

  /// Also the number of the relation's row type.
  public internal(set) var oid: OID
  public var kind: Kind
  public var name: ObjectName
  public var columns: [Column] = []
  /// False where the columns come from a query or an object that the migrations don't show.
  public var hasKnownColumns = true
  public var constraints: [Constraint] = []
  public var triggers: [Trigger] = []
  public var policies: [Policy] = []
  public var rules: [RewriteRule] = []
  public var hasRowSecurity = false
  public var forcesRowSecurity = false
  public var persistence: Persistence = .permanent
  /// What a view shows.
  public var view: ViewDefinition?
  /// The tables it inherits from, or the one it is a partition of.
  public var parents: [OID] = []
  public var bound: PartitionBound?
  public var partitionKey: PartitionKey?
  /// The column that a sequence belongs to.
  public var ownedBy: ColumnReference?
  public var sequence: SequenceFacts?
  /// Storage parameters and, for views, options.
  public var options: [String: String] = [:]
  public var accessMethod: String?
  /// The composite type of a typed table.
  public var ofType: OID?
  public var server: String?
  public var replicaIdentity: ReplicaIdentity = .default
  /// Nothing in the migrations creates it: it is taken to exist because they use it.
  public var isAssumed = false
  public var origin: Origin?
  var nextColumn: Int32 = 1

  public var isPartition: Bool { bound != nil }
  public func column(_ name: String) -> Column? { columns.first { $0.name == name } }

  /// Sets of columns that no two rows share.
  public var uniqueKeys: [Constraint] { constraints.filter { $0.isUnique } }
  public var primaryKey: Constraint? { constraints.first { $0.isPrimaryKey } }

  public var hasForeignKey: Bool { constraints.contains { $0.foreignKey != nil } }
  /// Whether a foreign key, perhaps with other columns, makes the column a reference.
  public func hasForeignKey(on column: String) -> Bool {
    constraints.contains { $0.foreignKey != nil && $0.columns.contains(column) }
  }

  /// Whether rows can be stored in it, as in a table, partitioned or not.
  public var isTable: Bool { kind == .table || kind == .partitionedTable }
}

public struct ColumnReference: Hashable, Sendable {
  public var table: OID
  public var column: Int32
  /// Whether the sequence is an identity column's, rather than a serial's or one that `OWNED BY` names.
  public var isIdentity = false
}

public struct SequenceFacts: Hashable, Sendable {
  public var type: OID
  public var options: CreateSequence.Options
}

public struct ViewDefinition: Sendable {
  /// What the view shows, with the columns that each `*` stood for when it was made.
  public var query: Query
  /// The query as it was written.
  public var written: Query
  /// The statement that gave the view its present query.
  public var origin: Origin?
  public var columns: [String]
  /// The relations that the query names, with the names of their columns at that time by number.
  var relations: [ObjectName: (oid: OID, columns: [Int32: String])] = [:]
}

public struct Column: Sendable {
  public var name: String
  /// Its place among all columns that the table ever had, from 1.
  public internal(set) var number: Int32 = 0
  /// Nil where unknown.
  public var type: DataType?
  public var collation: String?
  public var isNotNull = false
  public var defaultValue: Expression?
  public var hasDefault = false
  /// `a` always, `d` by default
  public var identity: String?
  public var generated: Expression?
  /// Whether the table's own definition has it; a parent's may have it as well.
  public var isLocal = true
  public var inheritanceCount = 0
  public var origin: Origin?
  /// Where the column's definition starts in its statement.
  public var offset: Int?

  public var isGenerated: Bool { generated != nil }
}

public struct Constraint: Sendable {
  public enum Kind: Sendable {
    case primaryKey, unique, check, exclusion
    case foreignKey(ForeignKey)
  }

  public struct ForeignKey: Hashable, Sendable {
    public var target: OID
    /// The target as the statement names it, for messages.
    public var targetName: ObjectName
    public var targetColumns: [String]
    public var onDelete: ConstraintDefinition.ForeignKey.Action
    public var onUpdate: ConstraintDefinition.ForeignKey.Action
    public var match: String
    public var setColumns: [String]
  }

  public internal(set) var oid: OID = .none
  public var name: String
  public var kind: Kind
  public var columns: [String]
  public var expression: Expression?
  public var exclusion: ConstraintDefinition.Exclusion?
  public var nullsNotDistinct = false
  public var isDeferrable = false
  public var isInitiallyDeferred = false
  public var isValidated = true
  public var isNoInherit = false
  public var isLocal = true
  public var inheritanceCount = 0
  public var origin: Origin?
  /// Where the constraint's own text starts in its statement.
  public var offset: Int?

  public var isUnique: Bool {
    switch kind {
    case .primaryKey, .unique: true
    case .check, .exclusion, .foreignKey: false
    }
  }

  public var isPrimaryKey: Bool { if case .primaryKey = kind { true } else { false } }
  public var isCheck: Bool { if case .check = kind { true } else { false } }
  public var foreignKey: ForeignKey? { if case .foreignKey(let key) = kind { key } else { nil } }
  /// Whether an index of the constraint's name enforces it.
  var hasIndex: Bool { if case .exclusion = kind { true } else { isUnique } }
}

public struct Trigger: Sendable {
  public internal(set) var oid: OID = .none
  public var name: String
  /// Nil where nothing that is known of creates it.
  public var function: OID?
  public var definition: CreateTrigger
  public var origin: Origin?
  public var isEnabled = true
  /// The trigger of the partitioned table that this one is a copy of.
  public var parent: OID?
}

public struct Policy: Sendable {
  public internal(set) var oid: OID = .none
  public var name: String
  public var definition: CreatePolicy
  /// The statement that made it or changed it last.
  public var origin: Origin?
}

public struct RewriteRule: Sendable {
  public internal(set) var oid: OID = .none
  public var name: String
  public var definition: CreateRule
  public var origin: Origin?
}

public struct Index: Sendable {
  public struct Element: Hashable, Sendable {
    /// Nil for an expression.
    public var column: String?
    public var expression: Expression?
    public var isDescending = false
    public var hasUnusualNulls = false
    public var operatorClass: String?
    public var collation: String?
  }

  public internal(set) var oid: OID = .none
  public var name: ObjectName
  public var table: OID
  public var method: String
  public var elements: [Element]
  public var including: [String] = []
  public var isUnique = false
  public var nullsNotDistinct = false
  /// The condition of a partial index.
  public var filter: Expression?
  /// The columns that its expressions name.
  public var expressionColumns: Set<String> = []
  /// The constraint that the index belongs to.
  public var constraint: String?
  /// The index of the partitioned table that this one is a part of.
  public var parent: OID?
  public var options: [String: String] = [:]
  public var origin: Origin?

  public var isPartial: Bool { filter != nil }
  /// The columns that the condition of a partial index names.
  public var filterColumns: Set<String> { Set(filter?.columnNames ?? []) }

  /// The columns it starts with, up to the first expression.
  public var leadingColumns: [String] {
    var names: [String] = []
    for element in elements {
      guard let column = element.column else { break }
      names.append(column)
    }
    return names
  }
}

public struct UserType: Sendable {
  public enum Kind: Sendable {
    case enumeration([String])
    case domain(Domain)
    case range(subtype: OID, multirange: OID)
    case multirange(range: OID)
    case base
    case shell
    /// Nothing that is known of creates it.
    case assumed
  }

  public struct Domain: Sendable {
    public var base: DataType
    public var isNotNull = false
    public var defaultValue: Expression?
    public var constraints: [Constraint] = []
    public var collation: String?
  }

  public internal(set) var oid: OID
  public var name: ObjectName
  public var kind: Kind
  public var origin: Origin?

  public var isAssumed: Bool { if case .assumed = kind { true } else { false } }
}

public struct Routine: Sendable {
  public internal(set) var oid: OID
  public var name: ObjectName
  var kind: Function.Kind
  /// Input types; together with the name they identify the routine.
  public internal(set) var arguments: [OID]
  public internal(set) var argumentNames: [String]
  var output: [(name: String, type: OID)]
  public internal(set) var result: OID
  public var returnsSet: Bool
  var variadic: OID
  var defaults: Int
  public var volatility: Volatility
  public var isSecurityDefiner: Bool
  var directArguments: Int?
  public var definition: CreateFunction
  public var origin: Origin?

  public var isProcedure: Bool { kind == .procedure }
  public var isAggregate: Bool { kind == .aggregate }

  var objectKind: ObjectKind {
    switch kind {
    case .procedure: .procedure
    case .aggregate: .aggregate
    case .function, .window: .function
    }
  }
}

struct UserOperator: Sendable {
  var oid: OID
  var name: ObjectName
  var left: OID
  var right: OID
  var result: OID
  var origin: Origin?
}

struct UserCast: Sendable {
  var oid: OID
  var source: OID
  var target: OID
  var cast: Cast
  var origin: Origin?
}

/// An object of a rarer kind, known by its name and what must be compared of it.
public struct NamedObject: Sendable {
  public internal(set) var oid: OID
  public var kind: ObjectKind
  public var name: ObjectName
  /// The table of statistics; the tables of a publication.
  public var tables: [OID] = []
  /// The access method of an operator class or family.
  public var method: String?
  public var type: OID?
  public var isDefault = false
  public var facts = ""
  public var publication: Publication?
  public var origin: Origin?
}

/// What a publication publishes.
public struct Publication: Hashable, Sendable {
  public var isForAllTables: Bool
  public var schemas: [String]
  /// The columns by table, where the publication lists some.
  public var columns: [OID: [String]] = [:]
  /// The columns that the condition on rows names, by table.
  public var filterColumns: [OID: [String]] = [:]
  /// The statements whose changes it sends.
  public var statements: Set<String> = ["insert", "update", "delete", "truncate"]
}
