import Catalog
import Diagnostics
import PostgresSyntax

/// One kind of defect. Its page `rules/<id>.md` says what, why and what to do, with the examples that test it.
///
/// A rule lives for one run; one that must remember what has passed is a class.
public protocol Rule: SendableMetatype {
  /// Kebab-case; reads well after "allow".
  static var id: String { get }
  static var severity: Severity { get }
  static var category: Category { get }
  /// Whether it is a matter of taste, and so only put to the migrations where the user asks for it.
  static var isOptional: Bool { get }
  /// What the user can set, in the configuration below the rule's id.
  static var options: [RuleOption] { get }
  init()
  /// What is wrong with one statement. Called for every statement, in order; what comes after it isn't known yet.
  func check(_ step: Step, in chain: Chain) -> [Diagnostic]
  /// What is wrong with a statement that PostgreSQL rejects, called when it passes. What comes later is added to
  /// findings about objects that don't exist yet.
  func check(rejected step: Step, in chain: Chain) -> [Diagnostic]
  /// What is wrong with a migration and its rollback.
  func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic]
  /// What is wrong with the whole. Called once, at the end.
  func check(_ chain: Chain) -> [Diagnostic]
}

/// Something that can be set for a rule.
public struct RuleOption: Sendable {
  public var key: String
  public var meaning: String
  public var standard: [String]

  public init(_ key: String, _ meaning: String, standard: [String]) {
    self.key = key
    self.meaning = meaning
    self.standard = standard
  }
}

extension Rule {
  public static var isOptional: Bool { false }
  public static var options: [RuleOption] { [] }

  /// The values of an option, as the user or the rule sets them.
  func option(_ key: String, in chain: Chain) -> [String] {
    chain.options[Self.id]?[key] ?? Self.options.first { $0.key == key }?.standard ?? []
  }

  public func check(_ step: Step, in chain: Chain) -> [Diagnostic] { [] }
  public func check(rejected step: Step, in chain: Chain) -> [Diagnostic] { [] }
  public func check(_ replayed: Chain.Replayed, in chain: Chain) -> [Diagnostic] { [] }
  public func check(_ chain: Chain) -> [Diagnostic] { [] }

  /// A finding of this rule at a place of a statement.
  func diagnostic(
    _ message: String, at range: Range<Int>, of step: some PlacedStatement, severity: Severity = Self.severity,
    labels: [Diagnostic.Label] = [], notes: [String] = [], help: String? = nil, sqlState: String? = nil,
    fix: Fix? = nil
  ) -> Diagnostic {
    Diagnostic(
      rule: Self.id, severity: severity, category: Self.category, message: message, range: step.file.range(range),
      migration: step.migration, direction: step.direction, labels: labels, notes: notes, help: help,
      sqlState: sqlState, fix: fix)
  }

  /// A finding of this rule at the place where an object comes from.
  func diagnostic(
    _ message: String, at range: Range<Int>, of origin: Origin, direction: Direction = .up,
    severity: Severity = Self.severity, labels: [Diagnostic.Label] = [], notes: [String] = [], help: String? = nil,
    fix: Fix? = nil
  ) -> Diagnostic {
    Diagnostic(
      rule: Self.id, severity: severity, category: Self.category, message: message,
      range: origin.file.range(range), migration: origin.migration, direction: direction, labels: labels, notes: notes,
      help: help, fix: fix)
  }
}

extension PlacedStatement {
  /// Whether the statement does more than begin or end a transaction, or give a constant, as `SELECT 1` does where a
  /// tool wants a statement.
  var changesSchema: Bool {
    switch statement.action {
    case .transaction: false
    case .query(let query): !query.isConstant
    default: true
    }
  }

  /// The name that a rejection is about, or else the whole statement.
  func range(of rejection: Rejection, name: String) -> Range<Int> {
    if let offset = rejection.offset { return file.nameRange(at: offset, within: statement.range) }
    return mention(of: name)
  }

  /// Where the statement first writes a name, or else the whole statement.
  func mention(of name: String) -> Range<Int> {
    file.firstMention(of: name, in: statement.range) ?? statement.range
  }
}

extension Query {
  fileprivate var isConstant: Bool {
    nestedQueries.isEmpty && from.isEmpty
      && ownExpressions.allSatisfy { if case .literal = $0 { true } else { false } }
  }
}

extension PlacedStatement {
  /// Whether a migration runs it forward: neither a rollback nor a query nor what was there before.
  var isForward: Bool { direction == .up && migration != nil }
}

extension Origin {
  /// Whether a comment right above the statement may say why it is as it is.
  var isExplained: Bool { isExplained(at: range.lowerBound) }

  /// Whether a comment right above a part of the statement may say why it is as it is.
  func isExplained(at offset: Int) -> Bool {
    file.line(file.position(at: offset).line - 1)?.drop(while: \.isWhitespace).hasPrefix("--") == true
  }

  /// Where the statement first writes a name, or else the whole statement.
  func mention(of name: String) -> Range<Int> { file.firstMention(of: name, in: range) ?? range }

  /// A pointer to the place, for the labels of a finding elsewhere.
  func label(_ text: String, naming name: String) -> Diagnostic.Label {
    Diagnostic.Label(range: file.range(file.firstMention(of: name, in: range) ?? range), text: text)
  }
}

extension Sequence where Element == String {
  /// `'a', 'b' and 2 more`
  func quotedList(limit: Int = 3) -> String { map { "'\($0)'" }.quotedPhrases(limit: limit) }
}

extension Array where Element == String {
  /// `a, b and c`
  var englishList: String {
    guard let last else { return "" }
    return count == 1 ? last : dropLast().joined(separator: ", ") + " and " + last
  }
}
