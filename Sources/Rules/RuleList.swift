import Diagnostics

/// What has a page and can be configured: a rule of the static analysis, or a live check.
public struct ListedRule: Sendable {
  public var id: String
  public var severity: Severity
  public var category: Category
  /// Whether it reports only when it is asked for.
  public var isOptional = false
  /// What can be set, with its meaning.
  public var options: [(key: String, meaning: String)] = []

  public var summary: String { rulePage(id)?.summary ?? "" }
}

/// All of them, in the order of their ids.
public let listedRules: [ListedRule] = {
  let rules = allRules.map { rule in
    ListedRule(
      id: rule.id, severity: rule.severity, category: rule.category, isOptional: rule.isOptional,
      options: rule.options.map { ($0.key, $0.meaning) })
  }
  let known = Set(rules.map(\.id))
  let live = LiveCheck.all.filter { !known.contains($0.id) }.map {
    ListedRule(id: $0.id, severity: $0.severity, category: $0.category)
  }
  return (rules + live).sorted { $0.id < $1.id }
}()
