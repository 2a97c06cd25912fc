import HashTreeCollections
import PostgresSyntax

/// The schema as the statements so far have left it.
///
/// A value on persistent dictionaries: keeping the catalog before and after every statement costs only what changed.
public struct Catalog: Sendable {
  public internal(set) var schemas: TreeSet<String> = ["public", "pg_catalog", "information_schema"]
  /// By schema-qualified name.
  public internal(set) var relations: Registry<ObjectName, Relation> = [:]
  public internal(set) var indexes: Registry<ObjectName, Index> = [:]
  public internal(set) var types: Registry<ObjectName, UserType> = [:]
  public internal(set) var routines: Registry<ObjectName, [Routine]> = [:]
  /// The schema of each extension.
  public internal(set) var extensions: Registry<String, ExtensionState> = [:]
  public internal(set) var roles: TreeSet<String> = []
  public internal(set) var comments: Registry<ObjectID, String> = [:]
  /// Privileges by object and grantee.
  public internal(set) var grants: Registry<ObjectID, [String: Set<String>]> = [:]
  /// The indexes and foreign keys of each table, for quick look-up.
  var indexesByTable: Registry<ObjectName, [ObjectName]> = [:]
  var referencing: Registry<ObjectName, [ObjectName]> = [:]
  var readers: Registry<ObjectName, [ObjectName]> = [:]
  /// Functions whose bodies may change the schema when a query calls them.
  var routinesThatDefine: TreeSet<ObjectName> = []
  var unseen = UnseenChanges()
  public internal(set) var searchPath = ["public"]
  /// Whether everything that exists before the migrations is known: then what isn't in the catalog doesn't exist.
  public internal(set) var isComplete = false

  public init(isComplete: Bool = false) {
    self.isComplete = isComplete
  }

  public struct ExtensionState: Hashable, Sendable {
    public var schema: String
    public var origin: Origin?
  }

  /// The schema that an unqualified new object goes to.
  public var creationSchema: String { searchPath.first ?? "public" }

  /// Finds a relation as the server would: by its schema, or along the search path.
  public func relation(_ name: ObjectName) -> Relation? {
    qualified(name) { relations[$0] != nil }.flatMap { relations[$0] }
  }

  public func index(_ name: ObjectName) -> Index? {
    qualified(name) { indexes[$0] != nil }.flatMap { indexes[$0] }
  }

  public func type(_ name: ObjectName) -> UserType? {
    qualified(name) { types[$0] != nil }.flatMap { types[$0] }
  }

  /// The functions of a name, all overloads.
  public func routines(_ name: ObjectName) -> [Routine] {
    qualified(name) { routines[$0] != nil }.flatMap { routines[$0] } ?? []
  }

  public func indexes(on table: ObjectName) -> [Index] {
    (indexesByTable[table] ?? []).compactMap { indexes[$0] }
  }

  /// The tables with a foreign key to `table`.
  public func tables(referencing table: ObjectName) -> [Relation] {
    (referencing[table] ?? []).compactMap { relations[$0] }
  }

  /// The views that read `relation` directly.
  public func views(reading relation: ObjectName) -> [Relation] {
    (readers[relation] ?? []).compactMap { relations[$0] }
  }

  func qualified(_ name: ObjectName, _ exists: (ObjectName) -> Bool) -> ObjectName? {
    if name.schema != nil { return exists(name) ? name : nil }
    let temporary = ObjectName(schema: Self.temporarySchema, name.name)
    if exists(temporary) { return temporary }
    for schema in searchPath {
      let candidate = ObjectName(schema: schema, name.name)
      if exists(candidate) { return candidate }
    }
    return nil
  }

  static let temporarySchema = "pg_temp"

  /// Whether the server itself has the relation: nothing that migrations create.
  static func isSystem(_ name: ObjectName) -> Bool {
    switch name.schema {
    case "pg_catalog", "information_schema", "pg_toast": true
    case nil: name.name.hasPrefix("pg_")
    default: false
    }
  }
}

extension Catalog {
  /// Every relation, in no particular order.
  public var allRelations: [Relation] { Array(relations.values) }
  /// The tables that the migrations or their baseline create, by name.
  public var tables: [Relation] {
    relations.values.filter { ($0.kind == .table || $0.kind == .partitionedTable) && !$0.isAssumed }
      .sorted { $0.name.description < $1.name.description }
  }

  /// Whether an object of that identity is in the catalog.
  public func contains(_ object: ObjectID) -> Bool {
    let name = ObjectName(schema: object.schema, object.name)
    let owner = object.table.flatMap { relations[ObjectName(schema: object.schema, $0)] }
    switch object.kind {
    case .table, .view, .materializedView, .sequence, .foreignTable:
      return relations[name].map { !$0.isAssumed } ?? false
    case .index: return indexes[name] != nil
    case .column: return owner?.column(object.name) != nil
    case .constraint: return owner?.constraints.contains { $0.name == object.name } ?? false
    case .trigger: return owner?.triggers.contains { $0.name == object.name } ?? false
    case .policy: return owner?.policies.contains { $0.name == object.name } ?? false
    case .function, .procedure, .routine, .aggregate:
      return routines[name]?.contains { $0.signature == object.signature } ?? false
    case .type, .domain: return types[name] != nil
    case .schema: return schemas.contains(object.name)
    case .extension: return extensions[object.name] != nil
    case .role: return roles.contains(object.name)
    default: return false
    }
  }

  /// The extension's state, if it is installed.
  public func installed(_ name: String) -> ExtensionState? { extensions[name] }
}

extension Catalog {
  /// The roles that the statements so far created or used.
  public var allRoles: Set<String> { Set(roles) }
}
