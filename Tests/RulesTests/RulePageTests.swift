import Diagnostics
import Foundation
import Migrations
import PostgresSyntax
import Rules
import TestSupport
import Testing

/// Every fenced `sql` block in rules/*.md is a test case, checked in several disguises.
@Suite struct RulePageTests {
  static let examples = Example.all.filter { !$0.isLive }

  @Test(arguments: examples, Variant.allCases)
  func theRuleFindsExactlyWhatIsMarked(_ example: Example, as variant: Variant) throws {
    if example.isVerbatim, variant != .asWritten { return }
    let names = variant == .quotedNames ? try namesToQuote(example) : []
    let set = try example.set { variant.disguise($0, names: names, marks: example.marks) }
    let found = lint(set, settings: settings(for: example.rule)).diagnostics.filter { $0.rule == example.rule }.map {
      Mark($0, in: set)
    }
    let expected = example.marks.map { mark in
      var mark = mark
      mark.text = variant.disguiseMark(mark.text, names: names)
      mark.line += variant == .insideTransaction && mark.path != "baseline.sql" ? 1 : 0
      return mark
    }
    #expect(Set(found) == Set(expected))
    #expect(found.count == expected.count)
  }

  @Test(arguments: examples.filter(\.isBad))
  func aFixRemovesItsFindingAndLeavesValidSQL(_ example: Example) throws {
    let rule = try #require(allRules.first { $0.id == example.rule })
    let set = try example.set()
    let before = lint(set, rules: [rule], settings: settings(for: rule.id))
    for diagnostic in before.diagnostics {
      guard let fix = diagnostic.fix else { continue }
      var fixed = example
      for index in fixed.files.indices {
        let edits = fix.edits.filter { $0.range.path == fixed.files[index].path }
        fixed.files[index].sql = String(decoding: edits.apply(to: Array(fixed.files[index].sql.utf8)), as: UTF8.self)
      }
      let again = try lint(fixed.set(), rules: [rule], settings: settings(for: rule.id))
      #expect(again.chain.syntaxErrors.count <= max(0, before.chain.syntaxErrors.count - 1))
      #expect(!again.diagnostics.contains { $0.message == diagnostic.message }, "the finding is still there")
    }
  }

  @Test func everyOptionIsOnItsRulesPage() {
    for rule in allRules {
      for option in rule.options {
        #expect(rulePages[rule.id]?.contains(option.key) == true, "\(rule.id) \(option.key)")
      }
    }
  }

  /// Rules that are off unless somebody asks for them are asked for.
  private func settings(for id: String) -> RuleSettings {
    let rule = allRules.first { $0.id == id }
    return RuleSettings(severities: rule.map { $0.isOptional ? [id: $0.severity] : [:] } ?? [:])
  }

  @Test func everyPageHasItsSections() {
    let headings = ["## Bad", "## Good", "## Why", "## What to do", "## When to allow it", "## References"]
    for (id, text) in rulePages {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      #expect(lines.first == "# \(id)")
      #expect(lines.filter { $0.hasPrefix("## ") } == headings, "\(id)")
      #expect(rulePage(id)?.summary.hasSuffix(".") == true, "\(id) has a summary in one sentence")
      #expect(Example.all.contains { $0.rule == id && $0.isBad && !$0.marks.isEmpty }, "\(id) has a marked bad example")
      #expect(Example.all.contains { $0.rule == id && !$0.isBad }, "\(id) has a good example")
    }
  }

  @Test(arguments: examples.filter(\.isBad))
  func messagesAreWrittenInOneStyle(_ example: Example) throws {
    let rule = try #require(allRules.first { $0.id == example.rule })
    for diagnostic in lint(try example.set(), rules: [rule], settings: settings(for: rule.id)).diagnostics {
      for text in [diagnostic.message] + diagnostic.notes + diagnostic.labels.map(\.text) + [diagnostic.help ?? "x"] {
        let first = text.prefix { $0.isLetter }
        #expect(
          first.first?.isLowercase != false || first.allSatisfy(\.isUppercase) || first == "PostgreSQL", "\(text)")
        #expect(!text.hasSuffix("."), "\(text)")
        #expect(!text.contains("\n"), "\(text)")
      }
      #expect(!diagnostic.message.contains("\""), "\(diagnostic.message)")
    }
  }

  @Test func theIndexOfTheRulesIsUpToDate() throws {
    let file = repository.appending(path: "rules/README.md")
    let expected = index()
    let text = try? String(contentsOf: file, encoding: .utf8)
    if text != expected, ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try expected.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(text == expected, "run the tests with UPDATE_FIXTURES=1 to write rules/README.md anew")
  }

  private func index() -> String {
    var text = "# The rules\n\n"
    for category in Diagnostics.Category.allCases {
      let rules = listedRules.filter { $0.category == category }
      guard !rules.isEmpty else { continue }
      text += "## \(category.rawValue)\n\n| rule | severity | meaning |\n|---|---|---|\n"
      for rule in rules {
        let severity = rule.isOptional ? "off" : rule.severity.rawValue
        text += "| [\(rule.id)](\(rule.id).md) | \(severity) | \(rule.summary) |\n"
      }
      text += "\n"
    }
    return text
  }

  /// The names of the example's own objects, as far as they are no words of SQL.
  private func namesToQuote(_ example: Example) throws -> Set<String> {
    let chain = lint(try example.set(), rules: []).chain
    let tables = chain.migrations.flatMap { $0.before.tables + $0.after.tables } + chain.final.tables
    let steps = chain.baseline + chain.migrations.flatMap { $0.up + $0.down } + chain.queries
    let words: Set<String> = ["index", "name", "level", "position", "kind", "total", "public", "day", "touch"]
    let created = steps.flatMap(\.outcome.effects).flatMap { [$0.object.name, $0.object.table ?? ""] }
    let columns = tables.flatMap(\.columns).map(\.name)
    return Set(created + columns).filter { !words.contains($0) && !$0.isEmpty && !$0.contains("-") }
  }
}

/// Rewrites that must not change what a rule finds.
enum Variant: String, CaseIterable, Sendable {
  case asWritten, afterMultibyteText, windowsNewlines, insideTransaction, quotedNames

  func disguise(_ sql: String, names: Set<String>, marks: [Mark]) -> String {
    switch self {
    case .asWritten: sql
    case .afterMultibyteText:
      sql.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
        marks.contains { $0.line == index + 1 } && !line.hasPrefix("--") ? "/* 日本🦖é */ \(line)" : String(line)
      }.joined(separator: "\n")
    case .windowsNewlines: sql.replacing("\n", with: "\r\n")
    case .insideTransaction: "begin;\n\(sql)commit;\n"
    case .quotedNames: quote(sql, names)
    }
  }

  func disguiseMark(_ text: String, names: Set<String>) -> String {
    self == .quotedNames ? quote(text, names) : text
  }

  private func quote(_ sql: String, _ names: Set<String>) -> String {
    let bytes = Array(sql.utf8)
    var result: [UInt8] = []
    var position = 0
    for token in Lexer(bytes) where token.kind == .word {
      let word = String(decoding: bytes[token.range], as: UTF8.self)
      guard names.contains(word) else { continue }
      result += bytes[position..<token.range.lowerBound] + Array("\"\(word)\"".utf8)
      position = token.range.upperBound
    }
    return String(decoding: result + bytes[position...], as: UTF8.self)
  }
}
