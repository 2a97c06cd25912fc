import Diagnostics
import FoundationEssentials

/// The result as one JSON object with sorted keys.
func jsonReport(_ result: RunResult) -> String { json(result) }

/// A value as JSON with sorted keys, ending in a newline.
func json(_ value: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  // Nothing in the models can fail to encode: strings, integers and finite durations.
  guard let data = try? encoder.encode(value) else { return "" }
  return String(decoding: data, as: UTF8.self) + "\n"
}

extension RunResult {
  /// Reads a result that was saved as JSON.
  ///
  /// - Throws: `DecodingError` where the text is no such result.
  public init(json: [UInt8]) throws {
    self = try JSONDecoder().decode(RunResult.self, from: Data(json))
  }
}
