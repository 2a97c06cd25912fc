import Diagnostics

/// GitLab's code quality report.
///
/// Source: GitLab documentation, "Code Quality", "Code Quality report format".
func gitlabReport(_ result: RunResult) -> String {
  var issues = zip(result.diagnostics, result.diagnostics.fingerprints).map { diagnostic, fingerprint in
    GitLabIssue(
      description: diagnostic.message, check_name: diagnostic.rule, fingerprint: fingerprint,
      severity: diagnostic.severity.gitlabSeverity,
      location: .init(
        path: diagnostic.range.path, lines: .init(begin: diagnostic.range.start.line, end: diagnostic.range.end.line)))
  }
  for check in result.checks where check.status == .failed || check.status == .errored {
    issues.append(
      GitLabIssue(
        description: check.message, check_name: check.id, fingerprint: check.id.digest, severity: "critical",
        location: .init(
          path: check.range?.path ?? result.migrations.first?.path ?? "",
          lines: .init(begin: check.range?.start.line ?? 1, end: check.range?.end.line ?? 1))))
  }
  return json(issues)
}

private struct GitLabIssue: Encodable {
  struct Location: Encodable {
    struct Lines: Encodable { var begin, end: Int }
    var path: String
    var lines: Lines
  }

  var description, check_name, fingerprint, severity: String
  var location: Location
}

extension Severity {
  fileprivate var gitlabSeverity: String {
    switch self {
    case .error: "critical"
    case .warning: "major"
    case .info: "info"
    }
  }
}
