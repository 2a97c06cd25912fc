import HashTreeCollections
import PostgresSyntax

/// What code that the replay doesn't run may have done to the schema: branches of DO blocks, and functions that a query
/// calls.
struct UnseenChanges: Sendable {
  /// Names in code that defines, changes or drops something.
  private var names: TreeSet<String> = []
  /// The kinds of object that statements put together at run time change.
  private var kinds: Set<ObjectKind> = []
  /// Whether such code made its statements at run time, from what isn't known: then it may have changed anything.
  private(set) var isDynamic = false

  private static let definitions: Set<String> = ["create", "alter", "drop", "rename"]

  /// Whether an object may be other than the catalog says.
  func mayConcern(_ object: ObjectID) -> Bool {
    isDynamic || kinds.contains(object.kind) || names.contains(object.name)
      || object.table.map { names.contains($0) } ?? false
  }

  mutating func note(_ body: CodeBody) { note(text: body.text) }

  mutating func note(text: String) {
    let tokens = Self.tokens(text)
    let words = tokens.filter { !$0.isString }.map(\.text)
    let defines = words.indices.contains { index in
      Self.definitions.contains(words[index])
        && words[(index + 1)...].prefix(5).contains { Self.kindsByWord[$0] != nil }
    }
    guard defines || words.contains("execute") else { return }
    if let place = words.firstIndex(of: "execute"),
      !["on", "function", "procedure"].contains(words[(place + 1)...].first ?? "")
    {
      noteDynamic(text)
    }
    for word in words { names.insert(word) }
  }

  /// Notes the text that an EXECUTE puts together. Where its constant parts say what it changes, only that is in doubt.
  mutating func noteDynamic(_ text: String) {
    let tokens = Self.tokens(text)
    var changed: Set<ObjectKind> = []
    for string in tokens where string.isString {
      let words = Self.tokens(string.text).map(\.text)
      for (index, word) in words.enumerated() where Self.definitions.contains(word) {
        guard let kind = words[(index + 1)...].prefix(5).lazy.compactMap({ Self.kindsByWord[$0] }).first else {
          continue
        }
        changed.formUnion(kind)
      }
      for word in words { names.insert(word) }
    }
    if changed.isEmpty, !tokens.contains(where: { $0.isString && Self.isHarmless($0.text) }) { isDynamic = true }
    kinds.formUnion(changed)
    for token in tokens where !token.isString { names.insert(token.text) }
  }

  private static func isHarmless(_ text: String) -> Bool {
    let first = Self.tokens(text).first?.text ?? ""
    return [
      "select", "insert", "update", "delete", "grant", "revoke", "comment", "set", "notify", "analyze", "refresh",
    ].contains(first)
  }

  /// What a statement on such an object may change.
  private static let kindsByWord: [String: Set<ObjectKind>] = [
    "table": [.table, .column, .constraint, .index, .sequence, .type], "index": [.index], "trigger": [.trigger],
    "function": [.function, .procedure, .routine], "procedure": [.function, .procedure, .routine],
    "view": [.view, .materializedView, .column, .table],
    "policy": [.policy], "type": [.type], "schema": [.schema], "role": [.role], "user": [.role],
    "extension": [.extension, .function, .type], "sequence": [.sequence], "constraint": [.constraint],
    "column": [.column], "publication": [.publication], "rule": [.rule],
  ]

  /// The words of a text, those inside its strings as well.
  static func words(_ text: String) -> [String] {
    tokens(text).flatMap { $0.isString ? words($0.text) : [$0.text] }
  }

  private static func tokens(_ text: String) -> [(text: String, isString: Bool)] {
    let bytes = Array(text.utf8)
    return Lexer(bytes).compactMap { token in
      switch token.kind {
      case .word, .quotedIdentifier:
        (String(decoding: bytes[token.range], as: UTF8.self).lowercased().filter { $0 != "\"" }, false)
      case .string, .dollarString: (String(decoding: bytes[token.range], as: UTF8.self).trimmingQuotes, true)
      default: nil
      }
    }
  }
}

extension String {
  /// Without the quotes or dollar signs around it.
  fileprivate var trimmingQuotes: String {
    var rest = self[...]
    let mark: Character = first == "$" ? "$" : "'"
    if let start = rest.firstIndex(of: mark) { rest = rest[rest.index(after: start)...] }
    if mark == "$", let end = rest.firstIndex(of: "$") { rest = rest[rest.index(after: end)...] }
    if let end = rest.lastIndex(of: mark) { rest = rest[..<end] }
    return String(rest)
  }
}

extension Application {
  /// A query may call functions that change the schema.
  mutating func noteCalls(_ action: Action) {
    guard !catalog.routinesThatDefine.isEmpty else { return }
    var called: [ObjectName] = []
    action.walkExpressions { if case .call(let call) = $0 { called.append(call.name) } }
    var open = called.map(\.name).filter(catalog.routinesThatDefine.contains)
    var seen: Set<String> = []
    while let name = open.popLast() {
      guard seen.insert(name).inserted else { continue }
      for body in catalog.routines(named: name).compactMap(\.definition.body) {
        catalog.unseen.note(body)
        // What it calls may do more.
        open += UnseenChanges.words(body.text).filter(catalog.routinesThatDefine.contains)
      }
    }
  }
}

extension Catalog {
  /// The functions of a name in whatever schema.
  fileprivate func routines(named name: String) -> [Routine] {
    routineNames.entries.filter { $0.0.name == name }.flatMap { $0.1.compactMap { routines[$0] } }
  }
}

extension CodeBody {
  /// Whether the code holds words that define, change or drop something, or runs text.
  var mayDefine: Bool {
    let text = text.lowercased()
    return ["create", "alter", "drop", "execute"].contains { text.contains($0) }
  }
}
