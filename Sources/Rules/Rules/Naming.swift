import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/naming.md.
struct Naming: Rule {
  static let id = "naming"
  static let severity = Severity.info
  static let category = Category.design
  static let isOptional = true
  static let options = [
    RuleOption("tables", "regular expression for names of tables", standard: ["[a-z][a-z0-9_]*"]),
    RuleOption("columns", "regular expression for names of columns", standard: ["[a-z][a-z0-9_]*"]),
    RuleOption("indexes", "regular expression for names of indexes", standard: ["[a-z][a-z0-9_]*"]),
    RuleOption("constraints", "regular expression for names of constraints", standard: ["[a-z][a-z0-9_]*"]),
  ]

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward else { return [] }
    var names: [(kind: String, option: String, name: String)] = []
    switch step.statement.action {
    case .createTable(let table):
      names.append(("table", "tables", table.table.name.name))
      names += table.columns.map { ("column", "columns", $0.name) }
      names += (table.constraints + table.columns.flatMap(\.constraints)).compactMap(\.name).map {
        ("constraint", "constraints", $0)
      }
    case .alterTable:
      names += step.statement.action.columnDefinitions.map { ("column", "columns", $0.name) }
      names += step.statement.action.constraintDefinitions.compactMap(\.name).map { ("constraint", "constraints", $0) }
    case .createIndex(let index): if let name = index.name { names.append(("index", "indexes", name)) }
    default: break
    }
    return names.compactMap { kind, option, name in
      guard let pattern = self.option(option, in: chain).first, let expression = try? Regex(pattern),
        name.wholeMatch(of: expression) == nil
      else { return nil }
      return diagnostic(
        "the \(kind)'s name '\(name)' doesn't match '\(pattern)'", at: step.mention(of: name), of: step,
        help: "rename it before anybody uses it")
    }
  }
}
