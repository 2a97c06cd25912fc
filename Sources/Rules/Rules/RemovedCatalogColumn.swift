import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/removed-catalog-column.md.
struct RemovedCatalogColumn: Rule {
  static let id = "removed-catalog-column"
  static let severity = Severity.error
  static let category = Category.reference

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    step.statement.action.queries.flatMap(\.allQueries).flatMap { query in
      let views = query.from.flatMap(\.aliases)
      return views.flatMap { alias, relation -> [Diagnostic] in
        guard let changes = Self.changes[relation.name.name], step.before.isSystemView(relation.name) else { return [] }
        var uses: [String: [Int]] = [:]
        for (path, offset) in query.ownExpressions.flatMap({ columns(in: $0) }) {
          guard let column = path.last, changes[column]?.applies(to: chain.postgresVersion) == true,
            path.count > 1 ? path[path.count - 2] == alias : views.count == 1
          else { continue }
          uses[column, default: []].append(offset)
        }
        return uses.compactMap { column, offsets in
          changes[column].map { finding(column, $0, of: relation.name.name, at: offsets.sorted(), in: step) }
        }
      }
    }
  }

  /// One finding for a column, however often the query names it.
  private func finding(
    _ column: String, _ change: Change, of view: String, at offsets: [Int], in step: Step
  ) -> Diagnostic {
    let places = offsets.map { offset in
      let path = step.file.nameRange(at: offset, within: step.statement.range)
      return step.file.tokens(in: path).last?.range ?? path
    }
    return diagnostic(
      "'\(view)' has no column '\(column)' since PostgreSQL \(change.since)", at: places[0], of: step,
      labels: places.dropFirst().map { Diagnostic.Label(range: step.file.range($0), text: "and here") },
      notes: [change.replacement == nil ? "it was removed" : "it was renamed"],
      help: change.replacement.map { "write '\($0)'" } ?? "see the release notes of PostgreSQL \(change.since)",
      sqlState: "42703",
      fix: change.replacement.map { name in
        let edits = places.map { Fix.Edit(range: step.file.range($0), replacement: name) }
        return Fix(title: "use '\(name)'", safe: true, edits: edits)
      })
  }

  private func columns(in expression: Expression) -> [(path: [String], offset: Int)] {
    var found: [(path: [String], offset: Int)] = []
    if case .column(let path, false, let offset) = expression { found.append((path, offset)) }
    for child in expression.children { found += columns(in: child) }
    return found
  }

  private struct Change {
    var since: String
    /// Nil where nothing took its place.
    var replacement: String?

    func applies(to version: Int) -> Bool {
      (since.split(separator: ".").first.flatMap { Int($0) } ?? 0) <= version
    }
  }

  /// Source: release notes of the versions named (PostgreSQL documentation, appendix E).
  private static let changes: [String: [String: Change]] = [
    "pg_stat_statements": [
      "total_time": Change(since: "13", replacement: "total_exec_time"),
      "min_time": Change(since: "13", replacement: "min_exec_time"),
      "max_time": Change(since: "13", replacement: "max_exec_time"),
      "mean_time": Change(since: "13", replacement: "mean_exec_time"),
      "stddev_time": Change(since: "13", replacement: "stddev_exec_time"),
    ],
    "pg_stat_activity": [
      "procpid": Change(since: "9.2", replacement: "pid"),
      "current_query": Change(since: "9.2", replacement: "query"),
      "waiting": Change(since: "9.6", replacement: nil),
    ],
    "pg_stat_replication": [
      "procpid": Change(since: "9.2", replacement: "pid"),
      "sent_location": Change(since: "10", replacement: "sent_lsn"),
      "write_location": Change(since: "10", replacement: "write_lsn"),
      "flush_location": Change(since: "10", replacement: "flush_lsn"),
      "replay_location": Change(since: "10", replacement: "replay_lsn"),
    ],
    "pg_proc": [
      "proisagg": Change(since: "11", replacement: nil), "proiswindow": Change(since: "11", replacement: nil),
    ],
    "pg_class": [
      "relhasoids": Change(since: "12", replacement: nil), "relhaspkey": Change(since: "11", replacement: nil),
    ],
    "pg_constraint": ["consrc": Change(since: "12", replacement: nil)],
    "pg_attrdef": ["adsrc": Change(since: "12", replacement: nil)],
    "pg_tablespace": ["spclocation": Change(since: "9.2", replacement: nil)],
    "pg_database": ["datlastsysoid": Change(since: "15", replacement: nil)],
  ]
}

extension Catalog {
  /// Whether the name means the server's view, or an extension's, and no table of the migrations.
  fileprivate func isSystemView(_ name: ObjectName) -> Bool {
    relation(name).map(\.isAssumed) ?? true
  }
}
