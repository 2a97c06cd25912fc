import Foundation
import Verification
import Yams

/// What the configuration says about `verify`.
extension ConfigurationReader {
  func identities(_ node: Node) throws -> [Identity] {
    try mapping(node, "identities").map { key, value in
      let name = key.string ?? ""
      var role: String?
      var identity = Identity(name: name, role: "")
      for (key, value) in try mapping(value, name) {
        switch key.string ?? "" {
        case "role": role = try string(value, "role")
        case "settings": identity.settings.merge(try texts(value, "settings")) { _, new in new }
        case "claims": identity.settings.merge(claims(try texts(value, "claims"))) { own, _ in own }
        case "owns": identity.owns = try texts(value, "owns")
        case "sees": identity.seesEverything = try string(value, "sees") == "everything"
        default: throw unknown(key.string ?? "", "key of an identity", ConfigurationKey.identityKeys.map(\.name), key)
        }
      }
      guard let role else { throw mistake("the identity '\(name)' must have a role", key) }
      identity.role = role
      return identity
    }
  }

  /// The settings in which PostgREST puts a token's claims (PostgREST documentation, "Transaction-scoped settings"), now
  /// and before version 9.
  private func claims(_ claims: [String: String]) -> [String: String] {
    let data =
      (try? JSONSerialization.data(withJSONObject: claims, options: [.sortedKeys, .withoutEscapingSlashes])) ?? Data()
    var settings = ["request.jwt.claims": String(decoding: data, as: UTF8.self)]
    for (name, value) in claims { settings["request.jwt.claim.\(name)"] = value }
    return settings
  }

  func visible(_ node: Node) throws -> VisibleRows {
    var rows = VisibleRows(table: "", identity: nil, condition: "")
    for (key, value) in try mapping(node, "an item of visible") {
      switch key.string ?? "" {
      case "table": rows.table = try string(value, "table")
      case "as": rows.identity = try string(value, "as")
      case "rows": rows.condition = try string(value, "rows")
      default:
        throw unknown(key.string ?? "", "key of visible", ConfigurationKey.visibleKeys.map(\.name), key)
      }
    }
    if rows.table.isEmpty || rows.condition.isEmpty {
      throw mistake("an item of visible must have table and rows", node)
    }
    return rows
  }

  func seed(_ node: Node) throws -> Configuration.Seed {
    var seed = Configuration.Seed()
    for (key, value) in try mapping(node, "seed") {
      switch key.string ?? "" {
      case "rows": seed.rows = try number(value, "rows")
      case "number": seed.number = try number(value, "number")
      case "date":
        guard let date = try? Date(try string(value, "date"), strategy: .iso8601.year().month().day()) else {
          throw mistake("date must be a day such as 2024-06-01", value)
        }
        seed.date = date
      case "tables":
        for (table, count) in try mapping(value, "tables") {
          seed.tables[table.string ?? ""] = try number(count, "rows")
        }
      case "files": seed.files = try strings(value, "files")
      default: throw unknown(key.string ?? "", "key of seed", ConfigurationKey.seedKeys.map(\.name), key)
      }
    }
    return seed
  }

  func inventory(_ node: Node) throws -> DeclaredInventory {
    var names: [String: [String]] = [:]
    for (key, value) in try mapping(node, "inventory") {
      let kind = key.string ?? ""
      guard DeclaredInventory.kinds.contains(kind) else {
        throw unknown(kind, "kind of object", DeclaredInventory.kinds, key)
      }
      names[kind] = try strings(value, kind)
    }
    return DeclaredInventory(names: names)
  }

  func scenario(_ node: Node) throws -> Scenario {
    var scenario = Scenario(name: "", place: place(node))
    var isOrdered = false
    for (key, value) in try mapping(node, "a scenario") {
      switch key.string ?? "" {
      case "name": scenario.name = try string(value, "name")
      case "migration": scenario.migration = try string(value, "migration")
      case "given":
        scenario.given = try mapping(value, "given").map { table, rows in
          (table.string ?? "", try list(rows, "the rows of \(table.string ?? "")").map(row))
        }
      case "as": scenario.identity = try string(value, "as")
      case "run": scenario.statements = try strings(value, "run")
      case "query": scenario.query = try string(value, "query")
      case "expect": scenario.expected = try expectation(value)
      case "ordered": isOrdered = value.bool ?? false
      case "error": scenario.expected = .error(try string(value, "error"))
      default: throw unknown(key.string ?? "", "key of a scenario", ConfigurationKey.scenarioKeys.map(\.name), key)
      }
    }
    if scenario.name.isEmpty { throw mistake("a scenario must have a name", node) }
    if scenario.statements.isEmpty, scenario.query == nil, scenario.migration == nil {
      throw mistake("the scenario '\(scenario.name)' must run something or have a query", node)
    }
    if case .rows(let rows, _) = scenario.expected { scenario.expected = .rows(rows, isOrdered: isOrdered) }
    return scenario
  }

  private func expectation(_ node: Node) throws -> Scenario.Expectation {
    guard case .sequence(let rows) = node else {
      switch node.string {
      case "nothing": return .nothing
      case "something": return .something
      default: throw mistake("expect must be a list of rows, `nothing` or `something`", node)
      }
    }
    return .rows(try rows.map(row), isOrdered: false)
  }

  private func row(_ node: Node) throws -> [String: Scenario.Value] {
    var row: [String: Scenario.Value] = [:]
    for (column, value) in try mapping(node, "a row") { row[column.string ?? ""] = try self.value(value) }
    return row
  }

  /// A constant; JSON for a list or mapping; SQL where it begins with `=`.
  private func value(_ node: Node) throws -> Scenario.Value {
    switch node {
    case .scalar(let scalar):
      if node.null != nil { return .null }
      let text = scalar.string
      return text.hasPrefix("=")
        ? .expression(String(text.dropFirst()).trimmingCharacters(in: .whitespaces)) : .text(text)
    default:
      let data = try JSONSerialization.data(
        withJSONObject: json(node), options: [.sortedKeys, .withoutEscapingSlashes])
      return .text(String(decoding: data, as: UTF8.self))
    }
  }

  private func json(_ node: Node) -> Any {
    switch node {
    case .sequence(let items): items.map(json)
    case .mapping(let mapping): Dictionary(mapping.map { ($0.key.string ?? "", json($0.value)) }) { first, _ in first }
    default:
      if node.null != nil {
        NSNull()
      } else if let number = node.int {
        number
      } else if let number = node.float {
        number
      } else if let flag = node.bool {
        flag
      } else {
        node.string ?? ""
      }
    }
  }
}
