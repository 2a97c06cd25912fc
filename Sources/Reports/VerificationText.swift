import Diagnostics

/// What happened to each migration, a line each.
struct MigrationText {
  var paint: Paint

  func render(_ migrations: [MigrationResult]) -> String {
    let width = migrations.map { $0.version.count + $0.name.count + 1 }.max() ?? 0
    return migrations.map { migration in
      let title = "\(migration.version) \(migration.name)"
      let padding = String(repeating: " ", count: width - title.count)
      let status = migration.status == .applied ? paint.good("applied") : paint.error(migration.status.rawValue)
      var line =
        "\(title)\(padding)  \(status) in \(milliseconds(migration.durationMs)), \(migration.statements.count) statements"
      if let lock = migration.longestLock {
        line += "; \(lock.mode) on \(lock.relation) for \(milliseconds(lock.heldMs))"
      }
      let rewrites = Set(migration.statements.flatMap(\.rewrites)).sorted()
      if !rewrites.isEmpty { line += "; rewrites \(rewrites.joined(separator: ", "))" }
      if let rollback = migration.rollback {
        let text = "rollback \(rollback.status.rawValue)"
        line += "; " + (rollback.status == .restored ? paint.good(text) : paint.error(text))
      }
      return line + "\n"
    }.joined()
  }
}

extension MigrationResult {
  /// Of the locks that keep others from writing, the one that was held longest.
  fileprivate var longestLock: Lock? {
    let weak = ["ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE"]
    return statements.flatMap(\.locks).filter { !weak.contains($0.mode) }.max { $0.heldMs < $1.heldMs }
  }
}

/// A failed check with what was expected and what was seen.
struct CheckText {
  var paint: Paint

  func render(_ check: CheckResult) -> String {
    var lines = ["\(paint.error("\(check.status.rawValue)[\(check.id)]")): \(check.message)"]
    if let range = check.range { lines.append("  --> \(range.path):\(range.start.line):\(range.start.column)") }
    if let expected = check.expected { lines.append("  = expected: \(indented(expected))") }
    if let actual = check.actual { lines.append("  = actual: \(indented(actual))") }
    if let repro = check.repro { lines.append("  = try: \(indented(repro))") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n      ")
  }
}

/// A duration in milliseconds with one decimal.
func milliseconds(_ value: Double) -> String {
  let tenths = Int((value * 10).rounded())
  return "\(tenths / 10).\(tenths % 10) ms"
}
