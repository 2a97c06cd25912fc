import Diagnostics

/// sqitch: `deploy/users.sql`, `revert/users.sql` and `verify/users.sql`, in the order of `sqitch.plan`. The scripts go
/// through psql and open their own transactions.
enum Sqitch: Layout {
  static let name = "sqitch"

  static func recognizes(_ files: [SourceFile]) -> Bool {
    files.contains { $0.fileName == "sqitch.plan" }
      || files.contains { $0.folder("deploy") != nil } && files.contains { $0.folder("revert") != nil }
  }

  static func read(_ files: [SourceFile]) -> MigrationSet {
    var up: [String: SourceFile] = [:]
    var down: [String: SourceFile] = [:]
    var order: [String] = []
    for file in files where file.fileName.hasSuffix(".sql") {
      if let change = file.folder("deploy") {
        up[change] = file
        order.append(change)
      } else if let change = file.folder("revert") {
        down[change] = file
      }
    }
    // Of several plans, that of the project is the one with the most scripts; what it doesn't list is not deployed.
    let plans = files.filter { $0.fileName == "sqitch.plan" }.map { changes($0).filter { up[$0] != nil } }
    var asides: [Script] = []
    if let planned = plans.max(by: { $0.count < $1.count }), !planned.isEmpty {
      let listed = Set(planned)
      asides = order.filter { !listed.contains($0) }.compactMap { up[$0] }.map { Script(file: $0) }
      order = planned
    }
    var set = MigrationSet(
      layout: name, transactions: .statement,
      migrations: order.map { change in
        Migration(
          version: change, name: change, up: up[change].map { [Script(file: $0)] } ?? [],
          down: down[change].map { [Script(file: $0)] } ?? [])
      })
    set.asides = asides
    return set
  }

  /// The names of the changes in a plan; one that was reworked keeps the script of its last version, and earlier ones
  /// have the name of the tag before them (sqitch documentation, "sqitchchanges").
  private static func changes(_ plan: SourceFile) -> [String] {
    var names: [String] = []
    var tag = ""
    for (text, _) in plan.lines {
      let line = text.trimmingBlanks
      guard let first = line.first, first != "%", first != "#" else { continue }
      if first == "@" {
        tag = String(line.prefix { $0 != " " })
        continue
      }
      let name = String(line.drop { $0 == "+" || $0 == " " }.prefix { $0 != " " && $0 != "[" })
      // A change that is planned again: what was deployed before is kept under the tag.
      if let known = names.firstIndex(of: name) { names[known] += tag }
      names.append(name)
    }
    return names
  }
}

extension SourceFile {
  /// The path below a folder of that name, without `.sql`; nil where the file is in none.
  fileprivate func folder(_ name: Substring) -> String? {
    let parts = path.split(separator: "/")
    guard let place = parts.dropLast().lastIndex(of: name) else { return nil }
    let rest = parts[(place + 1)...].joined(separator: "/")
    return rest.hasSuffix(".sql") ? String(rest.dropLast(4)) : rest
  }
}
