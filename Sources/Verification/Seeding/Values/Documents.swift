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
    let kinds = ["object", "array", "string", "number", "boolean", "null"].filter { !demand.excludedJSONKinds.contains($0) }
    switch demand.jsonKind ?? (isList ? "array" : kinds.first ?? "object") {
    case "array":
      let count = min(max(demand.minimumCount ?? 1, 0), demand.maximumCount ?? .max)
      return "[" + (0..<count).map { "\"value \($0 + 1)\"" }.joined(separator: ", ") + "]"
    case "string": return "\"value \(random.below(100))\""
    case "number": return String(random.below(100))
    case "boolean": return "true"
    case "null": return "null"
    default:
      let keys = demand.jsonKeys.isEmpty ? ["key"] : demand.jsonKeys
      let number = request.isUnique ? request.row : random.below(100)
      return "{" + keys.map { "\(ArrayText.quoted($0)): \(number)" }.joined(separator: ", ") + "}"
    }
  }
}
