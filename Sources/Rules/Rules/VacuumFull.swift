import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/vacuum-full.md.
struct VacuumFull: Rule {
  static let id = "vacuum-full"
  static let severity = Severity.warning
  static let category = Category.locks

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward else { return [] }
    switch step.statement.action {
    case .vacuum(let vacuum) where vacuum.isVacuum && vacuum.options.contains("full"):
      let names = vacuum.tables.map(\.name.description)
      return [finding(names.isEmpty ? "every table" : names.quotedList(), step)]
    case .other("ClusterStmt"): return [finding("the table", step)]
    default: return []
    }
  }

  private func finding(_ what: String, _ step: Step) -> Diagnostic {
    diagnostic(
      "reads and writes of \(what) wait while it is copied", at: step.statement.range, of: step,
      notes: ["the copy needs as much space again, under an ACCESS EXCLUSIVE lock"],
      help: "use VACUUM, or a tool that copies while the table is in use")
  }
}
