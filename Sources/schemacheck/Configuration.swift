import Diagnostics
import Foundation
import Migrations
import Rules
import Yams

/// What `schemacheck.yml` says. Paths are relative to the folder that the file is in.
struct Configuration: Sendable {
  /// The folder of the file, as a prefix for its paths; nil where there is no file.
  var folder: String?
  var migrations: String?
  var rollbacks: String?
  var baseline: [String]?
  var layout: String?
  var transactions: TransactionProfile?
  var postgresVersion: Int?
  var failOn: String?
  var severities: [String: Severity?] = [:]
  /// Texts that the runner replaces, with what it puts there.
  var placeholders: [String: String] = [:]

  /// The keys of the file, with what they mean.
  static let keys = [
    "migrations", "rollbacks", "baseline", "layout", "placeholders", "transactions", "pg-version", "fail-on", "rules",
  ]

  /// The file that governs a path: `schemacheck.yml` in its folder or the nearest one above.
  static func search(from path: String) -> String? {
    var folder = path
    while true {
      let candidate = folder.isEmpty ? "schemacheck.yml" : "\(folder)/schemacheck.yml"
      if FileManager.default.isReadableFile(atPath: candidate) { return candidate }
      guard let parent = parentFolder(folder) else { return nil }
      folder = parent
    }
  }

  private static func parentFolder(_ folder: String) -> String? {
    let absolute = URL(filePath: folder.isEmpty ? "." : folder).standardizedFileURL
    if !folder.isEmpty, folder != ".", !folder.hasPrefix("/"), !folder.contains("..") {
      return folder.contains("/") ? String(folder[..<folder.lastIndex(of: "/")!]) : ""
    }
    let parent = absolute.deletingLastPathComponent().standardizedFileURL
    return parent.path == absolute.path ? nil : parent.path
  }

  /// A path of the file as seen from the working folder.
  func resolve(_ path: String) -> String {
    guard let folder, !folder.isEmpty, !path.hasPrefix("/") else { return path }
    return "\(folder)/\(path)"
  }
}

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
    switch key.string ?? "" {
    case "migrations": configuration.migrations = try string(value, "migrations")
    case "rollbacks": configuration.rollbacks = try string(value, "rollbacks")
    case "baseline": configuration.baseline = try strings(value, "baseline")
    case "layout":
      let name = try string(value, "layout")
      guard layoutNames.contains(name) else { throw unknown(name, "layout", layoutNames, value) }
      configuration.layout = name
    case "placeholders":
      guard case .mapping(let mapping) = value else {
        throw mistake("placeholders must map texts to what stands for them", value)
      }
      for (key, value) in mapping { configuration.placeholders[key.string ?? ""] = try string(value, "a placeholder") }
    case "transactions":
      let name = try string(value, "transactions")
      guard let profile = TransactionProfile(rawValue: name) else {
        throw unknown(name, "value for transactions", TransactionProfile.allCases.map(\.rawValue), value)
      }
      configuration.transactions = profile
    case "pg-version":
      guard let number = value.int else { throw mistake("pg-version must be a number", value) }
      configuration.postgresVersion = number
    case "fail-on":
      let name = try string(value, "fail-on")
      let names = Severity.allCases.map(\.rawValue) + ["never"]
      guard names.contains(name) else { throw unknown(name, "value for fail-on", names, value) }
      configuration.failOn = name
    case "rules": configuration.severities = try severities(value)
    default: throw unknown(key.string ?? "", "key", Configuration.keys, key)
    }
  }

  private func severities(_ node: Node) throws -> [String: Severity?] {
    guard case .mapping(let mapping) = node else { throw mistake("rules must map rule ids to severities", node) }
    var result: [String: Severity?] = [:]
    let ids = allRules.map { $0.id }
    for (key, value) in mapping {
      let id = key.string ?? ""
      guard ids.contains(id) else { throw unknown(id, "rule", ids, key) }
      let name = try string(value, id)
      // YAML 1.1 reads a bare `off` as false.
      if name == "off" || name == "false" {
        result[id] = .some(nil)
      } else if let severity = Severity(rawValue: name) {
        result[id] = severity
      } else {
        throw unknown(name, "severity", Severity.allCases.map(\.rawValue) + ["off"], value)
      }
    }
    return result
  }

  private func string(_ node: Node, _ key: String) throws -> String {
    guard let text = node.scalar?.string, !text.isEmpty else { throw mistake("\(key) must be a text", node) }
    return text
  }

  private func strings(_ node: Node, _ key: String) throws -> [String] {
    guard case .sequence(let items) = node else { return [try string(node, key)] }
    return try items.map { try string($0, key) }
  }

  private func unknown(_ name: String, _ what: String, _ known: [String], _ node: Node) -> Failure {
    mistake("there is no \(what) '\(name)'; did you mean '\(nearest(to: name, in: known))'?", node)
  }

  private func mistake(_ message: String, _ node: Node) -> Failure {
    let line = node.mark.map { ":\($0.line):\($0.column)" } ?? ""
    return Failure(kind: .usage, message: "\(path)\(line): \(message)")
  }
}
