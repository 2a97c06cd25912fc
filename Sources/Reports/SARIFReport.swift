import Diagnostics

/// The findings as SARIF 2.1.0.
///
/// Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", sections 3.13 to 3.57.
func sarifReport(_ result: RunResult, _ context: ReportContext) -> String {
  let used = Set(result.diagnostics.map(\.rule))
  let rules = context.rules.filter { used.contains($0.id) }.sorted { $0.id < $1.id }
  let places = Dictionary(uniqueKeysWithValues: rules.enumerated().map { ($1.id, $0) })
  let results = zip(result.diagnostics, result.diagnostics.fingerprints).map { diagnostic, fingerprint in
    SARIF.Result(diagnostic, fingerprint: fingerprint, ruleIndex: places[diagnostic.rule])
  }
  let run = SARIF.Run(
    tool: .init(
      driver: .init(name: result.tool.name, version: result.tool.version, rules: rules.map { SARIF.Rule($0) })),
    results: results, invocations: [.init(executionSuccessful: true)])
  return json(SARIF(runs: [run]))
}

/// The part of SARIF's object model that is written here.
struct SARIF: Encodable {
  var schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
  var version = "2.1.0"
  var runs: [Run]

  enum CodingKeys: String, CodingKey {
    case schema = "$schema"
    case version, runs
  }

  struct Run: Encodable {
    var tool: Tool
    var columnKind = "unicodeCodePoints"
    var results: [Result]
    var invocations: [Invocation]
  }

  struct Invocation: Encodable { var executionSuccessful: Bool }
  struct Tool: Encodable { var driver: Driver }

  struct Driver: Encodable {
    var name, version: String
    var rules: [Rule]
  }

  struct Text: Encodable { var text: String }

  struct Help: Encodable { var text, markdown: String }

  struct Rule: Encodable {
    var id: String
    var shortDescription: Text
    var help: Help
    var defaultConfiguration: Configuration
    var properties: Properties

    struct Configuration: Encodable { var level: String }
    struct Properties: Encodable { var category: String, tags: [String] }

    init(_ rule: RuleDescription) {
      id = rule.id
      shortDescription = Text(text: rule.summary)
      help = Help(text: rule.summary, markdown: rule.page)
      defaultConfiguration = Configuration(level: rule.severity.sarifLevel)
      properties = Properties(category: rule.category.rawValue, tags: ["postgresql", rule.category.rawValue])
    }
  }

  struct Region: Encodable {
    var startLine, startColumn, endLine, endColumn: Int

    init(_ range: SourceRange) {
      startLine = range.start.line
      startColumn = range.start.column
      endLine = range.end.line
      endColumn = range.end.column
    }
  }

  struct ArtifactLocation: Encodable {
    var uri: String

    init(_ path: String) { uri = path.percentEncoded }
  }

  struct PhysicalLocation: Encodable {
    var artifactLocation: ArtifactLocation
    var region: Region
  }

  struct Location: Encodable {
    var id: Int?
    var physicalLocation: PhysicalLocation
    var message: Text?

    init(_ range: SourceRange, id: Int? = nil, message: String? = nil) {
      self.id = id
      physicalLocation = PhysicalLocation(artifactLocation: ArtifactLocation(range.path), region: Region(range))
      self.message = message.map { Text(text: $0) }
    }
  }

  struct Replacement: Encodable {
    var deletedRegion: Region
    var insertedContent: Text
  }

  struct ArtifactChange: Encodable {
    var artifactLocation: ArtifactLocation
    var replacements: [Replacement]
  }

  struct Fix: Encodable {
    var description: Text
    var artifactChanges: [ArtifactChange]

    init(_ fix: Diagnostics.Fix) {
      description = Text(text: fix.title)
      let paths = Set(fix.edits.map(\.range.path)).sorted()
      artifactChanges = paths.map { path in
        ArtifactChange(
          artifactLocation: ArtifactLocation(path),
          replacements: fix.edits.filter { $0.range.path == path }.map {
            Replacement(deletedRegion: Region($0.range), insertedContent: Text(text: $0.replacement))
          })
      }
    }
  }

  struct Result: Encodable {
    var ruleId: String
    var ruleIndex: Int?
    var level: String
    var message: Text
    var locations: [Location]
    var relatedLocations: [Location]?
    var fixes: [Fix]?
    var partialFingerprints: [String: String]

    init(_ diagnostic: Diagnostic, fingerprint: String, ruleIndex: Int?) {
      ruleId = diagnostic.rule
      self.ruleIndex = ruleIndex
      level = diagnostic.severity.sarifLevel
      message = Text(text: diagnostic.wholeText)
      locations = [Location(diagnostic.range)]
      let labels = diagnostic.labels.enumerated().map { Location($1.range, id: $0, message: $1.text) }
      relatedLocations = labels.isEmpty ? nil : labels
      fixes = diagnostic.fix.map { [Fix($0)] }
      partialFingerprints = ["schemacheck/v1": fingerprint]
    }
  }
}

extension Severity {
  fileprivate var sarifLevel: String {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .info: "note"
    }
  }
}

extension Diagnostic {
  /// Message, notes and help as one text.
  var wholeText: String {
    ([message] + notes + (help.map { ["help: \($0)"] } ?? [])).joined(separator: "\n")
  }
}

extension String {
  /// The path as a URI reference (RFC 3986, section 2.1).
  fileprivate var percentEncoded: String {
    var result = ""
    for byte in utf8 {
      let scalar = Unicode.Scalar(byte)
      if byte < 0x80, scalar.properties.isAlphabetic || "0123456789-._~/!$&'()*+,;=@".unicodeScalars.contains(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        let hex = String(byte, radix: 16, uppercase: true)
        result += "%" + (hex.count == 1 ? "0" : "") + hex
      }
    }
    return result
  }
}
