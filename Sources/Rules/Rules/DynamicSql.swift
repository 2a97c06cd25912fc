import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/dynamic-sql.md.
struct DynamicSql: Rule {
  static let id = "dynamic-sql"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.migration != nil, case .createFunction(let function) = step.statement.action, let body = function.body,
      body.language == "plpgsql", let text = step.bodyText
    else { return [] }
    let inputs = Set(
      function.arguments.filter { $0.mode != .table && $0.mode != .out && $0.type.isText }.compactMap(\.name))
    guard !inputs.isEmpty else { return [] }
    return text.block.executed.compactMap { range in
      let words = text.source.tokens(in: range)
      guard let unsafe = Self.unquoted(words, text.source, inputs) else { return nil }
      let place = text.offset(of: unsafe.range.lowerBound)..<text.offset(of: unsafe.range.upperBound)
      return diagnostic(
        "'\(text.source.text(unsafe.range))' becomes part of a statement as it is", at: place, of: step,
        notes: [
          "a caller can write any SQL into it" + (function.isSecurityDefiner ? ", which then runs as the owner" : "")
        ],
        help: "use format('… %I … %L …', name, value), or EXECUTE … USING")
    }
  }

  /// A parameter that is joined to the text by `||`, or put into it by `%s`, without being quoted.
  private static func unquoted(_ tokens: [Token], _ file: SourceFile, _ inputs: Set<String>) -> Token? {
    var depth = 0
    var calls: [String] = []
    for (index, token) in tokens.enumerated() {
      if file.isPunctuation(token, "(") {
        depth += 1
        calls.append(index > 0 ? file.identifier(tokens[index - 1]) ?? "" : "")
      } else if file.isPunctuation(token, ")") {
        depth -= 1
        if !calls.isEmpty { calls.removeLast() }
      } else if depth == 0, file.identifier(token) == "using" {
        return nil
      } else if let name = file.identifier(token), inputs.contains(name) {
        let before = index > 0 ? file.text(tokens[index - 1].range) : ""
        let after = index + 1 < tokens.count ? file.text(tokens[index + 1].range) : ""
        if before == "." || after == "." { continue }
        let isJoined = before == "||" || after == "||"
        if isJoined, !calls.contains(where: { $0.hasPrefix("quote_") || $0 == "format" }) { return token }
      }
    }
    return nil
  }
}

extension TypeName {
  /// Whether a value of the type can be any text.
  fileprivate var isText: Bool { ["text", "varchar", "bpchar", "name", "json", "jsonb"].contains(name.name) }
}
