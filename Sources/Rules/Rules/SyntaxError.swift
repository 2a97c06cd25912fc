import Diagnostics
import PostgresSyntax

/// See rules/syntax-error.md.
struct SyntaxError: Rule {
  static let id = "syntax-error"
  static let severity = Severity.error
  static let category = Category.dialect

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.syntaxErrors.compactMap { unparsed in
      switch unparsed.error.cause {
      case .grammar:
        let message = unparsed.error.message.replacing("\"", with: "'")
        var diagnostic = Self.diagnostic(message, unparsed)
        if unparsed.file.failure != nil {
          diagnostic.help = "make it a file that can be read, or leave it out of the paths that are checked"
        } else if unparsed.error.isRecovered {
          diagnostic.help = "save the file as UTF-8"
        } else {
          diagnostic.notes = ["the statement is left out of the replay; those around it are not"]
          diagnostic.help = "PostgreSQL's grammar accepts the statement only up to here"
        }
        return diagnostic
      case .newer(let construct, let version): return newer(construct, version, unparsed, in: chain)
      case .dialect, .psqlVariable: return nil
      }
    }
  }

  private func newer(_ construct: String, _ version: Int, _ unparsed: Chain.Unparsed, in chain: Chain) -> Diagnostic {
    let lack = chain.lack(of: version)
    var diagnostic = Self.diagnostic("\(construct) needs PostgreSQL \(version)", unparsed)
    diagnostic.severity = lack?.severity ?? .info
    diagnostic.help = lack?.help ?? "nothing is wrong: schemacheck reads the grammar of PostgreSQL 15"
    if lack?.severity != .error { diagnostic.sqlState = nil }
    return diagnostic
  }
}

extension Rule {
  /// A finding where the grammar stumbles.
  static func diagnostic(_ message: String, _ unparsed: Chain.Unparsed) -> Diagnostic {
    Diagnostic(
      rule: id, severity: severity, category: category, message: message,
      range: unparsed.file.range(unparsed.error.range), migration: unparsed.migration, direction: unparsed.direction,
      sqlState: unparsed.error.sqlState)
  }
}
