import HashTreeCollections
import PostgresSyntax

/// The schema as the statements so far have left it.
///
/// A value on persistent dictionaries: keeping the catalog before and after every statement costs only what changed.
/// Objects refer to each other by number, so that a renamed or moved object is still the same one.
public struct Catalog: Sendable {
  var relations: Registry<OID, Relation> = [:]
  var indexes: Registry<OID, Index> = [:]
  var types: Registry<OID, UserType> = [:]
  var routines: Registry<OID, Routine> = [:]
  var operators: Registry<OID, UserOperator> = [:]
  var casts: Registry<OID, UserCast> = [:]
  /// Whether some statement has made a cast from one type of the server's own to another.
  var hasCastBetweenBuiltIns = false
  var hasPublications = false
  var others: Registry<OID, NamedObject> = [:]
  /// Schemas by name.
  var schemas: Registry<String, Schema> = [:]
  var extensions: Registry<String, ExtensionState> = [:]
  var roles: Registry<String, Role> = [:]

  /// Relations and indexes share names, as they do in `pg_class`.
  var relationNames: Registry<ObjectName, OID> = [:]
  var typeNames: Registry<ObjectName, OID> = [:]
  var routineNames: Registry<ObjectName, [OID]> = [:]
  var operatorNames: Registry<ObjectName, [OID]> = [:]
  var otherNames: Registry<KindedName, OID> = [:]

  /// How many constraints of a schema have a name.
  var constraintNames: Registry<ObjectName, Int> = [:]
  var indexesOfTable: Registry<OID, [OID]> = [:]
  /// Partitions and inheriting tables.
  var childrenOfTable: Registry<OID, [OID]> = [:]
  var dependencies = Dependencies()
  var comments: Registry<Address, String> = [:]
  /// Privileges by object and grantee.
  var grants: Registry<Address, [String: Set<String>]> = [:]
  var owners: Registry<Address, String> = [:]
  var defaultPrivileges: [DefaultPrivilege] = []

  /// Functions whose bodies may change the schema when a query calls them.
  var routinesThatDefine: TreeSet<String> = []
  var unseen = UnseenChanges()
  var session: Session
  /// The search path of a new session.
  var defaultPath: [String]
  /// Whether everything that exists before the migrations is known: then what isn't in the catalog doesn't exist.
  public internal(set) var isComplete = false
  private var lastOID = OID.firstCreated

  /// - Parameters:
  ///   - isComplete: whether nothing exists but what the statements create.
  ///   - searchPath: the search path of a new session; nil for the server's own.
  public init(isComplete: Bool = false, searchPath: [String]? = nil) {
    self.isComplete = isComplete
    defaultPath = searchPath ?? ["$user", "public"]
    session = Session(path: defaultPath)
    schemas["public"] = Schema(oid: newOID())
  }

  /// A number that no object has had.
  mutating func newOID() -> OID {
    lastOID.number += 2
    return lastOID
  }

  struct Schema: Sendable {
    var oid: OID
    var origin: Origin?
  }

  public struct ExtensionState: Sendable {
    public internal(set) var oid: OID
    public var schema: String
    public var origin: Origin?
  }

  struct Role: Sendable {
    var oid: OID
    /// The roles that it is a member of.
    var memberships: Set<String> = []
    var isAssumed = false
  }

  struct KindedName: RegistryKey {
    var kind: ObjectKind
    var name: ObjectName
  }

  /// `ALTER DEFAULT PRIVILEGES`
  struct DefaultPrivilege: Sendable {
    var role: String?
    var schema: String?
    var kind: ObjectKind
    var grantee: String
    var privileges: Set<String>
  }

  /// What belongs to the connection rather than to the database.
  struct Session: Hashable, Sendable {
    var path: [String]
    var role = "postgres"
    var prepared: [String: Prepare] = [:]
    var checksFunctionBodies = true
    var hasTemporaryObjects = false
    /// The temporary tables that end with the transaction.
    var endingWithTransaction: Set<OID> = []
  }
}

// MARK: - Finding objects by name

extension Catalog {
  /// The schemas that unqualified names are looked up in, the server's own first unless the path says otherwise.
  var lookupPath: [String] {
    var path = session.path.filter { $0 != "$user" && ($0 == "pg_catalog" || schemas[$0] != nil) }
    if !path.contains("pg_catalog") { path.insert("pg_catalog", at: 0) }
    return path
  }

  /// The schema that an unqualified new object goes to; nil where the path has none.
  var creationSchema: String? {
    session.path.first { $0 != "$user" && (schemas[$0] != nil || $0 == "pg_catalog") }
  }

  /// Finds what has a name in some schema: the one the name gives, or the first on the path that has it.
  func resolve<Found>(_ name: ObjectName, _ find: (ObjectName) -> Found?) -> Found? {
    if name.schema != nil { return find(name) }
    if let found = find(ObjectName(schema: Self.temporarySchema, name.name)) { return found }
    for schema in session.path where schema != "$user" {
      if let found = find(ObjectName(schema: schema, name.name)) { return found }
    }
    return nil
  }

  static let temporarySchema = "pg_temp"

  /// Finds a relation as the server would: by its schema, or along the search path.
  public func relation(_ name: ObjectName) -> Relation? {
    resolve(name) { relationNames[$0].flatMap { relations[$0] } }
  }

  public func relation(_ oid: OID) -> Relation? { relations[oid] }

  public func index(_ name: ObjectName) -> Index? {
    resolve(name) { relationNames[$0].flatMap { indexes[$0] } }
  }

  public func type(_ name: ObjectName) -> UserType? {
    resolve(name) { typeNames[$0].flatMap { types[$0] } }
  }

  /// The functions of a name, all overloads.
  public func routines(_ name: ObjectName) -> [Routine] {
    if name.schema != nil { return (routineNames[name] ?? []).compactMap { routines[$0] } }
    return session.path.flatMap { schema in
      (routineNames[ObjectName(schema: schema, name.name)] ?? []).compactMap { routines[$0] }
    }
  }

  func other(_ kind: ObjectKind, _ name: ObjectName) -> NamedObject? {
    if let plain = otherNames[KindedName(kind: kind, name: name)] { return others[plain] }
    return resolve(name) { otherNames[KindedName(kind: kind, name: $0)].flatMap { others[$0] } }
  }

  public func hasSchema(_ name: String) -> Bool {
    schemas[name] != nil || ["pg_catalog", "information_schema", "pg_toast", Self.temporarySchema].contains(name)
  }

  public func hasRole(_ name: String) -> Bool { roles[name].map { !$0.isAssumed } ?? false }

  public func indexes(on table: OID) -> [Index] {
    (indexesOfTable[table] ?? []).compactMap { indexes[$0] }
  }

  func children(of table: OID) -> [Relation] {
    (childrenOfTable[table] ?? []).compactMap { relations[$0] }
  }

  /// The table that a constraint, trigger, policy or rule belongs to.
  func owner(of part: OID) -> Relation? { dependencies.owner(of: part).flatMap { relations[$0] } }
}

// MARK: - What rules ask

extension Catalog {
  /// The tables that the migrations or their baseline create, in the order in which they are created.
  public var tables: [Relation] {
    relations.values.filter { $0.isTable && !$0.isAssumed }.sorted { $0.oid < $1.oid }
  }

  /// The views that the migrations or their baseline create, materialised ones included, in order.
  public var views: [Relation] {
    relations.values.filter { $0.view != nil && !$0.isAssumed }.sorted { $0.oid < $1.oid }
  }

  /// The functions that the migrations or their baseline create, in order.
  public var allRoutines: [Routine] { routines.values.sorted { $0.oid < $1.oid } }

  /// Whether a function can only be called by a trigger.
  public func returnsTrigger(_ routine: Routine) -> Bool { [.trigger, .eventTrigger].contains(routine.result) }

  /// The tables with a foreign key to `table`.
  public func tables(referencing table: OID) -> [Relation] {
    var found: [Relation] = []
    for address in dependencies.dependents(of: table) where address.kind == .constraint {
      guard let owner = owner(of: address.oid), !found.contains(where: { $0.oid == owner.oid }),
        owner.constraints.contains(where: { $0.foreignKey?.target == table })
      else { continue }
      found.append(owner)
    }
    return found
  }

  /// The views that read `relation` directly.
  public func views(reading relation: OID) -> [Relation] {
    var seen: Set<OID> = []
    return dependencies.dependents(of: relation).filter { $0.kind == .relation && seen.insert($0.oid).inserted }
      .compactMap { relations[$0.oid] }.filter { $0.kind == .view || $0.kind == .materializedView }
  }

  /// Whether an object of that identity is in the catalog.
  public func contains(_ object: ObjectID) -> Bool {
    let name = ObjectName(schema: object.schema, object.name)
    let owner = object.table.flatMap { relation(ObjectName(schema: object.schema, $0)) }
    switch object.kind {
    case .table, .view, .materializedView, .sequence, .foreignTable:
      return relation(name).map { !$0.isAssumed } ?? false
    case .index: return index(name) != nil
    case .column: return owner?.column(object.name) != nil
    case .constraint: return owner?.constraints.contains { $0.name == object.name } ?? false
    case .trigger: return owner?.triggers.contains { $0.name == object.name } ?? false
    case .policy: return owner?.policies.contains { $0.name == object.name } ?? false
    case .rule: return owner?.rules.contains { $0.name == object.name } ?? false
    case .function, .procedure, .routine, .aggregate:
      return routines(name).contains { signature(of: $0) == object.signature }
    case .type, .domain:
      return type(name).map { !$0.isAssumed } ?? (relation(name)?.kind == .compositeType)
    case .schema: return hasSchema(object.name)
    case .extension: return extensions[object.name] != nil
    case .role: return roles[object.name] != nil
    default: return other(object.kind, name) != nil
    }
  }

  /// The function that an object's identity means.
  public func routine(_ object: ObjectID) -> Routine? {
    routines(ObjectName(schema: object.schema, object.name)).first { signature(of: $0) == object.signature }
  }

  /// The extension's state, if it is installed.
  public func installed(_ name: String) -> ExtensionState? { extensions[name] }

  /// The roles that the statements so far created or used.
  public var allRoles: Set<String> { Set(roles.keys) }

  /// Where an object came from, if the migrations or their baseline create it.
  public func origin(of kind: ObjectKind, _ name: ObjectName) -> Origin? {
    switch kind {
    case .table, .view, .materializedView, .sequence, .foreignTable: relation(name)?.origin
    case .index: index(name)?.origin
    case .type, .domain: type(name)?.origin ?? relation(name)?.origin
    case .function, .procedure, .routine, .aggregate: routines(name).first?.origin
    default: other(kind, name)?.origin
    }
  }
}
