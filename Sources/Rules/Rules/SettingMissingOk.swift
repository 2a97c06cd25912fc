import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/setting-missing-ok.md.
struct SettingMissingOk: Rule {
  static let id = "setting-missing-ok"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward, step.file.contains("current_setting", in: step.statement.range) else { return [] }
    switch step.statement.action {
    case .createPolicy, .alterPolicy, .createView, .createTable, .alterTable:
      return findings(in: step.statement.action, step) { $0 }
    case .createFunction(let function):
      guard let body = function.body, let text = step.bodyText else { return [] }
      return text.statements(language: body.language).flatMap { inner in
        findings(in: inner.action, step) { inner.offset(of: $0) }
      } + text.expressions.flatMap { findings(in: [$0], step) { $0 } }
    default: return []
    }
  }

  private func findings(in action: Action, _ step: Step, _ place: (Int) -> Int) -> [Diagnostic] {
    var roots: [Expression] = []
    action.walkExpressions { roots.append($0) }
    return findings(in: roots, step, place)
  }

  private func findings(in expressions: [Expression], _ step: Step, _ place: (Int) -> Int) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for expression in expressions {
      switch expression {
      case .call(let call) where call.isCustomSetting && call.arguments.count == 1:
        found.append(
          finding(
            "'\(call.settingName)' raises an error where it isn't set", call,
            "with `true` as a second argument, it is NULL then", step, place))
      case .cast(.call(let call), let type, _) where call.isCustomSetting && call.arguments.count == 2:
        guard !["text", "varchar"].contains(type.name.name) else { continue }
        found.append(
          finding(
            "casting '\(call.settingName)' to \(type.name.name) fails where it is empty", call,
            "write `NULLIF(current_setting('\(call.settingName)', true), '')::\(type.name.name)`: a setting that was made in a transaction is empty after it",
            step, place))
      default: break
      }
    }
    return found
  }

  private func finding(_ message: String, _ call: FunctionCall, _ help: String, _ step: Step, _ place: (Int) -> Int)
    -> Diagnostic
  {
    let offset = place(call.offset)
    return diagnostic(
      message, at: offset >= 0 ? step.file.nameRange(at: offset, within: step.statement.range) : step.statement.range,
      of: step, notes: ["every query that evaluates it fails then"], help: help)
  }
}

extension FunctionCall {
  /// Whether it reads a setting of the application's own.
  fileprivate var isCustomSetting: Bool { name.name == "current_setting" && settingName.contains(".") }
  fileprivate var settingName: String { arguments.first?.constantText ?? "" }
}

extension CodeText {
  /// Expressions that stand by themselves in PL/pgSQL: what RETURN gives and what variables are set to.
  var expressions: [Expression] {
    block.values.flatMap { range -> [Expression] in
      let start = source.text(range)
      guard case .query(let query)? = parse(SourceFile(path: "", text: "SELECT " + start)).statements.first?.action
      else {
        return []
      }
      let shift = range.lowerBound - "SELECT ".utf8.count
      var found: [Expression] = []
      for target in query.targets { target.value.walk { found.append($0.moved(by: shift, self)) } }
      return found
    }
  }
}

extension Expression {
  /// A call or cast of a call, with its place in the file.
  fileprivate func moved(by shift: Int, _ text: CodeText) -> Expression {
    func move(_ call: FunctionCall) -> FunctionCall {
      var call = call
      if call.offset >= 0 { call.offset = text.offset(of: call.offset + shift) }
      return call
    }
    switch self {
    case .call(let call): return .call(move(call))
    case .cast(.call(let call), let type, let offset): return .cast(.call(move(call)), type, offset: offset)
    default: return self
    }
  }
}
