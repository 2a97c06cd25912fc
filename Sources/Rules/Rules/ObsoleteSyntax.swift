import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/obsolete-syntax.md.
struct ObsoleteSyntax: Rule {
  static let id = "obsolete-syntax"
  static let severity = Severity.info
  static let category = Category.design

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward else { return [] }
    switch step.statement.action {
    case .createTrigger: return procedureOfTrigger(step)
    case .createFunction, .doBlock: return quotedLanguage(step)
    default: return []
    }
  }

  private func procedureOfTrigger(_ step: Step) -> [Diagnostic] {
    let tokens = step.file.tokens(in: step.statement.range)
    guard
      let place = Array(zip(tokens, tokens.dropFirst())).last(where: { a, b in
        step.file.identifier(a) == "execute" && step.file.identifier(b) == "procedure"
      })?.1.range
    else { return [] }
    let isLower = step.file.text(place).contains { $0.isLowercase }
    return [
      diagnostic(
        "EXECUTE PROCEDURE is the older form of EXECUTE FUNCTION", at: place, of: step,
        notes: ["what it names is a function, not a procedure"], help: "write EXECUTE FUNCTION",
        fix: Fix(
          title: "write FUNCTION", safe: true,
          edits: [.init(range: step.file.range(place), replacement: isLower ? "function" : "FUNCTION")]))
    ]
  }

  private func quotedLanguage(_ step: Step) -> [Diagnostic] {
    let tokens = step.file.tokens(in: step.statement.range)
    guard
      let name = zip(tokens, tokens.dropFirst()).first(where: { a, b in
        step.file.identifier(a) == "language" && b.kind == .string
      })?.1.range
    else { return [] }
    let text = step.file.text(name).filter { $0 != "'" }
    return [
      diagnostic(
        "the language's name is written as a text", at: name, of: step,
        notes: ["it is an identifier; the quotes are accepted for old dumps"], help: "write \(text.lowercased())",
        fix: Fix(
          title: "leave the quotes out", safe: true,
          edits: [.init(range: step.file.range(name), replacement: text.lowercased())]))
    ]
  }
}
