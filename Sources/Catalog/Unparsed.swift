import Diagnostics
import PostgresSyntax

extension Replay {
  /// Takes notice of a statement that doesn't parse: what it evidently creates or changes is unknown from here on, so
  /// that nothing later is said to be wrong because of it.
  public mutating func skip(_ statement: Range<Int>, in file: SourceFile) {
    guard server == nil else { return fail() }
    let tokens = Array(file.tokens(in: statement).lazy.filter { !file.isForeignQuote($0) }.prefix(12))
    let words = tokens.map { $0.kind == .word ? file.identifier($0) ?? "" : "" }
    guard let verb = words.first, verb == "create" || verb == "alter" else { return }
    guard let kind = words.firstIndex(where: { Self.kinds[$0] != nil }) else { return }
    let start = tokens.indices.dropFirst(kind + 1).first { !Self.fillers.contains(words[$0]) }
    guard let start else { return }
    catalog.blur(file.name(at: start, of: tokens), Self.kinds[words[kind]] ?? .table)
  }

  private static let kinds: [String: ObjectKind] = [
    "table": .table, "view": .view, "sequence": .sequence, "index": .index, "type": .type, "function": .function,
    "procedure": .procedure,
  ]
  private static let fillers: Set<String> = ["if", "not", "exists", "only", "concurrently"]
}

extension SourceFile {
  /// The backticks and brackets that other systems put around names.
  fileprivate func isForeignQuote(_ token: Token) -> Bool {
    isPunctuation(token, "[") || isPunctuation(token, "]") || text(token.range) == "`"
  }

  fileprivate func name(at start: Int, of tokens: [Token]) -> ObjectName {
    let first = identifier(tokens[start]) ?? ""
    if start + 2 < tokens.count, isPunctuation(tokens[start + 1], "."), let second = identifier(tokens[start + 2]) {
      return ObjectName(schema: first, second)
    }
    return ObjectName(first)
  }
}

extension Catalog {
  /// Makes an object exist of which nothing more is known.
  fileprivate mutating func blur(_ name: ObjectName, _ kind: ObjectKind) {
    let qualified = ObjectName(schema: name.schema ?? creationSchema ?? "public", name.name)
    switch kind {
    case .table, .view, .sequence:
      var relation =
        relation(name)
        ?? Relation(
          oid: newOID(), kind: kind == .view ? .view : kind == .sequence ? .sequence : .table, name: qualified)
      relation.hasKnownColumns = false
      relation.isAssumed = true
      relations[relation.oid] = relation
      relationNames[relation.name] = relation.oid
    case .type:
      guard typeNames[qualified] == nil else { return }
      let oid = newOID()
      types[oid] = UserType(oid: oid, name: qualified, kind: .assumed)
      typeNames[qualified] = oid
    case .function, .procedure: unseen.note(text: "create \(name.name)")
    default: break
    }
  }
}
