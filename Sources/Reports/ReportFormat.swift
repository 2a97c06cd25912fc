import Diagnostics

/// The forms in which a result can be printed.
public enum ReportFormat: String, CaseIterable, Sendable {
  case text, json, sarif, junit, github, gitlab, markdown, tap

  /// The result as text, ending in a newline unless it is empty.
  public func render(_ result: RunResult, _ context: ReportContext) -> String {
    switch self {
    case .text: textReport(result, sources: context.sources, style: context.style)
    case .json: jsonReport(result)
    case .sarif: sarifReport(result, context)
    case .junit: junitReport(result)
    case .github: githubReport(result)
    case .gitlab: gitlabReport(result)
    case .markdown: markdownReport(result)
    case .tap: tapReport(result)
    }
  }
}

/// What a report shows besides the result.
public struct ReportContext: Sendable {
  /// The files that the findings are in, by path.
  public var sources: [String: SourceFile]
  public var rules: [RuleDescription]
  public var style: TextStyle

  public init(sources: [String: SourceFile] = [:], rules: [RuleDescription] = [], style: TextStyle = TextStyle()) {
    self.sources = sources
    self.rules = rules
    self.style = style
  }
}

/// What is said of a rule where its findings are listed.
public struct RuleDescription: Sendable {
  public var id: String
  public var severity: Severity
  public var category: Category
  /// One sentence.
  public var summary: String
  /// The whole page, in Markdown.
  public var page: String

  public init(id: String, severity: Severity, category: Category, summary: String, page: String) {
    self.id = id
    self.severity = severity
    self.category = category
    self.summary = summary
    self.page = page
  }
}

/// How the text report looks.
public struct TextStyle: Sendable {
  public var isColored: Bool
  /// Findings without the summary, or with it.
  public var isQuiet: Bool

  public init(isColored: Bool = false, isQuiet: Bool = false) {
    self.isColored = isColored
    self.isQuiet = isQuiet
  }
}
