import Diagnostics
import Migrations
import Rules
import Verification

/// A key of `schemacheck.yml`, with what it means and what it may hold: what the reader accepts and the schema for editors
/// is made of.
struct ConfigurationKey: Sendable {
  indirect enum Value: Sendable {
    case text
    case number
    case choice([String])
    case texts
    /// Texts by text.
    case textsByText
    case ruleChoices
    case pathChoices
    /// A mapping with members of its own.
    case members([ConfigurationKey])
    /// Names with such mappings.
    case named([ConfigurationKey])
    /// A list of such mappings.
    case list([ConfigurationKey])
    /// Lists of texts by the given names.
    case textLists([String])
    /// Whatever YAML can say: rows, values.
    case anything
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
    .init(
      name: "preset", meaning: "The platform that provides roles, schemas and functions: `supabase`.",
      value: .choice(presetNames)),
    .init(name: "roles", meaning: "Roles that exist before the baseline.", value: .texts),
    .init(name: "identities", meaning: "Who uses the database, by name.", value: .named(identityKeys)),
    .init(
      name: "visible", meaning: "What identities see of tables, where that isn't simply what they own.",
      value: .list(visibleKeys)),
    .init(name: "seed", meaning: "What rows `verify` fills the tables with.", value: .members(seedKeys)),
    .init(
      name: "scenarios", meaning: "Given rows, what a query shows or a statement runs into.", value: .list(scenarioKeys)
    ),
    .init(
      name: "inventory", meaning: "The objects that the migrations add up to, by kind.",
      value: .textLists(DeclaredInventory.kinds)),
    .init(
      name: "snapshot",
      meaning: "A file with the schema that the migrations must add up to; verify --update-snapshot writes it.",
      value: .text),
    .init(
      name: "accept", meaning: "Failed checks that are known, by the pattern of their ids, each with the reason.",
      value: .textsByText),
    .init(name: "live-checks", meaning: "A folder with queries of the project's own that find defects.", value: .text),
    .init(name: "limits", meaning: "How long `verify` may take, in seconds.", value: .members(limitKeys)),
    .init(name: "rules", meaning: "Severities and options by rule.", value: .ruleChoices),
    .init(name: "paths", meaning: "Rules for the files that a pattern matches.", value: .pathChoices),
  ]

  static var names: [String] { all.map(\.name) }

  static let identityKeys: [ConfigurationKey] = [
    .init(name: "role", meaning: "The role of the session.", value: .text),
    .init(name: "settings", meaning: "What the program sets in the session, by name.", value: .textsByText),
    .init(
      name: "claims", meaning: "The claims of a token, for `request.jwt.claims` and its relatives.", value: .textsByText
    ),
    .init(name: "owns", meaning: "By column, the value that says that a row is this one's.", value: .textsByText),
    .init(name: "sees", meaning: "Whether all rows are this one's to see.", value: .choice(["own", "everything"])),
  ]

  static let visibleKeys: [ConfigurationKey] = [
    .init(name: "table", meaning: "The table.", value: .text),
    .init(name: "as", meaning: "The identity; all where none is named.", value: .text),
    .init(name: "rows", meaning: "The condition that the rows fulfil: true for all, false for none.", value: .text),
  ]

  static let seedKeys: [ConfigurationKey] = [
    .init(name: "rows", meaning: "How many rows each table gets.", value: .number),
    .init(name: "number", meaning: "Another number gives other rows.", value: .number),
    .init(name: "date", meaning: "The day that counts as today, such as 2024-06-01.", value: .text),
    .init(name: "tables", meaning: "How many rows tables get, by name.", value: .textsByText),
    .init(name: "files", meaning: "SQL that adds the project's own rows first.", value: .texts),
  ]

  static let scenarioKeys: [ConfigurationKey] = [
    .init(name: "name", meaning: "What is claimed, in words.", value: .text),
    .init(name: "migration", meaning: "The migration that is applied after the rows are there.", value: .text),
    .init(name: "given", meaning: "Rows by table; a text that begins with = is SQL.", value: .anything),
    .init(name: "as", meaning: "The identity that does it.", value: .text),
    .init(name: "run", meaning: "What is done with the rows.", value: .texts),
    .init(name: "query", meaning: "What shows the outcome.", value: .text),
    .init(name: "expect", meaning: "The rows of the query, or `nothing`, or `something`.", value: .anything),
    .init(name: "ordered", meaning: "Whether the order of the rows matters.", value: .choice(["true", "false"])),
    .init(name: "error", meaning: "The SQLSTATE that rejects it.", value: .text),
  ]

  static let limitKeys: [ConfigurationKey] = [
    .init(name: "statement", meaning: "How long one statement may take.", value: .number),
    .init(name: "total", meaning: "How long everything may take.", value: .number),
  ]
}
