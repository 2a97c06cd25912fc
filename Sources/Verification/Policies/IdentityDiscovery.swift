import Postgres
import PostgresSyntax

/// Works out who uses a database where nobody says: the columns that policies compare with the session, the settings that
/// they read, and two tenants who differ in them.
struct IdentityDiscovery {
  var connection: Connection
  var schema: LiveSchema
  /// The columns that say whose a row is, as the user declares them.
  var tenantColumns: [String]

  struct Finding {
    var identities: [Identity] = []
    var columns: [String] = []
    /// What must be run first, so that somebody has rights at all.
    var preparation: [String] = []
  }

  private struct Setting: Decodable {
    var name: String
    var setting: String
  }

  private struct Role: Decodable {
    var name: String
    var tables: Int
  }

  func run() throws -> Finding {
    let policies = try connection.rows(of: "policies/policies", LivePolicy.self)
    let settingsOfFunctions = Dictionary(
      grouping: try connection.rows(of: "policies/settings", Setting.self), by: \.name
    )
    .mapValues { $0.map(\.setting) }
    var finding = Finding(columns: tenantColumns)
    var settings: [String: Set<String>] = [:]
    for policy in policies {
      for text in [policy.condition, policy.checkCondition].compactMap({ $0 }) {
        guard let expression = Expression(sql: text) else { continue }
        for (column, session) in expression.sessionComparisons {
          let names = session.flatMap { settingsOfFunctions[$0] ?? ($0.contains(".") ? [$0] : []) }
          guard !names.isEmpty else { continue }
          if !finding.columns.contains(column) { finding.columns.append(column) }
          settings[column, default: []].formUnion(names)
        }
      }
    }
    guard !settings.isEmpty else { return finding }
    let role = try role(policies, &finding)
    for (index, name) in ["first tenant", "second tenant"].enumerated() {
      var identity = Identity(name: name, role: role)
      for column in finding.columns { identity.owns[column] = tenant(index, column) }
      for (column, names) in settings.sorted(by: { $0.key < $1.key }) {
        for setting in names { identity.settings[setting] = value(identity.owns[column] ?? "", of: setting, role) }
      }
      finding.identities.append(identity)
    }
    finding.identities.append(Identity(name: "nobody", role: role))
    return finding
  }

  /// What gives roles rights, where none of them may do anything with the tables that have policies: what these would let
  /// through can be seen only then.
  func rights(of identities: [Identity]) throws -> [String] {
    let names = Set(identities.map(\.role))
    let roles = try connection.rows(of: "policies/roles", Role.self).filter { names.contains($0.name) }
    guard !roles.isEmpty, roles.allSatisfy({ $0.tables == 0 }), schema.tables.contains(where: \.hasRowSecurity) else {
      return []
    }
    return roles.flatMap { grants(to: $0.name) }
  }

  private func grants(to role: String) -> [String] {
    let role = role.sqlIdentifier
    return Set(schema.tables.map(\.schema)).sorted().map(\.sqlIdentifier).flatMap { schema in
      [
        "GRANT USAGE ON SCHEMA \(schema) TO \(role)",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(schema) TO \(role)",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA \(schema) TO \(role)",
      ]
    }
  }

  /// A role that policies are for and that may do something; failing that, one that may do everything with tables.
  private func role(_ policies: [LivePolicy], _ finding: inout Finding) throws -> String {
    let roles = try connection.rows(of: "policies/roles", Role.self)
    let named = Set(policies.flatMap { $0.roles ?? [] })
    if let role = roles.first(where: { named.contains($0.name) && $0.tables > 0 })
      ?? roles.first(where: { $0.tables > 0 })
    {
      return role.name
    }
    finding.preparation = ["CREATE ROLE schemacheck_tenant"] + grants(to: "schemacheck_tenant")
    return "schemacheck_tenant"
  }

  /// Somebody's value in a column of the column's type.
  private func tenant(_ number: Int, _ column: String) -> String {
    let found = schema.tables.lazy.compactMap { $0.column(column) }.first
    guard let found, let type = schema.types[found.type]?.name else { return "tenant \(number + 1)" }
    switch type {
    case "uuid": return "00000000-0000-4000-8000-00000000000\(number + 1)"
    case "int2", "int4", "int8", "numeric": return String(9001 + number)
    default: return "tenant-\(number + 1)"
    }
  }

  /// What a setting holds for somebody: claims of a token are JSON.
  private func value(_ tenant: String, of setting: String, _ role: String) -> String {
    setting.hasSuffix("claims")
      ? "{\"role\": \(ArrayText.quoted(role)), \"sub\": \(ArrayText.quoted(tenant))}" : tenant
  }
}

struct LivePolicy: Decodable, Sendable {
  var tableOid: Int
  var name: String
  var isPermissive: Bool
  var command: String
  var roles: [String]?
  var condition: String?
  var checkCondition: String?
}

extension Expression {
  /// Columns that are compared with something that the session says: the functions and settings on the other side.
  fileprivate var sessionComparisons: [(column: String, session: [String])] {
    var found: [(String, [String])] = []
    walk { expression in
      guard case .operation(let operation) = expression, operation.operands.count == 2,
        operation.name.name == "=", operation.kind == .plain || operation.kind == .any
      else { return }
      for (side, other) in [(0, 1), (1, 0)] {
        guard let column = operation.operands[side].plainColumn else { continue }
        let session = operation.operands[other].sessionSources
        if !session.isEmpty { found.append((column, session)) }
      }
    }
    return found
  }

  /// The names of functions that are called without arguments, and of settings that are read.
  private var sessionSources: [String] {
    var found: [String] = []
    walk { expression in
      guard case .call(let call) = expression else { return }
      if call.name.name == "current_setting", let name = call.arguments.first?.constant { found.append(name) }
      if call.arguments.isEmpty { found.append(call.name.name) }
    }
    return found
  }
}
