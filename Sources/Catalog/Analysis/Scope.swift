import PostgresSyntax

/// A column of a query's result, or of something in FROM.
struct OutputColumn {
  var name: String
  /// Nil where the type isn't known.
  var type: DataType?
  /// The relation's column that it is, unchanged.
  var source: Uses.Use?
}

/// The columns that a query gives.
struct Shape {
  var columns: [OutputColumn] = []
  /// False where there may be more columns than are listed.
  var isComplete = true
  /// Whether a row of it is its one value: of a function that gives no rows of a type.
  var isScalar = false
  /// Whether it is of a statement that gives no rows at all.
  var isRowless = false

  static let unknown = Shape(columns: [], isComplete: false)
}

/// Something in FROM, under the name by which columns name it.
struct RangeItem {
  var alias: String
  /// The schema of a relation that has no alias.
  var schema: String?
  var shape: Shape
  var relation: OID?
  /// Whether `alias.column` finds it; a join without an alias isn't found by name.
  var isNamed = true
  /// Whether unqualified columns are looked for in it.
  var isOpen = true
  var hasSystemColumns = false
  /// Whether it is a join under an alias.
  var isJoin = false
}

/// One level of a query: what its FROM has so far.
struct Scope {
  var items: [RangeItem] = []
  /// Expressions that the level's GROUP BY and aggregates are checked for.
  var hasAggregate = false
  /// Names that mean something that isn't in any table, such as the variables of a function.
  var isLenient = false
}

extension Column {
  /// Columns that every table has (PostgreSQL documentation, section 5.5).
  static let system: [String: OID] = [
    "tableoid": .oidType, "xmin": .xid, "cmin": .cid, "xmax": .xid, "cmax": .cid, "ctid": .tid,
  ]
}
