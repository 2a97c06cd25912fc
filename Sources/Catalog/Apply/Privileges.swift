import PostgresSyntax

/// GRANT, REVOKE, default privileges, comments.
extension Application {
  mutating func grant(_ statement: Grant) {
    checkPrivileges(statement)
    // The server looks for the objects first, then for the roles.
    let targets = statement.isAllInSchema ? [] : statement.objects.compactMap { grantTarget($0, statement.kind) }
    if statement.isAllInSchema {
      for schema in statement.objects { grantAll(statement, in: schema.name.name) }
    }
    // Databases are outside of the schema: which there are is not known, and so neither what the server says first.
    if statement.kind == .database { return }
    for role in statement.grantees { use(role) }
    for (address, id, columns) in targets {
      for privilege in statement.privileges { record(privilege, statement, on: address, columns) }
      altered(id)
    }
  }

  private mutating func checkPrivileges(_ statement: Grant) {
    let allowed = statement.kind.allPrivileges
    guard !allowed.isEmpty else { return }
    for name in statement.privileges.compactMap(\.name) where !allowed.contains(name) && name != "ALL" {
      // GRANT ON TABLE also names sequences.
      if statement.kind == .table, name == "USAGE" { continue }
      let isKnown = ObjectKind.knownPrivileges.contains(name)
      reject(
        isKnown
          ? "invalid privilege type \(name) for \(statement.kind.rawValue)"
          : "unrecognized privilege type \"\(name.lowercased())\"",
        isKnown ? "0LP01" : "42601")
    }
  }

  private mutating func grantAll(_ statement: Grant, in schema: String) {
    guard catalog.hasSchema(schema) else {
      reject(.undefined(ObjectID(.schema, schema)), isCertain: catalog.isComplete)
      assumeSchema(schema)
      return
    }
    var addresses: [Address] = []
    switch statement.kind {
    case .sequence:
      addresses = catalog.relations.values.filter { $0.name.schema == schema && $0.kind == .sequence && !$0.isAssumed }
        .map { Address(.relation, $0.oid) }
    case .function, .procedure, .routine:
      addresses = catalog.routines.values.filter {
        $0.name.schema == schema && (statement.kind != .procedure || $0.isProcedure)
          && (statement.kind != .function || !$0.isProcedure)
      }.map { Address(.routine, $0.oid) }
    default:
      addresses = catalog.relations.values.filter {
        $0.name.schema == schema && $0.kind != .sequence && $0.kind != .compositeType && !$0.isAssumed
      }.map { Address(.relation, $0.oid) }
    }
    for address in addresses {
      for privilege in statement.privileges { record(privilege, statement, on: address, nil) }
    }
  }

  private mutating func grantTarget(
    _ object: Target, _ kind: ObjectKind
  ) -> (Address, ObjectID, Relation?)? {
    switch kind {
    case .table, .view, .materializedView, .foreignTable, .sequence:
      guard let relation = table(Reference(object.name, at: object.offset), as: kind == .sequence ? .sequence : .table)
      else { return nil }
      if kind == .sequence, relation.kind != .sequence, !relation.isAssumed {
        reject("'\(relation.name.name)' is not a sequence", "42809", at: object.offset)
        return nil
      }
      return (Address(.relation, relation.oid), relation.id, relation)
    case .function, .procedure, .routine:
      switch catalog.findRoutine(object, kind == .function ? .routine : kind) {
      case .found(let routine):
        guard let id = catalog.id(of: Address(.routine, routine.oid)) else { return nil }
        outcome.references.append(id)
        return (Address(.routine, routine.oid), id, nil)
      case .undefined(let signature): rejectRoutine(object, signature)
      case .ambiguous: reject("function name '\(object.name)' is not unique", "42725", at: object.offset)
      case .wrongKind, .unknown: break
      }
      return nil
    case .schema:
      let name = object.name.name
      guard let schema = catalog.schemas[name] else {
        guard !catalog.hasSchema(name) else { return nil }
        reject(.undefined(ObjectID(.schema, name)), at: object.offset, isCertain: catalog.isComplete)
        assumeSchema(name)
        return nil
      }
      return (Address(.schema, schema.oid), ObjectID(.schema, name), nil)
    case .type, .domain:
      guard let type = catalog.type(object.name) else {
        if catalog.typeNumber(object.name) == nil {
          reject(.undefined(ObjectID(.type, object.name)), at: object.offset, isCertain: catalog.isComplete)
        }
        return nil
      }
      return (Address(.type, type.oid), ObjectID(.type, type.name), nil)
    case .foreignServer, .foreignDataWrapper, .language:
      guard let found = catalog.other(kind, object.name) else {
        if kind != .language { reject(.undefined(ObjectID(kind, object.name)), isCertain: catalog.isComplete) }
        return nil
      }
      return (Address(.other, found.oid), ObjectID(kind, found.name), nil)
    default: return nil
    }
  }

  private mutating func record(
    _ privilege: Grant.Privilege, _ statement: Grant, on address: Address, _ relation: Relation?
  ) {
    guard !privilege.columns.isEmpty else {
      let names = names(privilege, address)
      record(names, statement, on: address)
      // What is revoked from a table is revoked from its columns as well.
      for column in relation?.columns ?? [] where !statement.isGrant {
        let part = Address(.column, address.oid, column: column.number)
        if catalog.grants[part] != nil { record(names, statement, on: part) }
      }
      return
    }
    guard let relation else { return }
    check(privilege.columns, of: relation, at: -1)
    let all: Set<String> = ["SELECT", "INSERT", "UPDATE", "REFERENCES"]
    for column in privilege.columns.compactMap({ relation.column($0) }) {
      record(
        privilege.name.map { $0 == "ALL" ? all : [$0] } ?? all, statement,
        on: Address(.column, relation.oid, column: column.number))
    }
  }

  private func names(_ privilege: Grant.Privilege, _ address: Address) -> Set<String> {
    guard let name = privilege.name, name != "ALL" else { return allPrivileges(of: address) }
    return [name]
  }

  /// What ALL PRIVILEGES stands for (PostgreSQL 15 documentation, section 5.7).
  private func allPrivileges(of address: Address) -> Set<String> {
    switch address.kind {
    case .relation:
      (catalog.relations[address.oid]?.kind == .sequence ? ObjectKind.sequence : .table).allPrivileges
    case .routine: ObjectKind.function.allPrivileges
    case .schema: ObjectKind.schema.allPrivileges
    default: ["USAGE"]
    }
  }

  private mutating func record(_ named: Set<String>, _ statement: Grant, on address: Address) {
    var held = catalog.grants[address] ?? catalog.builtInGrants(of: address)
    for grantee in statement.grantees.map({ catalog.text(of: $0) }) {
      guard grantee != catalog.owners[address] ?? "postgres" else { continue }
      let before = held[grantee] ?? []
      let now =
        statement.isGrant ? before.union(named) : statement.isGrantOptionOnly ? before : before.subtracting(named)
      held[grantee] = now.isEmpty ? nil : now
    }
    // An empty list says that even what everyone has by default was taken away.
    catalog.grants[address] = held == catalog.builtInGrants(of: address) ? nil : held
  }

  // MARK: - Default privileges

  mutating func changeDefaultPrivileges(_ statement: DefaultPrivileges) {
    for role in statement.roles { use(role) }
    for role in statement.grant.grantees { use(role) }
    for schema in statement.schemas where !catalog.hasSchema(schema) {
      reject(.undefined(ObjectID(.schema, schema)), isCertain: catalog.isComplete)
      assumeSchema(schema)
    }
    let roles: [String?] = statement.roles.isEmpty ? [nil] : statement.roles.map { catalog.text(of: $0) }
    let schemas: [String?] = statement.schemas.isEmpty ? [nil] : statement.schemas
    let kind = statement.grant.kind == .routine || statement.grant.kind == .procedure ? .function : statement.grant.kind
    let all = kind.allPrivileges
    var names: Set<String> = []
    for privilege in statement.grant.privileges {
      if let name = privilege.name, name != "ALL" { names.insert(name) } else { names.formUnion(all) }
    }
    for role in roles {
      for schema in schemas {
        for grantee in statement.grant.grantees.map({ catalog.text(of: $0) }) {
          change(names, statement.grant.isGrant, role: role, schema: schema, kind: kind, grantee: grantee)
        }
      }
    }
  }

  private mutating func change(
    _ names: Set<String>, _ isGrant: Bool, role: String?, schema: String?, kind: ObjectKind, grantee: String
  ) {
    let index = catalog.defaultPrivileges.firstIndex {
      $0.role == role && $0.schema == schema && $0.kind == kind && $0.grantee == grantee
    }
    var entry =
      index.map { catalog.defaultPrivileges[$0] }
      ?? Catalog.DefaultPrivilege(
        role: role, schema: schema, kind: kind, grantee: grantee,
        privileges: schema == nil && grantee == "PUBLIC" && kind == .function
          ? ["EXECUTE"] : schema == nil && grantee == "PUBLIC" && kind == .type ? ["USAGE"] : [])
    entry.privileges = isGrant ? entry.privileges.union(names) : entry.privileges.subtracting(names)
    if let index { catalog.defaultPrivileges[index] = entry } else { catalog.defaultPrivileges.append(entry) }
  }

  /// The privileges that a new object gets without being granted.
  mutating func grantDefaults(_ address: Address, _ kind: ObjectKind, in schema: String?) {
    guard !catalog.defaultPrivileges.isEmpty, schema != Catalog.temporarySchema else { return }
    let role = catalog.session.role
    let applying = catalog.defaultPrivileges.filter {
      $0.kind == kind && ($0.role == nil || $0.role == role) && ($0.schema == nil || $0.schema == schema)
    }
    guard !applying.isEmpty else { return }
    var held = catalog.builtInGrants(of: address)
    for entry in applying where entry.schema == nil {
      held[entry.grantee] = entry.privileges.isEmpty ? nil : entry.privileges
    }
    for entry in applying where entry.schema != nil && !entry.privileges.isEmpty {
      held[entry.grantee, default: []].formUnion(entry.privileges)
    }
    held["postgres"] = nil
    catalog.grants[address] = held == catalog.builtInGrants(of: address) ? nil : held
  }

  // MARK: - Comments

  mutating func comment(_ statement: Comment) {
    guard let (address, id) = commentTarget(statement.target) else { return }
    catalog.comments[address] = statement.text
    altered(id)
  }

  private mutating func commentTarget(_ target: Target) -> (Address, ObjectID)? {
    if [.index, .type, .domain].contains(target.kind), let schema = target.name.schema, !catalog.hasSchema(schema) {
      reject(.undefined(ObjectID(.schema, schema)), at: target.offset, isCertain: catalog.isComplete)
      return nil
    }
    switch target.kind {
    case .table, .view, .materializedView, .sequence, .foreignTable:
      guard let relation = table(Reference(target.name, at: target.offset), as: target.kind) else { return nil }
      return (Address(.relation, relation.oid), relation.id)
    case .column, .constraint, .trigger, .policy, .rule: return partOfTable(target)
    case .index:
      guard let index = catalog.index(target.name) else {
        reject(.undefined(ObjectID(.table, target.name)), isCertain: catalog.isComplete)
        return nil
      }
      return (Address(.index, index.oid), ObjectID(.index, index.name))
    case .function, .procedure, .routine, .aggregate:
      switch catalog.findRoutine(target, target.kind) {
      case .found(let routine):
        return catalog.id(of: Address(.routine, routine.oid)).map { (Address(.routine, routine.oid), $0) }
      case .undefined(let signature): rejectRoutine(target, signature)
      case .ambiguous: reject("function name '\(target.name)' is not unique", "42725", at: target.offset)
      case .wrongKind, .unknown: break
      }
      return nil
    case .schema:
      guard let schema = catalog.schemas[target.name.name] else {
        if !catalog.hasSchema(target.name.name) {
          reject(.undefined(ObjectID(.schema, target.name.name)), isCertain: catalog.isComplete)
        }
        return nil
      }
      return (Address(.schema, schema.oid), ObjectID(.schema, target.name.name))
    case .extension:
      guard let state = catalog.extensions[target.name.name] else {
        if target.name.name != "plpgsql" {
          reject(.undefined(ObjectID(.extension, target.name.name)), isCertain: catalog.isComplete)
        }
        return nil
      }
      return (Address(.extension, state.oid), ObjectID(.extension, target.name.name))
    case .role:
      use(.role(target.name.name, offset: target.offset))
      return catalog.roles[target.name.name].map { (Address(.role, $0.oid), ObjectID(.role, target.name.name)) }
    case .type, .domain:
      if let type = catalog.type(target.name) { return (Address(.type, type.oid), ObjectID(.type, type.name)) }
      if let relation = catalog.relation(target.name), relation.kind == .compositeType {
        return (Address(.relation, relation.oid), relation.id)
      }
      if catalog.typeNumber(target.name) == nil {
        reject(.undefined(ObjectID(.type, target.name)), at: target.offset, isCertain: catalog.isComplete)
      }
      return nil
    default:
      guard let found = catalog.other(target.kind, target.name) else { return nil }
      return (Address(.other, found.oid), ObjectID(found.kind, found.name))
    }
  }

  private mutating func partOfTable(_ target: Target) -> (Address, ObjectID)? {
    guard let name = target.table, let relation = table(Reference(name, at: target.offset)) else { return nil }
    let id = ObjectID(target.kind, target.name.name, of: relation.name)
    let part: Address?
    switch target.kind {
    case .column:
      guard check([target.name.name], of: relation, at: target.offset) else { return nil }
      part = relation.column(target.name.name).map { Address(.column, relation.oid, column: $0.number) }
    case .constraint:
      part = relation.constraints.first { $0.name == target.name.name }.map { Address(.constraint, $0.oid) }
    case .trigger: part = relation.triggers.first { $0.name == target.name.name }.map { Address(.trigger, $0.oid) }
    case .policy: part = relation.policies.first { $0.name == target.name.name }.map { Address(.policy, $0.oid) }
    default: part = relation.rules.first { $0.name == target.name.name }.map { Address(.rule, $0.oid) }
    }
    guard let part else {
      if !relation.isAssumed, target.kind != .column {
        reject(.undefined(id), at: target.offset, related: relation.origin)
      }
      return nil
    }
    return (part, id)
  }
}

extension Catalog {
  /// What PUBLIC has without being granted (PostgreSQL documentation, section 5.7).
  func builtInGrants(of address: Address) -> [String: Set<String>] {
    switch address.kind {
    case .routine: ["PUBLIC": ["EXECUTE"]]
    case .type: ["PUBLIC": ["USAGE"]]
    case .schema where schemas["public"]?.oid == address.oid: ["PUBLIC": ["USAGE"]]
    default: [:]
    }
  }

  func text(of role: RoleName) -> String {
    if case .currentUser = role { session.role } else { role.text }
  }
}

extension ObjectKind {
  /// What ALL PRIVILEGES stands for (PostgreSQL 15 documentation, section 5.7).
  var allPrivileges: Set<String> {
    switch self {
    case .table, .view, .materializedView, .foreignTable:
      ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
    case .sequence: ["USAGE", "SELECT", "UPDATE"]
    case .function, .procedure, .routine: ["EXECUTE"]
    case .schema: ["USAGE", "CREATE"]
    case .type, .domain, .language, .foreignServer, .foreignDataWrapper: ["USAGE"]
    default: []
    }
  }

  static let knownPrivileges: Set<String> = [
    "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "USAGE", "EXECUTE", "CREATE",
    "CONNECT",
    "TEMPORARY", "TEMP", "SET", "ALTER SYSTEM",
  ]
}
