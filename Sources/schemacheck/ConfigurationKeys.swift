import Diagnostics
import Migrations
import Rules

/// A key of `schemacheck.yml`, with what it means and what it may hold: what the reader accepts and the schema for editors
/// is made of.
struct ConfigurationKey {
  indirect enum Value {
    case text
    case number
    case choice([String])
    case texts
    /// Texts by text.
    case textsByText
    case ruleChoices
    case pathChoices
  }

  var name: String
  var meaning: String
  var value: Value

  static let all: [ConfigurationKey] = [
    .init(name: "migrations", meaning: "The folder of the migrations.", value: .text),
    .init(name: "rollbacks", meaning: "The folder of their rollbacks, if they have one of their own.", value: .text),
    .init(name: "baseline", meaning: "SQL that creates what the migrations presuppose.", value: .texts),
    .init(
      name: "layout", meaning: "How the migrations are arranged; detected if left out.", value: .choice(layoutNames)),
    .init(
      name: "placeholders", meaning: "Texts that the runner replaces, with what it puts there.", value: .textsByText),
    .init(
      name: "transactions", meaning: "What the migration runner wraps in a transaction.",
      value: .choice(TransactionProfile.allCases.map(\.rawValue))),
    .init(name: "pg-version", meaning: "The major version of PostgreSQL that the migrations are for.", value: .number),
    .init(
      name: "fail-on", meaning: "The least severity that makes a run fail.",
      value: .choice(Severity.allCases.map(\.rawValue) + ["never"])),
    .init(
      name: "tenant-columns",
      meaning: "The columns that say whose a row is. Tables that have one must keep tenants apart.",
      value: .texts),
    .init(
      name: "known-findings",
      meaning: "A file with findings that are not to be reported again; --baseline on the command line.",
      value: .text),
    .init(name: "rules", meaning: "Severities and options by rule.", value: .ruleChoices),
    .init(name: "paths", meaning: "Rules for the files that a pattern matches.", value: .pathChoices),
  ]

  static var names: [String] { all.map(\.name) }
}
