import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/definer-search-path.md.
struct DefinerSearchPath: Rule {
  static let id = "definer-search-path"
  static let severity = Severity.warning
  static let category = Category.security

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.definerRoutines.compactMap { routine, origin in
      guard !routine.definition.settings.contains(where: { $0.name.lowercased() == "search_path" }),
        routine.definition.body?.statements == nil
      else { return nil }
      return diagnostic(
        "'\(routine.displayName)' runs as its owner, with the search path of whoever calls it",
        at: origin.mention(of: routine.name.name), of: origin,
        notes: ["a caller who can create objects can make it run functions and read tables of his own"],
        help: "add `SET search_path = pg_catalog, \(routine.name.schema ?? "public"), pg_temp` to the function",
        fix: fix(routine, origin))
    }
  }

  private func fix(_ routine: Routine, _ origin: Origin) -> Fix? {
    let tokens = origin.file.tokens(in: origin.range)
    guard let word = tokens.firstIndex(where: { origin.file.identifier($0) == "definer" }), word > 0 else { return nil }
    let end = tokens[word].range.upperBound
    return Fix(
      title: "fix the search path", safe: false,
      edits: [
        .init(
          range: origin.file.range(end..<end),
          replacement: " SET search_path = pg_catalog, \((routine.name.schema ?? "public").sqlIdentifier), pg_temp")
      ])
  }
}

extension Chain {
  /// The functions of the final schema that the migrations define and that run as their owner.
  var definerRoutines: [(routine: Routine, origin: Origin)] {
    final.allRoutines.compactMap { routine in
      guard routine.isSecurityDefiner, let origin = routine.origin, origin.migration != nil else { return nil }
      return (routine, origin)
    }
  }
}
