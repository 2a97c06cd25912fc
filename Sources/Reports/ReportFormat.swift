import Diagnostics

/// The forms in which a result can be printed.
public enum ReportFormat: String, CaseIterable, Sendable {
  case text, json

  /// The result as text, ending in a newline unless it is empty.
  public func render(_ result: RunResult, sources: [String: SourceFile], style: TextStyle) -> String {
    switch self {
    case .text: textReport(result, sources: sources, style: style)
    case .json: jsonReport(result)
    }
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
