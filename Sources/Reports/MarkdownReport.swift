import Diagnostics

/// The result for a comment on a pull request: the verdict, one table, and the details folded.
///
/// It stays below the 65,536 characters that GitHub allows for a comment, the smallest of the platforms' limits.
func markdownReport(_ result: RunResult) -> String {
  let summary = result.summary
  let failed = result.checks.filter { $0.status == .failed || $0.status == .errored }
  let isGood = summary.errors == 0 && failed.isEmpty
  var text = "## schemacheck \(result.command): \(isGood ? "passed" : "failed")\n\n"
  text += "\(count(summary.errors, "error")), \(count(summary.warnings, "warning")), \(count(summary.infos, "info"))"
  text += " in \(count(summary.files, "file")), \(count(summary.statements, "statement"))"
  if !result.checks.isEmpty { text += "; \(summary.checksPassed) checks passed, \(summary.checksFailed) failed" }
  text += "\n"
  var budget = 60_000 - text.utf8.count
  let ordered = result.diagnostics.enumerated().sorted { a, b in
    a.element.severity == b.element.severity ? a.offset < b.offset : a.element.severity > b.element.severity
  }.map(\.element)
  text += table(ordered, &budget)
  text += checkTable(failed, &budget)
  text += details(ordered, &budget)
  return text
}

private func table(_ diagnostics: [Diagnostic], _ budget: inout Int) -> String {
  guard !diagnostics.isEmpty else { return "" }
  var text = "\n| | place | rule | finding |\n|---|---|---|---|\n"
  var shown = 0
  for diagnostic in diagnostics {
    let row =
      "| \(diagnostic.severity.rawValue) | \(diagnostic.place.markdownCell) | `\(diagnostic.rule)` | \(diagnostic.message.markdownCell) |\n"
    guard text.utf8.count + row.utf8.count < budget else { break }
    text += row
    shown += 1
  }
  if shown < diagnostics.count { text += "\n\(diagnostics.count - shown) more findings are in the full report.\n" }
  budget -= text.utf8.count
  return text
}

private func checkTable(_ checks: [CheckResult], _ budget: inout Int) -> String {
  guard !checks.isEmpty else { return "" }
  var text = "\n| failed check | message |\n|---|---|\n"
  for check in checks {
    let row = "| `\(check.id)` | \(check.message.markdownCell) |\n"
    guard text.utf8.count + row.utf8.count < budget else { break }
    text += row
  }
  budget -= text.utf8.count
  return text
}

private func details(_ diagnostics: [Diagnostic], _ budget: inout Int) -> String {
  let wordy = diagnostics.filter { $0.severity != .info && (!$0.notes.isEmpty || $0.help != nil) }
  guard !wordy.isEmpty else { return "" }
  var text = "\n<details><summary>Why, and what to do</summary>\n\n"
  let end = "\n</details>\n"
  for diagnostic in wordy {
    var item = "- **\(diagnostic.place.markdownCell)** \(diagnostic.message.markdownCell)\n"
    for note in diagnostic.notes { item += "  - \(note.markdownCell)\n" }
    if let help = diagnostic.help { item += "  - \(help.markdownCell)\n" }
    guard text.utf8.count + item.utf8.count + end.utf8.count < budget else { break }
    text += item
  }
  return text + end
}

extension Diagnostic {
  fileprivate var place: String { "\(range.path):\(range.start.line)" }
}

extension String {
  /// The text where it can't end a table's cell or become markup; stretches in backticks stay code.
  fileprivate var markdownCell: String {
    var result = ""
    var isCode = false
    for character in self {
      switch character {
      case "`":
        isCode.toggle()
        result.append(character)
      case "|": result += "\\|"
      case "\n", "\r", "\r\n": result += " "
      case "<" where !isCode: result += "&lt;"
      case ">" where !isCode: result += "&gt;"
      case "*" where !isCode, "_" where !isCode, "[" where !isCode, "]" where !isCode, "@" where !isCode:
        result += "\\\(character)"
      default: result.append(character)
      }
    }
    return result
  }
}
