import Catalog
import Postgres

/// The schema of a real database, object by object.
public struct Snapshot: Sendable {
  struct Entry: Hashable, Sendable {
    var kind: String
    var name: String
    var facts: String
    var definition: String
  }

  /// Objects by kind and name.
  private(set) var objects: [String: Entry] = [:]
  /// What can be compared with a simulated catalog.
  public private(set) var inventory: [InventoryItem] = []

  /// The kinds that the simulated catalog says nothing of.
  private static let liveOnly: Set<String> = [
    "privileges", "setting",
  ]

  init() {}

  mutating func add(_ entry: Entry) { objects["\(entry.kind) \(entry.name)"] = entry }

  /// Reads the catalog with one query: the files of `Queries/snapshot`, put together.
  ///
  /// - Throws: `PostgresError` where the server rejects it.
  public init(_ connection: Connection) throws {
    try connection.execute("SET search_path = public")
    for row in try connection.executePlanned(Self.query).values {
      guard row.count == 4, let kind = row[0], let name = row[1] else { continue }
      let entry = Entry(kind: kind, name: name, facts: row[2] ?? "", definition: row[3] ?? "")
      add(entry)
      if !Self.liveOnly.contains(kind) {
        inventory.append(InventoryItem(kind: kind, name: name, facts: entry.facts))
      }
    }
    inventory.sort()
    try connection.execute("RESET search_path")
  }

  /// One query out of all files: each returns kind, name, facts and definition.
  private static let query: String = embeddedTexts.filter { $0.key.hasPrefix("Queries/snapshot/") }
    .sorted { $0.key < $1.key }.map { "(\($0.value))" }.joined(separator: "\nUNION ALL\n")

  /// What is not as it was, a line for each object. The parts of a relation that came or went as a whole are not named.
  func differences(from before: Snapshot) -> [String] {
    let (cameWhole, wentWhole) = (relations.subtracting(before.relations), before.relations.subtracting(relations))
    var lines: [String] = []
    for (key, entry) in objects {
      guard let old = before.objects[key] else {
        if !entry.isPart(of: cameWhole) { lines.append("left behind: \(key)") }
        continue
      }
      guard old != entry else { continue }
      let (was, now) = old.facts == entry.facts ? (old.definition, entry.definition) : (old.facts, entry.facts)
      lines.append("changed: \(key): was '\(was)', is '\(now)'")
    }
    for (key, entry) in before.objects where objects[key] == nil && !entry.isPart(of: wentWhole) {
      lines.append("missing: \(key)")
    }
    return lines.sorted()
  }

  /// The names of tables, views and sequences.
  var relations: Set<String> {
    Set(objects.values.filter { Self.relationKinds.contains($0.kind) }.map(\.name))
  }

  private static let relationKinds: Set<String> = [
    "table", "partitioned table", "view", "materialized view", "sequence", "foreign table",
  ]
}

extension Snapshot.Entry {
  /// Whether this is a column, index, grant or the like of one of the relations.
  fileprivate func isPart(of relations: Set<String>) -> Bool {
    let owner: Substring
    switch kind {
    case "column", "constraint", "trigger", "policy", "rule":
      owner = name[..<(name.lastIndex(of: ".") ?? name.endIndex)]
    case "index": owner = facts.dropFirst("on ".count).prefix { $0 != " " }
    case "grant": owner = name.prefix { $0 != " " }
    case "comment":
      let object = name[(name.lastIndex(of: " ") ?? name.startIndex)...].dropFirst()
      if relations.contains(String(object)) { return true }
      owner = object[..<(object.lastIndex(of: ".") ?? object.endIndex)]
    case "sequence":
      owner =
        facts.hasPrefix("owned by ")
        ? facts.dropFirst("owned by ".count)[..<(facts.lastIndex(of: ".") ?? facts.endIndex)] : ""
    default: return false
    }
    return relations.contains(String(owner))
  }
}
