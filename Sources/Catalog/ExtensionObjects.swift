import HashTreeCollections
import PostgresSyntax

/// Which extension brings a function, type, operator class or relation. Exported from a server by
/// `ci/export-extensions`.
public struct ExtensionObjects: Sendable {
  /// Every extension that the data knows.
  public private(set) var names: Set<String> = []
  private var providers: [String: [String: [String]]] = [:]

  public static let known = ExtensionObjects(embeddedTexts["Data/extensions.tsv"] ?? "")

  init(_ table: String) {
    for line in table.split(separator: "\n") {
      let fields = line.split(separator: "\t").map(String.init)
      guard fields.count == 3 else { continue }
      names.insert(fields[0])
      providers[fields[1], default: [:]][fields[2], default: []].append(fields[0])
    }
  }

  /// The extensions that bring a function of that name.
  public func providing(function name: String) -> [String] { providers["function"]?[name] ?? [] }
  public func providing(type name: String) -> [String] { providers["type"]?[name] ?? [] }
  public func providing(operatorClass name: String) -> [String] { providers["opclass"]?[name] ?? [] }
  public func providing(relation name: String) -> [String] { providers["relation"]?[name] ?? [] }
}

extension Catalog {
  /// Whether an installed extension brings, or may bring, the function.
  func mayProvide(function name: ObjectName) -> Bool {
    name.schema == "pg_catalog" || mayProvide(ExtensionObjects.known.providing(function: name.name))
  }

  func mayProvide(type name: ObjectName) -> Bool {
    mayProvide(ExtensionObjects.known.providing(type: name.name))
  }

  /// An extension that the data doesn't know may bring anything.
  private func mayProvide(_ providers: [String]) -> Bool {
    extensions.keys.contains { providers.contains($0) || !ExtensionObjects.known.names.contains($0) && $0 != "plpgsql" }
  }
}
