import Diagnostics

/// Workflow commands, which GitHub Actions shows as annotations of the changed lines.
///
/// Source: GitHub documentation, "Workflow commands for GitHub Actions".
func githubReport(_ result: RunResult) -> String {
  var lines = result.diagnostics.map { diagnostic -> String in
    let range = diagnostic.range
    var properties = ["file=\(range.path.escapedProperty)", "line=\(range.start.line)", "endLine=\(range.end.line)"]
    // Columns are only shown for places within one line.
    if range.start.line == range.end.line {
      properties += ["col=\(range.start.column)", "endColumn=\(max(range.start.column, range.end.column))"]
    }
    properties.append("title=\("\(diagnostic.rule)".escapedProperty)")
    return
      "::\(diagnostic.severity.githubCommand) \(properties.joined(separator: ","))::\(diagnostic.wholeText.escapedData)"
  }
  for check in result.checks where check.status == .failed || check.status == .errored {
    var properties = ["title=\(check.id.escapedProperty)"]
    if let range = check.range {
      properties = ["file=\(range.path.escapedProperty)", "line=\(range.start.line)"] + properties
    }
    lines.append("::error \(properties.joined(separator: ","))::\(check.message.escapedData)")
  }
  return lines.map { $0 + "\n" }.joined()
}

extension Severity {
  fileprivate var githubCommand: String {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .info: "notice"
    }
  }
}

extension String {
  fileprivate var escapedData: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  fileprivate var escapedProperty: String {
    escapedData.replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}
