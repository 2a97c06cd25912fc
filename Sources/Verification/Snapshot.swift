import Catalog
import Postgres

/// The schema of a real database, object by object.
public struct Snapshot: Sendable {
  struct Entry: Hashable, Sendable {
    var facts: String
    var definition: String
  }

  /// Objects by kind and name.
  private(set) var objects: [String: Entry] = [:]
  /// What can be compared with a simulated catalog.
  public private(set) var inventory: [InventoryItem] = []

  /// The kinds that the simulated catalog says nothing of.
  private static let liveOnly: Set<String> = ["privileges", "rule", "statistics", "publication", "event trigger", "setting"]

  /// Reads the catalog with one query: the files of `Queries/snapshot`, put together.
  ///
  /// - Throws: `PostgresError` where the server rejects it.
  public init(_ connection: Connection) throws {
    try connection.execute("SET search_path = public")
    for row in try connection.execute(Self.query).values {
      guard row.count == 4, let kind = row[0], let name = row[1] else { continue }
      let entry = Entry(facts: row[2] ?? "", definition: row[3] ?? "")
      objects["\(kind) \(name)"] = entry
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

  /// What is not as it was, a line for each object.
  func differences(from before: Snapshot) -> [String] {
    var lines: [String] = []
    for (name, entry) in objects {
      guard let old = before.objects[name] else {
        lines.append("left behind: \(name)")
        continue
      }
      guard old != entry else { continue }
      let (was, now) = old.facts == entry.facts ? (old.definition, entry.definition) : (old.facts, entry.facts)
      lines.append("changed: \(name): was '\(was)', is '\(now)'")
    }
    for name in before.objects.keys where objects[name] == nil { lines.append("missing: \(name)") }
    return lines.sorted()
  }
}
