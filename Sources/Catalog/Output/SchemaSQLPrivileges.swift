import PostgresSyntax

/// Comments, privileges and default privileges.
extension SchemaSQL {
  mutating func comments() {
    for (address, text) in catalog.comments.entries.sorted(by: { ($0.0.oid, $0.0.column) < ($1.0.oid, $1.0.column) }) {
      guard let target = target(address) else { continue }
      add("COMMENT ON \(target) IS \(text.sqlLiteral)")
    }
  }

  /// How COMMENT names an object.
  func target(_ address: Address) -> String? {
    guard let id = catalog.id(of: address) else { return nil }
    let name = ObjectName(schema: id.schema, id.name).sql
    let table = id.table.map { ObjectName(schema: id.schema, $0).sql } ?? ""
    switch id.kind {
    case .column: return "COLUMN \(table).\(id.name.sqlIdentifier)"
    case .constraint, .trigger, .policy, .rule:
      return "\(id.kind.rawValue.uppercased()) \(id.name.sqlIdentifier) ON \(table)"
    case .function, .procedure, .aggregate: return "\(id.kind.rawValue.uppercased()) \(name)(\(id.signature ?? ""))"
    case .operator, .cast, .operatorClass, .operatorFamily: return nil
    default: return "\(id.kind.rawValue.uppercased()) \(name)"
    }
  }

  mutating func privileges() {
    for (address, grantees) in catalog.grants.entries.sorted(by: { ($0.0.oid, $0.0.column) < ($1.0.oid, $1.0.column) })
    {
      guard let id = catalog.id(of: address) else { continue }
      let name = ObjectName(schema: id.schema, id.name).sql
      let object: String
      var columns = ""
      switch id.kind {
      case .table, .view, .materializedView, .foreignTable: object = "TABLE \(name)"
      case .column:
        object = "TABLE \(ObjectName(schema: id.schema, id.table ?? "").sql)"
        columns = " (\(id.name.sqlIdentifier))"
      case .function, .aggregate: object = "FUNCTION \(name)(\(id.signature ?? ""))"
      case .procedure: object = "PROCEDURE \(name)(\(id.signature ?? ""))"
      default: object = "\(id.kind.rawValue.uppercased()) \(name)"
      }
      for grantee in catalog.builtInGrants(of: address).keys where grantees[grantee] == nil {
        add("REVOKE ALL ON \(object) FROM \(grantee)")
      }
      for (grantee, privileges) in grantees.sorted(by: { $0.key < $1.key }) {
        let list = privileges.sorted().map { $0 + columns }.joined(separator: ", ")
        add("GRANT \(list) ON \(object) TO \(grantee == "PUBLIC" ? grantee : grantee.sqlIdentifier)")
      }
    }
  }

  /// What the roles get on objects that are made later.
  mutating func defaultPrivileges() {
    for entry in catalog.defaultPrivileges {
      let role = entry.role.map { " FOR ROLE \($0.sqlIdentifier)" } ?? ""
      let schema = entry.schema.map { " IN SCHEMA \($0.sqlIdentifier)" } ?? ""
      let kind = "\(entry.kind.rawValue.uppercased())S"
      let grantee = entry.grantee == "PUBLIC" ? entry.grantee : entry.grantee.sqlIdentifier
      let list = entry.privileges.sorted().joined(separator: ", ")
      add(
        "ALTER DEFAULT PRIVILEGES\(role)\(schema) "
          + (list.isEmpty ? "REVOKE ALL ON \(kind) FROM \(grantee)" : "GRANT \(list) ON \(kind) TO \(grantee)"))
    }
  }
}
