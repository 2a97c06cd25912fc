import Catalog
import Diagnostics
import PostgresSyntax

/// A rule for one kind of statement that PostgreSQL rejects, recognised by what the server says.
protocol RejectionRule: Rule {
  /// Whether a rejection is of that kind.
  static func covers(_ message: String, _ sqlState: String, _ action: Action) -> Bool
  /// Why the server asks for it.
  static var note: String { get }
  /// What to write instead.
  static var help: String { get }
}

extension RejectionRule {
  static var severity: Severity { .error }
  static var category: Category { .reference }

  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    // A statement that makes one mistake many times makes it for one reason.
    var kinds: Set<String> = []
    return step.outcome.rejections.compactMap { rejection in
      guard rejection.isCertain, case .other(let message, let sqlState) = rejection.reason,
        Self.covers(message, sqlState, step.statement.action),
        kinds.insert(String(message.prefix { $0 != "\"" })).inserted
      else { return nil }
      return rejected(rejection, message, sqlState, step, chain, note: Self.note, help: Self.help)
    }
  }
}

extension Rule {
  /// The finding for a rejection in the server's own words.
  func rejected(
    _ rejection: Rejection, _ message: String, _ sqlState: String, _ step: Step, _ chain: Chain, note: String?,
    help: String
  ) -> Diagnostic? {
    let lack = rejection.acceptedSince.flatMap { chain.lack(of: $0) }
    if rejection.acceptedSince != nil, lack == nil { return nil }
    let place = rejection.offset.map { offset in
      step.file.bytes[offset] == UInt8(ascii: "(")
        ? step.file.parenthesized(at: offset)
        : step.file.nameRange(at: offset, within: step.statement.range)
    }
    let version = rejection.acceptedSince.map { "PostgreSQL rejects the statement before version \($0)" }
    return diagnostic(
      message.replacing("\"", with: "'"), at: place ?? step.statement.range, of: step,
      severity: lack?.severity ?? .error,
      labels: rejection.related.map { [$0.label("it collides with this", naming: "")] } ?? [],
      notes: [version ?? note].compactMap { $0 }, help: lack?.help ?? help,
      sqlState: lack?.severity == .warning ? nil : sqlState)
  }
}
