import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/script-ignores-errors.md.
struct ScriptIgnoresErrors: Rule {
  static let id = "script-ignores-errors"
  static let severity = Severity.warning
  static let category = Category.design

  private static let heeding = [
    "ON_ERROR_STOP", "set -e", "set -o errexit", "set -euo", "|| exit", "|| return", "|| {", "pipefail",
  ]

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.set.files.filter { $0.path.hasSuffix(".md") || $0.path.hasSuffix(".markdown") }.flatMap { file in
      blocks(in: file).compactMap { lines -> Diagnostic? in
        let calls = lines.filter { line in
          let words = line.text.split(separator: " ")
          return words.contains { $0 == "psql" } && !line.text.drop(while: \.isWhitespace).hasPrefix("#")
            && !line.text.drop(while: \.isWhitespace).hasPrefix("echo") && line.text.changesSomething
        }
        let text = lines.map(\.text).joined(separator: "\n")
        guard let first = calls.first, !Self.heeding.contains(where: { text.contains($0) }) else { return nil }
        guard calls.count > 1 || lines.count > 2 else { return nil }
        let start = first.range.lowerBound + first.text.prefix { $0.isWhitespace }.utf8.count
        return Diagnostic(
          rule: Self.id, severity: Self.severity, category: Self.category,
          message: "the script goes on after psql has failed", range: file.range(start..<first.range.upperBound),
          notes: ["psql goes on after an error and exits with 0, and the shell goes on after psql"],
          help: "begin the script with `set -e`, and call `psql -v ON_ERROR_STOP=1 --single-transaction`")
      }
    }
  }

  private struct Line {
    var text: String
    var range: Range<Int>
  }

  /// The lines of the document's shell blocks.
  private func blocks(in file: SourceFile) -> [[Line]] {
    var found: [[Line]] = []
    var open: [Line]?
    var offset = 0
    for bytes in file.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let text = String(decoding: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes, as: UTF8.self)
      let range = offset..<offset + text.utf8.count
      offset += bytes.count + 1
      let trimmed = text.drop(while: \.isWhitespace)
      if trimmed.hasPrefix("```") {
        if let lines = open {
          found.append(lines)
          open = nil
        } else if ["bash", "sh", "shell", "zsh", "console"].contains(
          String(trimmed.dropFirst(3)).filter { !$0.isWhitespace })
        {
          open = []
        }
      } else {
        open?.append(Line(text: text, range: range))
      }
    }
    return found
  }
}

extension String {
  /// Whether a line of shell runs a file or a statement that changes the schema or its rows.
  fileprivate var changesSomething: Bool {
    let words = ["-f ", "--file", "CREATE ", "ALTER ", "DROP ", "INSERT ", "UPDATE ", "DELETE ", "TRUNCATE ", "GRANT "]
    return words.contains { contains($0) || contains($0.lowercased()) } || contains("<")
  }
}
