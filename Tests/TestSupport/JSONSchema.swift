import Foundation

/// What a JSON value has against a schema: as much of JSON Schema (draft 2020-12) as the schemas of this project use.
public struct JSONSchema {
  private let root: [String: Any]

  public init(_ data: Data) throws {
    root = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  /// The places that don't fit, with why.
  public func problems(of data: Data) throws -> [String] {
    let value = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
    return problems(of: value, root, at: "$")
  }

  private func problems(of value: Any, _ schema: [String: Any], at place: String) -> [String] {
    if let reference = schema["$ref"] as? String { return problems(of: value, resolve(reference), at: place) }
    var found: [String] = []
    if let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map({ [$0] }),
      !types.contains(where: { isOf($0, value) })
    {
      return ["\(place) is not of type \(types)"]
    }
    if let choices = schema["enum"] as? [AnyHashable], !choices.contains((value as? AnyHashable) ?? AnyHashable("")) {
      found.append("\(place) is none of \(choices)")
    }
    if let constant = schema["const"] as? AnyHashable, constant != (value as? AnyHashable) {
      found.append("\(place) is not \(constant)")
    }
    if let minimum = schema["minimum"] as? Double, let number = value as? Double, number < minimum {
      found.append("\(place) is less than \(minimum)")
    }
    if let options = schema["anyOf"] as? [[String: Any]],
      !options.contains(where: { problems(of: value, $0, at: place).isEmpty })
    {
      found.append("\(place) fits none of the alternatives")
    }
    if let items = schema["items"] as? [String: Any], let array = value as? [Any] {
      for (index, item) in array.enumerated() { found += problems(of: item, items, at: "\(place)[\(index)]") }
    }
    return found + problems(ofMembers: value, schema, at: place)
  }

  private func problems(ofMembers value: Any, _ schema: [String: Any], at place: String) -> [String] {
    guard let object = value as? [String: Any] else { return [] }
    var found: [String] = []
    let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
    for name in schema["required"] as? [String] ?? [] where object[name] == nil {
      found.append("\(place) has no '\(name)'")
    }
    for (name, member) in object {
      if let known = properties[name] {
        found += problems(of: member, known, at: "\(place).\(name)")
      } else if let others = schema["additionalProperties"] as? [String: Any] {
        found += problems(of: member, others, at: "\(place).\(name)")
      } else if schema["additionalProperties"] as? Bool == false {
        found.append("\(place) has an unknown '\(name)'")
      }
    }
    return found
  }

  private func resolve(_ reference: String) -> [String: Any] {
    reference.split(separator: "/").dropFirst().reduce(root) { ($0[String($1)] as? [String: Any]) ?? [:] }
  }

  private func isOf(_ type: String, _ value: Any) -> Bool {
    switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "boolean": (value as? NSNumber).map { CFBooleanLike($0) } ?? (value is Bool)
    case "integer": (value as? Double).map { $0 == $0.rounded() } ?? false
    case "number": value is Double
    case "null": value is NSNull
    default: false
    }
  }

  private func CFBooleanLike(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
