import Diagnostics

/// The result for a terminal: findings with the source they are about, checks, and a summary line.
func textReport(_ result: RunResult, sources: [String: SourceFile], style: TextStyle) -> String {
  let paint = Paint(isColored: style.isColored)
  var blocks = result.diagnostics.map { DiagnosticText(sources: sources, paint: paint).render($0) }
  if !result.migrations.isEmpty { blocks.append(MigrationText(paint: paint).render(result.migrations)) }
  let failed = result.checks.filter { $0.status == .failed || $0.status == .errored }
  blocks += failed.map { CheckText(paint: paint).render($0) }
  if !style.isQuiet { blocks.append(summaryLine(result, paint) + "\n") }
  return blocks.joined(separator: "\n")
}

/// `1 error`, `2 errors`
func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

private func summaryLine(_ result: RunResult, _ paint: Paint) -> String {
  let summary = result.summary
  var parts: [String] = []
  if summary.errors > 0 { parts.append(paint.error(count(summary.errors, "error"))) }
  if summary.warnings > 0 { parts.append(paint.warning(count(summary.warnings, "warning"))) }
  if summary.infos > 0 { parts.append(paint.info(count(summary.infos, "info"))) }
  if parts.isEmpty { parts.append("no findings") }
  var line = parts.joined(separator: ", ")
  line += " in \(count(summary.files, "file")), \(count(summary.statements, "statement"))"
  if summary.suppressed > 0 { line += "; \(summary.suppressed) allowed" }
  if !result.checks.isEmpty {
    line += "; checks: \(summary.checksPassed) passed"
    if summary.checksFailed > 0 { line += ", " + paint.error("\(summary.checksFailed) failed") }
    if summary.checksSkipped > 0 { line += ", \(summary.checksSkipped) skipped" }
  }
  return line
}

/// Terminal colours, or none.
struct Paint {
  var isColored: Bool

  private func wrap(_ text: String, _ code: String) -> String { isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }

  func error(_ text: String) -> String { wrap(text, "1;31") }
  func warning(_ text: String) -> String { wrap(text, "1;33") }
  func info(_ text: String) -> String { wrap(text, "1;36") }
  func good(_ text: String) -> String { wrap(text, "32") }
  func strong(_ text: String) -> String { wrap(text, "1") }
  func frame(_ text: String) -> String { wrap(text, "34") }

  func severity(_ severity: Severity, _ text: String) -> String {
    switch severity {
    case .error: error(text)
    case .warning: warning(text)
    case .info: info(text)
    }
  }
}
