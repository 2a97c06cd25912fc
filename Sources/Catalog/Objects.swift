import PostgresSyntax

/// A table, view, materialised view or sequence.
public struct Relation: Sendable {
  public enum Kind: Hashable, Sendable {
    case table, partitionedTable, view, materializedView, sequence, foreignTable
  }

  public var kind: Kind
  public var name: ObjectName
  public var columns: [Column] = []
  /// False where the columns come from a query or an object that the migrations don't show.
  public var hasKnownColumns = true
  public var constraints: [Constraint] = []
  public var triggers: [Trigger] = []
  public var policies: [Policy] = []
  public var hasRowSecurity = false
  public var forcesRowSecurity = false
  public var persistence: Persistence = .permanent
  /// What a view reads.
  public var reads: [ObjectName] = []
  public var parent: ObjectName?
  /// The column that a sequence belongs to.
  public var ownedBy: (table: ObjectName, column: String)?
  /// Nothing in the migrations creates it: it is taken to exist because they use it.
  public var isAssumed = false
  public var origin: Origin?

  public func column(_ name: String) -> Column? { columns.first { $0.name == name } }

  /// Sets of columns that no two rows share.
  public var uniqueKeys: [Constraint] { constraints.filter { $0.isUnique } }
}

public struct Column: Sendable {
  public var name: String
  /// As `format_type` writes it; nil where unknown.
  public var type: String?
  public var isNotNull = false
  public var defaultValue: Expression?
  public var hasDefault = false
  /// `a` always, `d` by default
  public var identity: String?
  public var isGenerated = false
}

public struct Constraint: Sendable {
  public enum Kind: Sendable {
    case primaryKey, unique, check, exclusion
    case foreignKey(target: ObjectName, targetColumns: [String], onDelete: String, onUpdate: String)
  }

  public var name: String
  public var kind: Kind
  public var columns: [String]
  public var expression: Expression?
  public var isDeferrable = false
  public var isInitiallyDeferred = false
  public var isValidated = true
  public var origin: Origin?
  /// Where the constraint's own text starts in its statement.
  public var offset: Int?

  public var isUnique: Bool {
    switch kind {
    case .primaryKey, .unique: true
    case .check, .exclusion, .foreignKey: false
    }
  }
}

public struct Trigger: Sendable {
  public var name: String
  public var function: ObjectName
  public var definition: CreateTrigger
}

public struct Policy: Sendable {
  public var name: String
  public var definition: CreatePolicy
}

public struct Index: Sendable {
  public struct Element: Hashable, Sendable {
    /// Nil for an expression.
    public var column: String?
    public var isDescending = false
    public var hasUnusualNulls = false
    public var operatorClass: String?
  }

  public var name: ObjectName
  public var table: ObjectName
  public var method: String
  public var elements: [Element]
  public var including: [String]
  public var isUnique: Bool
  public var isPartial: Bool
  /// The columns that the condition of a partial index names.
  public var filterColumns: Set<String> = []
  /// The columns that its expressions name.
  public var expressionColumns: Set<String> = []
  /// The constraint that the index belongs to.
  public var constraint: String?
  public var origin: Origin?

  /// Whether dropping a column drops the index too (PostgreSQL documentation, ALTER TABLE, DROP COLUMN).
  public func uses(_ column: String) -> Bool {
    elements.contains { $0.column == column } || including.contains(column) || filterColumns.contains(column)
      || expressionColumns.contains(column)
  }

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
  public var name: ObjectName
  public var kind: CreateType.Kind
  public var origin: Origin?
}

public struct Routine: Sendable {
  public var name: ObjectName
  /// Input types as `format_type` writes them, separated by commas.
  public var signature: String
  public var definition: CreateFunction
  public var origin: Origin?

  public var id: ObjectID {
    ObjectID(definition.isProcedure ? .procedure : .function, schema: name.schema, name.name, signature: signature)
  }
}
