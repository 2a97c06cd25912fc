/// JSON, XML and lists of keys with values (PostgreSQL documentation, sections 8.13, 8.14 and F.18).
enum Documents: ValueFamily {
  static let types: Set<String> = ["json", "jsonb", "xml", "hstore"]

  static func value(_ request: ValueRequest, _ random: inout Randomness) -> String? {
    switch request.type {
    case "xml": return "<value>\(random.below(100))</value>"
    case "hstore": return "\"key\"=>\"\(random.below(100))\""
    default: break
    }
    let demand = request.demand
    let isList = demand.jsonKind == "array" || demand.minimumCount != nil || demand.maximumCount != nil
    let kinds = ["object", "array", "string", "number", "boolean", "null"].filter {
      !demand.excludedJSONKinds.contains($0)
    }
    switch demand.jsonKind ?? (isList ? "array" : kinds.first ?? "object") {
    case "array":
      let count = min(max(demand.minimumCount ?? 1, 0), demand.maximumCount ?? .max)
      return "[" + (0..<count).map { "\"value \($0 + 1)\"" }.joined(separator: ", ") + "]"
    case "string": return "\"value \(random.below(100))\""
    case "number": return String(random.below(100))
    case "boolean": return "true"
    case "null": return "null"
    default:
      let number = request.isUnique ? request.row : random.below(100)
      guard !demand.jsonFields.isEmpty else { return "{\"key\": \(number)}" }
      let fields = demand.jsonFields.sorted { $0.key < $1.key }.map { key, type in
        "\(ArrayText.quoted(key)): \(member(type, key, request, &random))"
      }
      return "{\(fields.joined(separator: ", "))}"
    }
  }

  /// A member of an object, such that its text can be cast to the type.
  private static func member(
    _ type: String, _ key: String, _ request: ValueRequest, _ random: inout Randomness
  ) -> String {
    let inner = ValueRequest(
      type: type, modifier: -1, demand: Demand(), column: key, row: request.row, isUnique: request.isUnique,
      now: request.now)
    let family = familyOfType[type]
    guard let value = family?.value(inner, &random) else { return "\"\(request.row)\"" }
    return ["bool", "int2", "int4", "int8", "numeric", "json", "jsonb"].contains(type) ? value : ArrayText.quoted(value)
  }
}
