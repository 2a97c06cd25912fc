import ArgumentParser
import Diagnostics
import Rules

struct Rules: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "rules", abstract: "List the rules.")

  func run() {
    let width = listedRules.map { $0.id.count }.max() ?? 0
    for rule in listedRules {
      let padding = String(repeating: " ", count: width - rule.id.count)
      let name = rule.isOptional ? "off" : rule.severity.rawValue
      let severity = name + String(repeating: " ", count: 7 - name.count)
      print("\(rule.id)\(padding)  \(severity)  \(rule.summary)")
    }
  }
}

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print the page of a rule.")

  @Argument(help: "The rule's id, as in a finding.")
  var rule: String

  func run() throws {
    guard let page = rulePage(rule) else {
      let similar = nearest(to: rule, in: listedRules.map(\.id))
      throw Failure(kind: .usage, message: "there is no rule '\(rule)'; did you mean '\(similar)'?")
    }
    print(page.text)
  }
}
