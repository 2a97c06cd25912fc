import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/setting-leaks.md.
final class SettingLeaks: Rule {
  static let id = "setting-leaks"
  static let severity = Severity.warning
  static let category = Category.dataLoss

  /// Settings that change what later statements mean or may do.
  private static let consequential: Set<String> = [
    "search_path", "role", "session_authorization", "session_replication_role", "row_security", "timezone",
    "check_function_bodies", "default_transaction_read_only",
  ]

  /// The settings made in the migration that passes, by name.
  private var open: [String: Execution] = [:]

  init() {}

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward, !["structure", "pg_dump", "sqitch", "supabase"].contains(chain.set.layout),
      !step.file.isDump
    else { return [] }
    switch step.statement.action {
    case .set(let variable):
      let name = variable.name.lowercased()
      if variable.isReset { open[name] = nil } else if !variable.isLocal { note(name, step) }
    case .query(let query):
      query.walk { expression in
        if case .call(let call) = expression, call.name.name == "set_config", call.arguments.count == 3,
          case .literal(.string(let name), _) = call.arguments[0],
          case .literal(.boolean(false), _) = call.arguments[2]
        {
          self.note(name.lowercased(), step)
        }
      }
    default: break
    }
    return []
  }

  private func note(_ name: String, _ step: Step) {
    if Self.consequential.contains(name) { open[name] = step.execution }
  }

  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] {
    defer { open = [:] }
    return open.sorted { $0.key < $1.key }.map { name, step in
      diagnostic(
        "'\(name)' stays set after the file has ended", at: step.statement.range, of: step,
        notes: ["tools that apply several migrations use one connection for all of them"],
        help: "use SET LOCAL inside a transaction, or RESET \(name) at the end")
    }
  }
}

extension SourceFile {
  /// Whether pg_dump wrote it: its settings are meant to last.
  fileprivate var isDump: Bool { firstRange(of: Array("PostgreSQL database dump".utf8)) != nil }
}
