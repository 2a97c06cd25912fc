import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/missing-extension.md.
final class MissingExtension: Rule {
  static let id = "missing-extension"
  static let severity = Severity.error
  static let category = Category.reference

  init() {}

  /// A use of something that only an extension brings.
  private struct Use {
    var step: Step
    var name: String
    var label: String
    var range: Range<Int>
    var sqlState: String
    /// The extension as the baseline has it; nil where nothing creates it.
    var baseline: Catalog.ExtensionState?
  }

  /// The extensions that are missing, each with its first use and the number of them all.
  private var uses: [String: (first: Use, count: Int)] = [:]
  /// `IF NOT EXISTS` asks for the extension also where the baseline has it.
  private var created: Set<String> = []

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard chain.stage == .queries || chain.stage == .migrations && step.direction == .up else { return [] }
    if case .createExtension(let item) = step.statement.action { created.insert(item.name) }
    for (name, use) in uses(in: step) where !created.contains(name) {
      uses[name, default: (use, 0)].count += 1
    }
    return []
  }

  func check(_ chain: Chain) -> [Diagnostic] {
    uses.sorted { $0.key < $1.key }.map { name, uses in finding(name, uses.first, count: uses.count, in: chain) }
  }

  private func finding(_ name: String, _ first: Use, count: Int, in chain: Chain) -> Diagnostic {
    let create = "CREATE EXTENSION IF NOT EXISTS \(name.sqlIdentifier);"
    let needed =
      "\(first.label) '\(first.name)' needs it" + (count > 1 ? ", and \(count - 1) more places" : "")
    if first.baseline != nil {
      return diagnostic(
        "no migration creates extension '\(name)', only the baseline does", at: first.range, of: first.step,
        severity: .warning,
        notes: [needed, "a database that is set up from the migrations alone does not have it"],
        help: "write `\(create)` in the first migration")
    }
    let isCertain = !chain.mayRunOnPlatform
    return diagnostic(
      "extension '\(name)' is not created by any migration", at: first.range, of: first.step,
      severity: isCertain ? .error : .warning,
      notes: [needed] + (isCertain ? [] : ["the platform may have it already"]),
      help: "write `\(create)` before the first use", sqlState: isCertain ? first.sqlState : nil,
      fix: fix(create, before: first.step))
  }

  private func fix(_ create: String, before step: Step) -> Fix {
    let start = step.statement.range.lowerBound
    return Fix(
      title: "create the extension first", safe: true,
      edits: [.init(range: step.file.range(start..<start), replacement: create + "\n")])
  }

  private func uses(in step: Step) -> [(extension: String, use: Use)] {
    var found: [(String, Use)] = []
    func note(
      _ providers: [String], _ name: ObjectName, _ label: String, at offset: Int, _ sqlState: String,
      unless isThere: @autoclosure () -> Bool = false
    ) {
      guard let provider = providers.first, name.schema == nil || name.schema == "public", !isThere() else { return }
      let installed = providers.lazy.compactMap { step.before.installed($0) }.first
      // A migration that creates it is all that is asked; so is an extension that this data doesn't know.
      if let installed, installed.origin?.migration != nil { return }
      if installed == nil, step.before.hasUnknownExtension { return }
      let range =
        offset >= 0 ? step.file.nameRange(at: offset, within: step.statement.range) : step.mention(of: name.name)
      found.append(
        (
          provider,
          Use(step: step, name: name.name, label: label, range: range, sqlState: sqlState, baseline: installed)
        ))
    }
    func note(_ type: TypeName) {
      note(
        ExtensionObjects.providing(type: type.name.name), type.name, "type", at: type.offset, "42704",
        unless: step.before.type(type.name) != nil)
    }
    step.statement.action.walkExpressions { expression in
      switch expression {
      case .call(let call):
        note(
          ExtensionObjects.providing(function: call.name.name), call.name, "function", at: call.offset, "42883",
          unless: !step.before.routines(call.name).isEmpty)
      case .cast(_, let type, _): note(type)
      default: break
      }
    }
    for type in step.statement.action.columnTypes { note(type) }
    if case .createIndex(let index) = step.statement.action {
      for name in index.elements.compactMap(\.operatorClass) {
        note(ExtensionObjects.providing(operatorClass: name.name), name, "operator class", at: -1, "42704")
      }
    }
    for relation in step.statement.action.relationsRead() {
      note(
        ExtensionObjects.providing(relation: relation.name.name), relation.name, "view", at: relation.offset, "42P01",
        unless: step.before.relation(relation.name)?.isAssumed == false)
    }
    return found
  }
}

extension Action {
  fileprivate var columnTypes: [TypeName] {
    switch self {
    case .createTable(let table): table.columns.compactMap(\.type)
    case .alterTable(let change):
      change.changes.compactMap {
        switch $0 {
        case .addColumn(let column, _): column.type
        case .setType(_, let type, _, _): type
        default: nil
        }
      }
    default: []
    }
  }
}

extension Chain {
  /// Whether the migrations evidently run on a platform that prepares its databases, such as Supabase.
  var mayRunOnPlatform: Bool {
    guard !final.isComplete else { return false }
    return set.files.contains { $0.path.contains("supabase") }
      || !final.allRoles.isDisjoint(with: ["anon", "authenticated", "service_role"])
  }
}
