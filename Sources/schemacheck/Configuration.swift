import Diagnostics
import Foundation
import Migrations
import Rules
import Verification

/// What `schemacheck.yml` says. Paths are relative to the folder that the file is in.
struct Configuration: Sendable {
  /// The folder of the file, as a prefix for its paths; nil where there is no file.
  var folder: String?
  var migrations: String?
  var rollbacks: String?
  var baseline: [String]?
  var layout: String?
  var transactions: TransactionProfile?
  var postgresVersion: Int?
  var failOn: String?
  var tenantColumns: [String] = []
  /// What has been found before and is not to be reported again.
  var knownFindings: String?
  var rules = RuleChoices()
  /// Choices for the files that a pattern matches; later ones count more.
  var paths: [(pattern: String, rules: RuleChoices)] = []
  /// Texts that the runner replaces, with what it puts there.
  var placeholders: [String: String] = [:]

  /// The platform that provides what the migrations presuppose.
  var preset: String?
  var roles: [String] = []
  var identities: [Identity] = []
  var visible: [VisibleRows] = []
  var seed = Seed()
  var scenarios: [Scenario] = []
  var inventory: DeclaredInventory?
  var snapshot: String?
  var accepted: [AcceptedFailure] = []
  var liveChecks: String?
  /// In seconds.
  var statementLimit: Int?
  var totalLimit: Int?

  /// What rows tables are filled with; nil for what is usual.
  struct Seed: Sendable {
    var rows: Int?
    var number: Int?
    /// The day that counts as today.
    var date: Date?
    var tables: [String: Int] = [:]
    var files: [String] = []
  }

  /// What is chosen for rules.
  struct RuleChoices: Sendable {
    /// Severities by rule; nil turns the rule off.
    var severities: [String: Severity?] = [:]
    var options: [String: [String: [String]]] = [:]
  }

  /// The file that governs a path: `schemacheck.yml` in its folder or the nearest one above.
  static func search(from path: String) -> String? {
    var folder = path
    while true {
      let candidate = folder.isEmpty ? "schemacheck.yml" : "\(folder)/schemacheck.yml"
      if FileManager.default.isReadableFile(atPath: candidate) { return candidate }
      guard let parent = parentFolder(folder) else { return nil }
      folder = parent
    }
  }

  private static func parentFolder(_ folder: String) -> String? {
    let absolute = URL(filePath: folder.isEmpty ? "." : folder).standardizedFileURL
    if !folder.isEmpty, folder != ".", !folder.hasPrefix("/"), !folder.contains("..") {
      return folder.contains("/") ? String(folder[..<folder.lastIndex(of: "/")!]) : ""
    }
    let parent = absolute.deletingLastPathComponent().standardizedFileURL
    return parent.path == absolute.path ? nil : parent.path
  }

  /// A path of the file as seen from the working folder.
  func resolve(_ path: String) -> String {
    guard let folder, !folder.isEmpty, !path.hasPrefix("/") else { return path }
    return "\(folder)/\(path)"
  }
}
