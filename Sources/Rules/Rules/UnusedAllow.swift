import Diagnostics

/// See rules/unused-allow.md. The comments are compared with what was found, in `Allows`.
struct UnusedAllow: Rule {
  static let id = "unused-allow"
  static let severity = Severity.info
  static let category = Category.dialect
  static let options = [
    RuleOption("require-reason", "`true` where a comment must say why it allows something", standard: ["false"])
  ]

  static func diagnostic(_ message: String, _ allow: Allows.Allow) -> Diagnostic {
    Diagnostic(
      rule: id, severity: severity, category: category, message: message, range: allow.range,
      help: "remove the comment, or name the rule it is for")
  }
}
