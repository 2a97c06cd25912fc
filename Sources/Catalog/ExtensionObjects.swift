import PostgresSyntax

/// Which extension brings a function, type, operator class or relation. Exported from a server by
/// `ci/export-extensions`.
public struct ExtensionObjects: Sendable {
  /// Lines `kind, name, extension`, sorted by bytes: read where they are, since most runs look up little.
  private let table: [UInt8]

  public static let known = ExtensionObjects(table: Array((embeddedTexts["Data/extensions.tsv"] ?? "").utf8))

  /// Whether the data has the extension at all.
  public func contains(_ name: String) -> Bool { !providing("extension", name).isEmpty }
  /// The extensions that bring a function of that name.
  public func providing(function name: String) -> [String] { providing("function", name) }
  public func providing(type name: String) -> [String] { providing("type", name) }
  public func providing(operatorClass name: String) -> [String] { providing("opclass", name) }
  public func providing(relation name: String) -> [String] { providing("relation", name) }

  private func providing(_ kind: String, _ name: String) -> [String] {
    let key = Array("\(kind)\t\(name)\t".utf8)
    var position = firstLine(notBefore: key)
    var found: [String] = []
    while position < table.count, table[position...].starts(with: key) {
      let end = lineEnd(position)
      found.append(String(decoding: table[position + key.count..<end], as: UTF8.self))
      position = end + 1
    }
    return found
  }

  private func firstLine(notBefore key: [UInt8]) -> Int {
    var low = 0
    var high = table.count
    while low < high {
      let middle = lineStart((low + high) / 2)
      if table[middle..<lineEnd(middle)].lexicographicallyPrecedes(key) {
        low = lineEnd(middle) + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private func lineStart(_ offset: Int) -> Int {
    table[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
  }

  private func lineEnd(_ offset: Int) -> Int {
    table[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? table.count
  }
}

extension Catalog {
  /// Whether an installed extension brings, or may bring, the function.
  func mayProvide(function name: ObjectName) -> Bool {
    name.schema == "pg_catalog" || mayProvide(ExtensionObjects.known.providing(function: name.name))
  }

  func mayProvide(type name: ObjectName) -> Bool {
    mayProvide(ExtensionObjects.known.providing(type: name.name))
  }

  private func mayProvide(_ providers: [String]) -> Bool {
    hasUnknownExtension || extensions.keys.contains { providers.contains($0) }
  }

  /// Whether an extension is installed that the data doesn't know: it may bring anything.
  public var hasUnknownExtension: Bool {
    extensions.keys.contains { $0 != "plpgsql" && !ExtensionObjects.known.contains($0) }
  }
}
