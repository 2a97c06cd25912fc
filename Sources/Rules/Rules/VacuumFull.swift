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
      let names = vacuum.tables.filter { isInUse($0.name, step, chain) }.map(\.name.description)
      return names.isEmpty && !vacuum.tables.isEmpty
        ? [] : [finding(names.isEmpty ? "every table" : names.quotedList(), step)]
    case .other("ClusterStmt"):
      let names = step.file.tokens(in: step.statement.range).compactMap { step.file.identifier($0) }.dropFirst()
      guard let name = names.first(where: { $0 != "verbose" }), isInUse(ObjectName(name), step, chain) else {
        return []
      }
      return [finding("'\(name)'", step)]
    default: return []
    }
  }

  private func isInUse(_ name: ObjectName, _ step: Step, _ chain: Chain) -> Bool {
    step.before.relation(name).map { !chain.isNew($0, to: step) } ?? true
  }

  private func finding(_ what: String, _ step: Step) -> Diagnostic {
    diagnostic(
      "reads and writes of \(what) wait while it is copied", at: step.statement.range, of: step,
      notes: ["the copy needs as much space again, under an ACCESS EXCLUSIVE lock"],
      help: "use VACUUM, or a tool that copies while the table is in use")
  }
}
