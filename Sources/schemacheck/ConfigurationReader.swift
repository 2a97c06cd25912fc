import Diagnostics
import Foundation
import Migrations
import Rules
import Verification
import Yams

/// Reads the configuration from YAML, naming file and line of every mistake.
struct ConfigurationReader {
  var path: String

  func read() throws -> Configuration {
    let text: String
    do { text = try String(contentsOf: URL(filePath: path), encoding: .utf8) } catch {
      throw Failure(kind: .usage, message: "cannot read the configuration '\(path)': \(error.localizedDescription)")
    }
    var configuration = Configuration()
    configuration.folder = path.contains("/") ? String(path[..<path.lastIndex(of: "/")!]) : ""
    let root: Node?
    do { root = try compose(yaml: text) } catch {
      throw Failure(kind: .usage, message: "\(path) is no valid YAML: \(error)")
    }
    guard let root, root != Node("") else { return configuration }
    guard case .mapping(let mapping) = root else { throw mistake("the file must be a mapping of keys to values", root) }
    for (key, value) in mapping { try set(key, value, in: &configuration) }
    return configuration
  }

  private func set(_ key: Node, _ value: Node, in configuration: inout Configuration) throws {
    let name = key.string ?? ""
    switch name {
    case "migrations": configuration.migrations = try string(value, name)
    case "rollbacks": configuration.rollbacks = try string(value, name)
    case "baseline": configuration.baseline = try strings(value, name)
    case "layout": configuration.layout = try choice(value, name)
    case "placeholders":
      configuration.placeholders = try texts(value, name)
    case "transactions": configuration.transactions = TransactionProfile(rawValue: try choice(value, name))
    case "pg-version":
      configuration.postgresVersion = try number(value, name)
    case "fail-on": configuration.failOn = try choice(value, name)
    case "tenant-columns": configuration.tenantColumns = try strings(value, name)
    case "known-findings": configuration.knownFindings = try string(value, name)
    case "rules": configuration.rules = try choices(value)
    case "paths": configuration.paths = try paths(value)
    case "preset": configuration.preset = try choice(value, name)
    case "roles": configuration.roles = try strings(value, name)
    case "identities": configuration.identities = try identities(value)
    case "visible": configuration.visible = try list(value, name).map(visible)
    case "seed": configuration.seed = try seed(value)
    case "scenarios": configuration.scenarios = try list(value, name).map(scenario)
    case "inventory": configuration.inventory = try inventory(value)
    case "snapshot": configuration.snapshot = try string(value, name)
    case "accept":
      configuration.accepted = try mapping(value, name).map { key, value in
        AcceptedFailure(pattern: key.string ?? "", reason: try string(value, "a reason"), place: place(key))
      }
    case "live-checks": configuration.liveChecks = try string(value, name)
    case "limits":
      for (key, value) in try mapping(value, name) {
        switch key.string ?? "" {
        case "statement": configuration.statementLimit = try number(value, "statement")
        case "total": configuration.totalLimit = try number(value, "total")
        default: throw unknown(key.string ?? "", "limit", ConfigurationKey.limitKeys.map(\.name), key)
        }
      }
    default: throw unknown(name, "key", ConfigurationKey.names, key)
    }
  }

  private func paths(_ node: Node) throws -> [(String, Configuration.RuleChoices)] {
    guard case .sequence(let items) = node else {
      throw mistake("paths must be a list, each item with path and rules", node)
    }
    return try items.map { item in
      guard case .mapping(let mapping) = item else { throw mistake("an item of paths must have path and rules", item) }
      var pattern: String?
      var rules = Configuration.RuleChoices()
      for (key, value) in mapping {
        switch key.string ?? "" {
        case "path": pattern = try string(value, "path")
        case "rules": rules = try choices(value)
        default: throw unknown(key.string ?? "", "key", ["path", "rules"], key)
        }
      }
      guard let pattern else { throw mistake("an item of paths must have a path", item) }
      guard rules.options.isEmpty else { throw mistake("options of rules can't differ by path", item) }
      return (pattern, rules)
    }
  }

  private func choices(_ node: Node) throws -> Configuration.RuleChoices {
    guard case .mapping(let mapping) = node else { throw mistake("rules must map rule ids to severities", node) }
    var result = Configuration.RuleChoices()
    let ids = listedRules.map(\.id)
    for (key, value) in mapping {
      let id = key.string ?? ""
      guard let rule = listedRules.first(where: { $0.id == id }) else { throw unknown(id, "rule", ids, key) }
      guard case .mapping(let settings) = value else {
        result.severities[id] = try severity(value, id)
        continue
      }
      for (key, value) in settings {
        let name = key.string ?? ""
        if name == "severity" {
          result.severities[id] = try severity(value, id)
        } else if rule.options.contains(where: { $0.key == name }) {
          result.options[id, default: [:]][name] = try strings(value, name)
        } else {
          throw unknown(name, "option of \(id)", ["severity"] + rule.options.map(\.key), key)
        }
      }
      // Whoever sets options of a rule wants it.
      if rule.isOptional, result.severities[id] == nil { result.severities[id] = rule.severity }
    }
    return result
  }

  /// A severity; nil for `off`.
  private func severity(_ node: Node, _ id: String) throws -> Severity? {
    let name = try string(node, id)
    // YAML 1.1 reads a bare `off` as false.
    if name == "off" || name == "false" { return nil }
    guard let severity = Severity(rawValue: name) else {
      throw unknown(name, "severity", Severity.allCases.map(\.rawValue) + ["off"], node)
    }
    return severity
  }

  func choice(_ node: Node, _ key: String) throws -> String {
    let name = try string(node, key)
    guard case .choice(let known)? = ConfigurationKey.all.first(where: { $0.name == key })?.value else { return name }
    guard known.contains(name) else { throw unknown(name, "value for \(key)", known, node) }
    return name
  }

  func string(_ node: Node, _ key: String) throws -> String {
    guard let text = node.scalar?.string, !text.isEmpty else { throw mistake("\(key) must be a text", node) }
    return text
  }

  func strings(_ node: Node, _ key: String) throws -> [String] {
    guard case .sequence(let items) = node else { return [try string(node, key)] }
    return try items.map { try string($0, key) }
  }

  func unknown(_ name: String, _ what: String, _ known: [String], _ node: Node) -> Failure {
    mistake("there is no \(what) '\(name)'; did you mean '\(nearest(to: name, in: known))'?", node)
  }

  func mistake(_ message: String, _ node: Node) -> Failure {
    Failure(kind: .usage, message: "\(place(node)): \(message)")
  }

  func place(_ node: Node) -> String { path + (node.mark.map { ":\($0.line):\($0.column)" } ?? "") }

  func number(_ node: Node, _ key: String) throws -> Int {
    guard let number = node.int, number > 0 else { throw mistake("\(key) must be a number from 1", node) }
    return number
  }

  func mapping(_ node: Node, _ key: String) throws -> Node.Mapping {
    guard case .mapping(let mapping) = node else { throw mistake("\(key) must be a mapping", node) }
    return mapping
  }

  func list(_ node: Node, _ key: String) throws -> [Node] {
    guard case .sequence(let items) = node else { throw mistake("\(key) must be a list", node) }
    return Array(items)
  }

  func texts(_ node: Node, _ key: String) throws -> [String: String] {
    var result: [String: String] = [:]
    for (name, value) in try mapping(node, key) {
      result[name.string ?? ""] = try string(value, "\(key).\(name.string ?? "")")
    }
    return result
  }
}
