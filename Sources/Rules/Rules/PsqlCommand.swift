import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/psql-command.md.
struct PsqlCommand: Rule {
  static let id = "psql-command"
  static let severity = Severity.warning
  static let category = Category.dialect

  /// Layouts whose files are, or may well be, run by psql itself.
  private static let psqlLayouts: Set<String> = ["numbered", "markdown", "structure", "pg_dump", "sqitch"]

  func check(_ chain: Chain) -> [Diagnostic] {
    guard !Self.psqlLayouts.contains(chain.set.layout) else { return [] }
    // Who includes other files runs psql.
    let psqlFiles = Set(
      chain.psqlCommands.filter {
        $0.file.text($0.range).hasPrefix("\\i") || $0.file.text($0.range).hasPrefix("\\include")
      }
      .map(\.file.path))
    return chain.psqlCommands.filter { $0.migration != nil && !psqlFiles.contains($0.file.path) }.map { origin in
      diagnostic(
        "psql's own command in a file that \(chain.set.layout) sends to the server", at: origin.range, of: origin,
        notes: ["only psql understands lines that begin with a backslash, and ':name'"],
        help: "write it in SQL, or leave it out")
    }
  }
}
