import Diagnostics
import Foundation
import Rules

/// The JSON Schema of `schemacheck.yml`, for editors.
///
/// Source: json-schema.org, draft 2020-12.
func configurationSchema() -> String {
  var root = object(with: ConfigurationKey.all)
  root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
  root["title"] = "schemacheck.yml"
  root["$defs"] = ["rules": ruleSchema(hasOptions: true), "severities": ruleSchema(hasOptions: false)]
  let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  let data = try? JSONSerialization.data(withJSONObject: root, options: options)
  return String(decoding: data ?? Data(), as: UTF8.self) + "\n"
}

private func object(with keys: [ConfigurationKey]) -> [String: Any] {
  var properties: [String: Any] = [:]
  for key in keys {
    var value = schema(of: key.value)
    value["description"] = key.meaning
    properties[key.name] = value
  }
  return ["type": "object", "additionalProperties": false, "properties": properties]
}

private func texts() -> [String: Any] {
  ["anyOf": [["type": "string"], ["type": "array", "items": ["type": "string"]]]]
}

private func schema(of value: ConfigurationKey.Value) -> [String: Any] {
  switch value {
  case .text: ["type": "string"]
  case .number: ["type": "integer", "minimum": 1]
  case .choice(let values): ["enum": values]
  case .texts: texts()
  case .textsByText: ["type": "object", "additionalProperties": ["type": ["string", "number", "boolean"]]]
  case .members(let keys): object(with: keys)
  case .named(let keys): ["type": "object", "additionalProperties": object(with: keys)]
  case .list(let keys): ["type": "array", "items": object(with: keys)]
  case .textLists(let names):
    [
      "type": "object", "additionalProperties": false,
      "properties": Dictionary(uniqueKeysWithValues: names.map { ($0, texts()) }),
    ]
  case .anything: [:]
  case .ruleChoices: ["$ref": "#/$defs/rules"]
  case .pathChoices:
    [
      "type": "array",
      "items": [
        "type": "object", "additionalProperties": false, "required": ["path", "rules"],
        "properties": [
          "path": ["type": "string", "description": "A pattern such as migrations/legacy/*."],
          "rules": ["$ref": "#/$defs/severities"],
        ],
      ],
    ]
  }
}

private func ruleSchema(hasOptions: Bool) -> [String: Any] {
  // A bare `off` is false in YAML 1.1.
  let severities: [String: Any] = ["enum": Severity.allCases.map(\.rawValue) + ["off", false] as [Any]]
  var properties: [String: Any] = [:]
  for rule in listedRules {
    var settings: [String: Any] = ["severity": severities]
    for option in rule.options {
      settings[option.key] = [
        "description": option.meaning,
        "anyOf": [["type": ["string", "boolean"]], ["type": "array", "items": ["type": "string"]]],
      ]
    }
    let full: [String: Any] = ["type": "object", "additionalProperties": false, "properties": settings]
    properties[rule.id] = [
      "description": rule.summary, "anyOf": hasOptions ? [severities, full] : [severities],
    ]
  }
  return ["type": "object", "additionalProperties": false, "properties": properties]
}
