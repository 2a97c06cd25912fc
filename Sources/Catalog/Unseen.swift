import HashTreeCollections
import PostgresSyntax

/// What code that the replay doesn't run may have done to the schema: DO blocks, and functions that a query calls.
public struct UnseenChanges: Sendable {
  /// Names in code that defines, changes or drops something.
  private var names: TreeSet<String> = []
  /// Whether such code made its statements at run time: then it may have changed anything.
  private var isDynamic = false

  private static let definitions: Set<String> = ["create", "alter", "drop"]

  /// Whether an object may be other than the catalog says.
  func mayConcern(_ object: ObjectID) -> Bool {
    isDynamic || names.contains(object.name) || object.table.map { names.contains($0) } ?? false
  }

  mutating func note(_ body: CodeBody) {
    let bytes = Array(body.text.utf8)
    let words = Lexer(bytes).filter { $0.kind == .word || $0.kind == .quotedIdentifier }.map {
      String(decoding: bytes[$0.range], as: UTF8.self).lowercased().filter { $0 != "\"" }
    }
    guard words.contains(where: Self.definitions.contains) || words.contains("execute") else { return }
    if words.contains("execute") { isDynamic = true }
    for word in words { names.insert(word) }
  }
}

extension Application {
  /// A query may call functions that change the schema.
  mutating func noteCalls(_ action: Action) {
    guard !catalog.routinesThatDefine.isEmpty else { return }
    var called: [ObjectName] = []
    action.walkExpressions { if case .call(let call) = $0 { called.append(call.name) } }
    for name in called {
      for routine in catalog.routines(name) where catalog.routinesThatDefine.contains(routine.name) {
        if let body = routine.definition.body { catalog.unseen.note(body) }
      }
    }
  }
}

extension CodeBody {
  /// Whether the code holds words that define, change or drop something, or runs text.
  var mayDefine: Bool {
    let text = text.lowercased()
    return ["create", "alter", "drop", "execute"].contains { text.contains($0) }
  }
}
