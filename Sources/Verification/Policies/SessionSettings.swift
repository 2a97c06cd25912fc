import Foundation

/// What a program sets in the session to say who asks.
struct SessionSettings {
  /// The role that tokens name.
  var role: String
  private var plain: [String: String] = [:]
  private var documents: [String: [([String], String)]] = [:]

  init(role: String) { self.role = role }

  mutating func set(_ source: SessionSource, _ value: String) {
    guard case .setting(let name, let path) = source else { return }
    if path.isEmpty { plain[name] = value } else { documents[name, default: []].append((path, value)) }
  }

  /// By name; members of documents as JSON.
  var values: [String: String] {
    // What PostgREST before version 9 set has a member's name at its end; without one it is a document.
    var values = plain.filter { documents[$0.key] == nil && $0.key != "request.jwt.claim" }
    for (name, members) in documents {
      var document: [String: Any] = name.hasPrefix("request.jwt.") ? ["role": role] : [:]
      for (path, value) in members { Self.put(value, at: path[...], in: &document) }
      let data = try? JSONSerialization.data(withJSONObject: document, options: [.sortedKeys, .withoutEscapingSlashes])
      values[name] = data.map { String(decoding: $0, as: UTF8.self) }
    }
    if plain["request.jwt.claim.sub"] != nil { values["request.jwt.claim.role"] = role }
    return values
  }

  private static func put(_ value: String, at path: ArraySlice<String>, in document: inout [String: Any]) {
    guard let key = path.first else { return }
    guard path.count > 1 else { return document[key] = value }
    var inner = document[key] as? [String: Any] ?? [:]
    put(value, at: path.dropFirst(), in: &inner)
    document[key] = inner
  }
}
