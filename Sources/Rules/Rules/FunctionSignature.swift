import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/function-signature.md.
struct FunctionSignature: Rule {
  static let id = "function-signature"
  static let severity = Severity.error
  static let category = Category.reference

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    step.outcome.rejections.compactMap { rejection in
      switch rejection.reason {
      case .noFunction(let name, let types, let candidates):
        if let version = KnownNames.version(ofFunction: name, arguments: types.count) {
          let label = "function '\(name)(\(types.joined(separator: ", ")))'"
          return needing(version, label, name, rejection, step, in: chain)
        }
        return finding(
          "function '\(name)(\(types.joined(separator: ", ")))' does not exist", name, rejection, step,
          note: candidates.isEmpty ? nil : "there are \(candidates.quotedList(limit: 4))",
          help: Self.help(name, types))
      case .noOperator(let name, let types):
        let text = types.count == 1 ? "\(name) \(types[0])" : types.joined(separator: " \(name) ")
        return finding(
          "operator '\(text)' does not exist", name, rejection, step, note: nil,
          help: "cast one of the operands to the type of the other")
      default: return nil
      }
    }
  }

  private func finding(
    _ message: String, _ name: String, _ rejection: Rejection, _ step: Step, note: String?, help: String
  ) -> Diagnostic {
    diagnostic(
      message, at: step.range(of: rejection, name: name), of: step, severity: rejection.isCertain ? .error : .warning,
      notes: note.map { [$0] } ?? [], help: help, sqlState: rejection.isCertain ? rejection.sqlState : nil)
  }

  private static func help(_ name: String, _ types: [String]) -> String {
    name == "round" && types.first == "double precision"
      ? "cast the first argument to numeric: `round(value::numeric, digits)`"
      : "cast the arguments to the types of one of these"
  }
}
