import Diagnostics

/// The result in the Test Anything Protocol, version 13. Errors and warnings fail, advice passes.
///
/// Source: testanything.org, "TAP version 13 specification".
func tapReport(_ result: RunResult) -> String {
  var points: [String] = []
  for diagnostic in result.diagnostics {
    let place = "\(diagnostic.range.path):\(diagnostic.range.start.line):\(diagnostic.range.start.column)"
    let isFailure = diagnostic.severity != .info
    let details = [("severity", diagnostic.severity.rawValue), ("message", diagnostic.wholeText)]
    points.append(
      point(isFailure ? "not ok" : "ok", points.count + 1, "\(diagnostic.rule) \(place) \(diagnostic.message)")
        + (isFailure ? yaml(details) : ""))
  }
  for check in result.checks {
    let fails = check.status == .failed || check.status == .errored
    let suffix = check.status == .skipped ? " # SKIP \(check.message)" : ""
    let details = [("message", check.message), ("expected", check.expected), ("actual", check.actual)]
    points.append(
      point(fails ? "not ok" : "ok", points.count + 1, check.id).trimmedLine + suffix + "\n"
        + (fails ? yaml(details.compactMap { key, value in value.map { (key, $0) } }) : ""))
  }
  if points.isEmpty { points.append(point("ok", 1, "no findings")) }
  return "TAP version 13\n1..\(points.count)\n" + points.joined()
}

private func point(_ verdict: String, _ number: Int, _ description: String) -> String {
  // A hash sign would begin a directive.
  "\(verdict) \(number) - \(description.replacing("\n", with: " ").replacing("#", with: "\\#"))\n"
}

private func yaml(_ values: [(key: String, value: String)]) -> String {
  var text = "  ---\n"
  for (key, value) in values {
    let lines = value.split(separator: "\n", omittingEmptySubsequences: false)
    text +=
      lines.count == 1 ? "  \(key): \(value.yamlQuoted)\n" : "  \(key): |\n" + lines.map { "    \($0)\n" }.joined()
  }
  return text + "  ...\n"
}

extension String {
  fileprivate var trimmedLine: String { hasSuffix("\n") ? String(dropLast()) : self }

  fileprivate var yamlQuoted: String {
    "\"" + replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\t", with: "\\t") + "\""
  }
}
