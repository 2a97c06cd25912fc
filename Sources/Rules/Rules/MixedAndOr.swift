import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/mixed-and-or.md.
struct MixedAndOr: Rule {
  static let id = "mixed-and-or"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.direction != .down, step.statement.action.mixesAndWithOr else { return [] }
    return Self.mixedOperators(in: step).map { range in
      diagnostic(
        "AND and OR are mixed without parentheses", at: range, of: step,
        notes: ["AND binds tighter: 'a AND b OR c' means '(a AND b) OR c'"],
        help: "put parentheses around what belongs together")
    }
  }

  /// Words after which another condition begins.
  private static let boundaries: Set<String> = [
    "select", "from", "where", "group", "having", "order", "on", "join", "when", "then", "else", "limit", "returning",
    "values", "set", "union", "intersect", "except", "using", "check", "as", "window", "left", "right", "inner", "full",
    "cross", "default", "generated",
  ]

  /// The first operator of each condition that differs from the ones before it.
  private static func mixedOperators(in step: Step) -> [Range<Int>] {
    struct Level {
      var seen: String?
      var isReported = false
      var awaitsBetween = false
    }
    var levels = [Level()]
    var found: [Range<Int>] = []
    for token in step.file.tokens(in: step.statement.range) {
      if step.file.isPunctuation(token, "(") || step.file.isPunctuation(token, "[") {
        levels.append(Level())
      } else if step.file.isPunctuation(token, ")") || step.file.isPunctuation(token, "]") {
        if levels.count > 1 { levels.removeLast() }
      } else if step.file.isPunctuation(token, ",") || step.file.isPunctuation(token, ";") {
        levels[levels.count - 1] = Level()
      } else if token.kind == .word, let word = step.file.identifier(token) {
        let last = levels.count - 1
        switch word {
        case "case": levels.append(Level())
        case "end": if levels.count > 1 { levels.removeLast() }
        case "between": levels[last].awaitsBetween = true
        case "and" where levels[last].awaitsBetween: levels[last].awaitsBetween = false
        case "and", "or":
          if let seen = levels[last].seen, seen != word, !levels[last].isReported {
            found.append(token.range)
            levels[last].isReported = true
          }
          levels[last].seen = word
        default: if boundaries.contains(word) { levels[last] = Level() }
        }
      }
    }
    return found
  }
}

extension Action {
  /// Whether any condition has an AND directly below an OR: only then can parentheses be missing.
  fileprivate var mixesAndWithOr: Bool {
    var mixes = false
    walkExpressions { expression in
      guard case .boolean(.or, let operands, _) = expression else { return }
      for case .boolean(.and, _, _) in operands { mixes = true }
    }
    return mixes
  }
}
