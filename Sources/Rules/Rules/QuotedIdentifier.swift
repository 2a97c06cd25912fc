import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/quoted-identifier.md.
struct QuotedIdentifier: Rule {
  static let id = "quoted-identifier"
  static let severity = Severity.info
  static let category = Category.dialect
  static let isOptional = true

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward else { return [] }
    return step.namesGiven.filter { !$0.isReservedWord && $0.sqlIdentifier != $0 }.map { name in
      diagnostic(
        "'\(name)' must be quoted wherever it is used", at: step.mention(of: name), of: step,
        help: "use lower case letters, digits and underscores")
    }
  }
}

extension Step {
  /// The names that the statement gives to new objects and columns, each once.
  var namesGiven: [String] {
    var names = outcome.effects.filter(\.isCreation).map(\.object).filter { !$0.kind.isRoutine }.map(\.name)
    if case .createTable(let table) = statement.action { names += table.columns.map(\.name) }
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted && file.firstMention(of: $0, in: statement.range) != nil }
  }
}
