import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/unused-extension.md.
final class UnusedExtension: Rule {
  static let id = "unused-extension"
  static let severity = Severity.info
  static let category = Category.reference

  /// Extensions that serve by the functions, types and operator classes that statements name.
  private static let serving: Set<String> = [
    "uuid-ossp", "pgcrypto", "citext", "hstore", "ltree", "pg_trgm", "unaccent", "btree_gist", "btree_gin", "isn",
    "cube",
    "earthdistance", "fuzzystrmatch", "intarray", "tablefunc", "vector", "pg_uuidv7",
  ]

  /// What an extension itself needs.
  private static let needs = ["pgjwt": "pgcrypto", "earthdistance": "cube", "pg_uuidv7": "", "hstore_plperl": "hstore"]

  private var created: [(name: String, step: Execution)] = []
  private var words: Set<String> = []

  init() {}

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    if case .createExtension(let item) = step.statement.action {
      let isNew = step.before.installed(item.name) == nil
      if let needed = Self.needs[item.name] { created.removeAll { $0.name == needed } }
      if isNew, step.isForward, Self.serving.contains(item.name) { created.append((item.name, step.execution)) }
      return []
    }
    guard !created.isEmpty else { return [] }
    // A body counts as a text in which names may stand.
    for token in step.file.tokens(in: step.statement.range) {
      if let name = step.file.identifier(token) { words.insert(name) }
      if token.kind == .dollarString || token.kind == .string, step.body != nil {
        let inside = token.range.lowerBound + 1..<max(token.range.lowerBound + 1, token.range.upperBound - 1)
        for token in Lexer(step.file.bytes, in: inside) {
          if let name = step.file.identifier(token) { words.insert(name) }
        }
      }
      if token.kind == .operation { words.insert(step.file.text(token.range)) }
    }
    return []
  }

  func check(_ chain: Chain) -> [Diagnostic] {
    created.compactMap { name, step in
      guard chain.final.installed(name) != nil, !words.contains(where: { serves(name, $0) }) else { return nil }
      if name.hasPrefix("btree_") { return nil }
      return diagnostic(
        "extension '\(name)' is created and never used by the migrations", at: step.statement.range, of: step,
        notes: ["some hosts don't offer it, and it must be there wherever the schema is restored"],
        help: name == "uuid-ossp"
          ? "leave it out: gen_random_uuid() needs no extension" : "leave it out, unless programs use it")
    }
  }

  private func serves(_ name: String, _ word: String) -> Bool {
    ExtensionObjects.all(providing: word).contains(name)
  }
}
