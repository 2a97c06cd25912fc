import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/identifier-too-long.md.
final class IdentifierTooLong: Rule {
  static let id = "identifier-too-long"
  static let severity = Severity.warning
  static let category = Category.dialect

  /// What PostgreSQL keeps of a name: `NAMEDATALEN` less one.
  private static let limit = 63
  /// The long names so far by what is left of them.
  private var known: [String: String] = [:]

  init() {}

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.file.hasLongWord(over: Self.limit, in: step.statement.range) else { return [] }
    var found: [Diagnostic] = []
    for token in step.file.tokens(in: step.statement.range) where token.range.count > Self.limit {
      guard let name = step.file.identifier(token), name.utf8.count > Self.limit else { continue }
      let kept = String(decoding: name.utf8.prefix(Self.limit), as: UTF8.self)
      // What is dropped is found under the same shortened name.
      if step.statement.action.onlyDrops, step.outcome.rejections.isEmpty, !step.outcome.effects.isEmpty { continue }
      let other = known.updateValue(name, forKey: kept)
      if other == name { continue }
      let collides = other != nil && step.outcome.sqlState?.hasPrefix("42") == true
      found.append(
        diagnostic(
          "'\(name)' has \(name.utf8.count) bytes, and PostgreSQL keeps \(Self.limit)", at: token.range, of: step,
          severity: collides ? .error : .warning,
          notes: [other.map { "'\($0)' becomes the same name" } ?? "it becomes '\(kept)', with a notice that few see"],
          help: "choose a shorter name"))
    }
    return found
  }
}

extension Action {
  fileprivate var onlyDrops: Bool {
    switch self {
    case .drop: true
    case .alterTable(let change):
      change.changes.allSatisfy { part in
        switch part {
        case .dropColumn, .dropConstraint: true
        default: false
        }
      }
    default: false
    }
  }
}

extension SourceFile {
  /// Whether so many bytes stand together without a blank, a comma or a parenthesis: only then need the words be looked at.
  fileprivate func hasLongWord(over limit: Int, in range: Range<Int>) -> Bool {
    guard range.count > limit else { return false }
    return bytes.withUnsafeBytes { bytes in
      var length = 0
      for offset in range {
        switch bytes[offset] {
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: ")"): length = 0
        default:
          length += 1
          if length > limit { return true }
        }
      }
      return false
    }
  }
}
