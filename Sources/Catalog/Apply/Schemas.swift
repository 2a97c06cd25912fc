import PostgresSyntax

/// Schemas, extensions, roles and settings.
extension Application {
  mutating func createSchema(_ statement: CreateSchema) {
    let id = ObjectID(.schema, statement.name)
    if catalog.hasSchema(statement.name) {
      if !statement.ifNotExists { reject(.duplicate(id), related: catalog.schemas[statement.name]?.origin) }
      return
    }
    if statement.name.hasPrefix("pg_") {
      reject("unacceptable schema name '\(statement.name)'", "42939")
      return
    }
    let schema = Catalog.Schema(oid: catalog.newOID(), origin: origin)
    catalog.schemas[statement.name] = schema
    created(id)
    grantDefaults(Address(.schema, schema.oid), .schema, in: nil)
    if let owner = statement.owner {
      use(owner)
      setOwner(of: Address(.schema, schema.oid), to: owner)
    }
    guard !statement.elements.isEmpty else { return }
    if let other = statement.elements.lazy.compactMap(\.createdSchema).first(where: { $0 != statement.name }),
      !statement.name.isEmpty
    {
      reject(
        "CREATE specifies a schema ('\(other)') different from the one being created ('\(statement.name)')", "42P15")
      return
    }
    let path = catalog.session.path
    catalog.session.path.insert(statement.name, at: 0)
    for element in statement.elements.sorted(by: { $0.schemaElementOrder < $1.schemaElementOrder }) { apply(element) }
    catalog.session.path = path
  }

  mutating func createExtension(_ statement: CreateExtension) {
    let id = ObjectID(.extension, statement.name)
    if let known = catalog.extensions[statement.name] {
      if !statement.ifNotExists { reject(.duplicate(id), related: known.origin) }
      return
    }
    if statement.name == "plpgsql" {
      if !statement.ifNotExists { reject(.duplicate(id)) }
      return
    }
    let line = BuiltIns.shared.lines("e", statement.name).first
    for needed in (line?[3] ?? "").split(separator: ",").map(String.init) where needed != "plpgsql" {
      guard catalog.extensions[needed] == nil else { continue }
      if statement.isCascade {
        createExtension(
          CreateExtension(name: needed, schema: statement.schema, ifNotExists: true, isCascade: true))
      } else {
        reject("required extension '\(needed)' is not installed", "42704")
      }
    }
    let own = (line?[4]).flatMap { $0.isEmpty ? nil : $0 }
    if let schema = statement.schema, own == nil, !catalog.hasSchema(schema) {
      // Whether the server has the extension at all is noticed first.
      reject(.undefined(ObjectID(.schema, schema)), isCertain: catalog.isComplete && line != nil)
      assumeSchema(schema)
    }
    if let own, !catalog.hasSchema(own) { catalog.schemas[own] = Catalog.Schema(oid: catalog.newOID(), origin: origin) }
    let schema = own ?? statement.schema ?? catalog.creationSchema ?? "public"
    for line in BuiltIns.shared.lines("x", startingWith: "schema ") where line[2] == statement.name {
      let name = String(line[1].dropFirst("schema ".count))
      if catalog.schemas[name] == nil { catalog.schemas[name] = Catalog.Schema(oid: catalog.newOID(), origin: origin) }
    }
    catalog.extensions[statement.name] = .init(oid: catalog.newOID(), schema: schema, origin: origin)
    created(id)
  }

  mutating func alterExtension(_ statement: AlterExtension) {
    guard catalog.extensions[statement.name] != nil || statement.name == "plpgsql" else {
      reject(.undefined(ObjectID(.extension, statement.name)), isCertain: catalog.isComplete)
      return
    }
    altered(ObjectID(.extension, statement.name))
  }

  // MARK: - Roles

  mutating func createRole(_ name: String) {
    let id = ObjectID(.role, name)
    if let known = catalog.roles[name], !known.isAssumed || Self.isServerRole(name) {
      reject(.duplicate(id))
      return
    }
    guard !Self.isServerRole(name) else {
      if name.hasPrefix("pg_") {
        reject("role name '\(name)' is reserved", "42939")
      } else {
        reject(.duplicate(id))
      }
      return
    }
    catalog.roles[name] = Catalog.Role(oid: catalog.roles[name]?.oid ?? catalog.newOID())
    created(id)
  }

  private static func isServerRole(_ name: String) -> Bool { name.hasPrefix("pg_") || name == "postgres" }

  /// A role that a statement names. Roles belong to the whole server, so one that nothing creates is in doubt unless
  /// the baseline is known.
  mutating func use(_ role: RoleName) {
    guard case .role(let name, let offset) = role, catalog.roles[name] == nil, !Self.isServerRole(name) else { return }
    reject(.undefined(ObjectID(.role, name)), at: offset, isCertain: catalog.isComplete)
    catalog.roles[name] = Catalog.Role(oid: catalog.newOID(), isAssumed: true)
  }

  mutating func grantRole(_ statement: GrantRole) {
    for name in statement.roles { use(.role(name, offset: -1)) }
    for member in statement.members { use(member) }
    for member in statement.members {
      guard case .role(let name, _) = member else { continue }
      for role in statement.roles {
        if statement.isGrant {
          if role == name || catalog.memberships(of: role).contains(name) {
            reject("role '\(role)' is a member of role '\(name)'", "0LP01")
            continue
          }
          catalog.roles[name]?.memberships.insert(role)
        } else {
          catalog.roles[name]?.memberships.remove(role)
        }
      }
      altered(ObjectID(.role, name))
    }
  }

  mutating func owned(_ roles: [RoleName], isReassign: Bool, to role: RoleName?) {
    for role in roles { use(role) }
    if let role { use(role) }
    for owner in roles.map(\.text) {
      let objects = catalog.owners.entries.filter { $0.1 == owner }.map { $0.0 }
      if isReassign {
        for object in objects { setOwner(of: object, to: role ?? .currentUser) }
        continue
      }
      for (object, grantees) in catalog.grants.entries where grantees[owner] != nil {
        var held = grantees
        held[owner] = nil
        catalog.grants[object] = held.isEmpty ? nil : held
      }
      catalog.defaultPrivileges.removeAll { $0.grantee == owner || $0.role == owner }
      delete(objects)
    }
  }

  mutating func setOwner(of address: Address, to role: RoleName) {
    switch role {
    case .role(let name, _):
      catalog.owners[address] = name == "postgres" ? nil : name
      // What the role was granted before becomes part of what owners may do.
      revokeAll(from: name, on: address)
      for column in catalog.relations[address.oid]?.columns ?? [] where address.kind == .relation {
        revokeAll(from: name, on: Address(.column, address.oid, column: column.number))
      }
    case .currentUser, .public: catalog.owners[address] = nil
    }
  }

  private mutating func revokeAll(from role: String, on address: Address) {
    guard var held = catalog.grants[address], held.removeValue(forKey: role) != nil else { return }
    catalog.grants[address] = held.isEmpty ? nil : held
  }

  // MARK: - Settings

  mutating func set(_ variable: SetVariable) {
    switch variable.name {
    case "search_path":
      if variable.isReset {
        catalog.session.path = catalog.defaultPath
      } else {
        catalog.session.path = variable.values.flatMap(\.pathElements)
      }
    case "check_function_bodies":
      catalog.session.checksFunctionBodies =
        variable.isReset || !["off", "false", "0", "no"].contains(variable.values.first ?? "")
    case "default_with_oids":
      if !variable.isReset, ["on", "true", "1", "yes", "t"].contains(variable.values.first ?? "") {
        reject("tables declared WITH OIDS are not supported", "0A000")
      }
    case "role", "session_authorization":
      guard let name = variable.values.first, !variable.isReset, name != "none", catalog.roles[name] == nil,
        !Self.isServerRole(name)
      else { return }
      reject("role '\(name)' does not exist", "22023", isCertain: catalog.isComplete)
      catalog.roles[name] = Catalog.Role(oid: catalog.newOID(), isAssumed: true)
    case "":
      if variable.isReset { catalog.session = Catalog.Session(path: catalog.defaultPath) }
    default:
      guard !variable.name.contains("."), !catalog.isSetting(variable.name) else { return }
      reject("unrecognized configuration parameter '\(variable.name)'", "42704")
    }
  }
}

extension Catalog {
  /// The roles that a role is a member of, directly or not.
  func memberships(of role: String) -> Set<String> {
    var found: Set<String> = []
    var open = [role]
    while let name = open.popLast() {
      for parent in roles[name]?.memberships ?? [] where found.insert(parent).inserted { open.append(parent) }
    }
    return found
  }

  func isSetting(_ name: String) -> Bool {
    let name = name.lowercased()
    // `SET TRANSACTION` and `SET SESSION CHARACTERISTICS` come as settings with a blank or of that name.
    if name.contains(" ") || name == "transaction" { return true }
    if [
      "timezone", "time_zone", "transaction_isolation", "transaction_read_only", "transaction_deferrable",
      "default_with_oids", "ssl_renegotiation_limit", "seed",
      "names",
    ].contains(name) {
      return true
    }
    return !BuiltIns.shared.lines("x", "setting \(name)").isEmpty
  }
}

extension String {
  /// The schemas that a value of search_path lists; a list may come as one text.
  fileprivate var pathElements: [String] {
    guard contains(",") else { return isEmpty ? [] : [self] }
    return split(separator: ",").map { part in
      String(part).filter { $0 != " " && $0 != "\"" }
    }
  }
}

extension Action {
  /// The schema that the name of what is created has.
  fileprivate var createdSchema: String? {
    switch self {
    case .createSequence(let sequence): sequence.sequence.name.schema
    case .createTable(let table): table.table.name.schema
    case .createView(let view): view.view.name.schema
    case .createIndex(let index): index.table.name.schema
    case .createTrigger(let trigger): trigger.table.name.schema
    default: nil
    }
  }

  /// The order in which CREATE SCHEMA works through its elements (PostgreSQL source, `transformCreateSchemaStmt`).
  fileprivate var schemaElementOrder: Int {
    switch self {
    case .createSequence: 0
    case .createTable: 1
    case .createView: 2
    case .createIndex: 3
    case .createTrigger: 4
    default: 5
    }
  }
}
