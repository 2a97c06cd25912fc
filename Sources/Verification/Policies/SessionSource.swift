import Postgres
import PostgresSyntax

/// Where a condition learns who asks.
enum SessionSource: Hashable {
  /// A setting, or a member of the JSON document that it holds.
  case setting(String, path: [String])
  /// CURRENT_USER and its relatives.
  case role

  /// A member of what this one holds.
  func inside(_ members: [String]) -> SessionSource {
    if case .setting(let name, let path) = self { .setting(name, path: path + members) } else { self }
  }
}

/// The functions that look at the session, and what they see there.
struct SessionFunctions {
  struct Function: Decodable {
    var schema: String
    var name: String
    var parameters: [String?]
    var body: String
  }

  /// By the name of the function, without its schema.
  private(set) var sources: [String: Set<SessionSource>] = [:]
  private(set) var functions: [Function] = []

  /// - Throws: `PostgresError` where the server rejects the query.
  init(_ connection: Connection) throws {
    functions = try connection.rows(of: "policies/functions", Function.self)
    for function in functions {
      let found = Self.settings(in: function.body)
      if !found.isEmpty { sources[function.name, default: []].formUnion(found) }
    }
    // What calls such a function looks at the session too.
    var hasGrown = true
    while hasGrown {
      hasGrown = false
      for function in functions where sources[function.name] == nil {
        let called = sources.filter { function.body.containsWord($0.key) }
        guard !called.isEmpty else { continue }
        sources[function.name] = called.reduce(into: []) { found, callee in
          let path = Self.path(after: callee.key, in: function.body)
          found.formUnion(callee.value.map { $0.inside(path) })
        }
        hasGrown = true
      }
    }
  }

  /// What an expression learns from the session, if it is nothing but that: `auth.uid()`,
  /// `current_setting('app.claims')::json ->> 'tenant'`.
  func sources(of expression: Expression, path: [String] = []) -> Set<SessionSource> {
    switch expression {
    case .operation(let operation) where ["->", "->>"].contains(operation.name.name):
      guard let key = operation.operands.last?.constant, let document = operation.operands.first else { return [] }
      return sources(of: document, path: [key] + path)
    case .operation(let operation) where operation.kind == .nullIf:
      return operation.operands.first.map { sources(of: $0, path: path) } ?? []
    case .cast(let operand, _, _): return sources(of: operand, path: path)
    case .choice(_, let operands, _): return operands.reduce(into: []) { $0.formUnion(sources(of: $1, path: path)) }
    case .subquery(let subquery):
      guard subquery.query.from.isEmpty, let target = subquery.query.targets.first else { return [] }
      return sources(of: target.value, path: path)
    case .value(let name, _, _): return Self.roleNames.contains(name) ? [.role] : []
    case .call(let call): return sources(of: call, path: path)
    default: return []
    }
  }

  private func sources(of call: FunctionCall, path: [String]) -> Set<SessionSource> {
    if call.name.name == "current_setting" {
      return call.arguments.first?.constant.map { [.setting($0, path: path)] } ?? []
    }
    if ["nullif", "lower", "upper", "trim", "btrim", "string_to_array", "unnest"].contains(call.name.name) {
      return call.arguments.first.map { sources(of: $0, path: path) } ?? []
    }
    guard call.arguments.isEmpty else { return [] }
    return Set((sources[call.name.name] ?? []).map { $0.inside(path) })
  }

  /// Whether the expression's value depends on the session in any way.
  func isAsked(by expression: Expression) -> Bool {
    var found = false
    expression.walk { part in
      switch part {
      case .call(let call): if call.name.name == "current_setting" || sources[call.name.name] != nil { found = true }
      case .value(let name, _, _): if Self.roleNames.contains(name) { found = true }
      default: break
      }
    }
    return found
  }

  static let roleNames: Set<String> = ["current_user", "session_user", "user", "current_role"]

  /// The settings that a text reads, with the members of their documents.
  private static func settings(in body: String) -> Set<SessionSource> {
    var found: Set<SessionSource> = []
    let call = /current_setting\s*\(\s*'([^']+)'(?:::\w+)?\s*(?:,\s*\w+\s*)?\)/.ignoresCase()
    for match in body.matches(of: call) {
      found.insert(.setting(String(match.output.1), path: members(in: body[match.range.upperBound...])))
    }
    if ["current_user", "session_user"].contains(where: { body.lowercased().containsWord($0) }) { found.insert(.role) }
    return found
  }

  /// The members that a text reads of what a function without arguments returns.
  private static func path(after function: String, in body: String) -> [String] {
    for range in body.ranges(of: function) {
      guard let call = body[range.upperBound...].prefixMatch(of: /\s*\(\s*\)/) else { continue }
      return members(in: body[call.range.upperBound...])
    }
    return []
  }

  /// The keys of `-> 'a' ->> 'b'` right at the beginning of a text, casts and parentheses aside.
  private static func members(in text: Substring) -> [String] {
    var rest = text
    var path: [String] = []
    while true {
      if let skipped = rest.prefixMatch(of: /(?:[\s)]|::\s*\w+|,\s*''(?:::\w+)?)*/) {
        rest = rest[skipped.range.upperBound...]
      }
      guard let next = rest.prefixMatch(of: /->>?\s*'([^']+)'(?:::\w+)?/) else { return path }
      path.append(String(next.output.1))
      rest = rest[next.range.upperBound...]
    }
  }
}
