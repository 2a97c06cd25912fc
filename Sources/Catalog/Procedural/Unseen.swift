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

  /// Whether the code names a part of a table and the table.
  func names(_ part: ObjectID) -> Bool {
    names.contains(part.name) && (part.table.map { names.contains($0) } ?? true)
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
    // What gives rows can't change the schema: `RETURN QUERY EXECUTE`, `FOR row IN EXECUTE`.
    let runsText = words.indices.contains { place in
      words[place] == "execute" && !["on", "function", "procedure"].contains(words[(place + 1)...].first ?? "")
        && (place == 0 || words[place - 1] != "query" && words[place - 1] != "in")
    }
    if runsText { noteDynamic(text) }
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

  static func isHarmless(_ text: String) -> Bool {
    let first = Self.tokens(text).first { !$0.isString }?.text ?? ""
    return harmlessVerbs.contains(first)
  }

  private static let harmlessVerbs: Set<String> = [
    "select", "insert", "update", "delete", "merge", "with", "values", "grant", "revoke", "comment", "set", "reset",
    "show", "notify", "listen", "unlisten", "analyze", "vacuum", "refresh", "explain", "copy", "lock", "truncate",
    "declare", "fetch", "move", "close", "call", "execute", "cluster", "reindex", "checkpoint", "security",
  ]

  /// What a statement on such an object may change.
  private static let kindsByWord: [String: Set<ObjectKind>] = [
    "table": [.table, .column, .constraint, .index, .sequence, .type], "index": [.index], "trigger": [.trigger],
    "function": [.function, .procedure, .routine], "procedure": [.function, .procedure, .routine],
    "view": [.view, .materializedView, .column, .table],
    "policy": [.policy], "type": [.type], "schema": [.schema], "role": [.role], "user": [.role],
    "extension": [.extension, .function, .type], "sequence": [.sequence], "constraint": [.constraint],
    "column": [.column], "publication": [.publication], "rule": [.rule], "collation": [.collation],
    "operator": [.operator, .operatorClass, .operatorFamily], "aggregate": [.aggregate, .function, .routine],
    "domain": [.domain, .type], "language": [.language], "server": [.foreignServer], "database": [.database],
    "cast": [.cast], "statistics": [.statistics], "event": [.eventTrigger], "default": [.other],
    "configuration": [.textSearchConfiguration], "dictionary": [.textSearchDictionary], "subscription": [.subscription],
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
  /// A query may call functions that change the schema. A call that certainly happens once, with arguments that are
  /// known, is followed; others cast doubt.
  mutating func noteCalls(_ action: Action, variables: [String: Value] = [:]) {
    guard !catalog.routinesThatDefine.isEmpty else { return }
    if case .query(let query) = action, query.happensOnce {
      for call in definingCalls(action) { follow(call, variables: variables) }
      return
    }
    for call in definingCalls(action) where !call.isHarmless { doubt(call.name.name) }
  }

  /// The calls of functions that may change the schema.
  private func definingCalls(_ action: Action) -> [FunctionCall] {
    var found: [FunctionCall] = []
    action.walkExpressions { expression in
      if case .call(let call) = expression, catalog.routinesThatDefine.contains(call.name.name) { found.append(call) }
    }
    return found
  }

  mutating func doubt(_ name: String) {
    var open = [name].filter(catalog.routinesThatDefine.contains)
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

extension FromItem {
  fileprivate var isFunction: Bool { if case .function = self { true } else { false } }
}

extension FunctionCall {
  /// Whether what it is given to run is a query.
  fileprivate var isHarmless: Bool {
    arguments.contains { argument in argument.constantText.map(UnseenChanges.isHarmless) ?? false }
  }
}

extension Query {
  /// Whether each value of the select list is worked out exactly once.
  fileprivate var happensOnce: Bool {
    from.allSatisfy(\.isFunction) && from.count <= 1 && filter == nil && setOperation == nil && values.isEmpty
      && with.isEmpty && groupBy.isEmpty && limit == nil
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
    var text = text
    return text.withUTF8 { text in
      Self.definingWords.contains { word in
        (0..<max(0, text.count - word.count + 1)).contains { start in
          text[start] | 0x20 == word[0] && word.indices.allSatisfy { text[start + $0] | 0x20 == word[$0] }
        }
      }
    }
  }

  private static let definingWords = ["create", "alter", "drop", "execute"].map { Array($0.utf8) }
}
