import ArgumentParser
import Catalog
import Diagnostics
import Foundation
import Postgres
import Rules
import Verification

struct Schema: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The schema that the migrations add up to.",
    discussion: """
      Prints the simulated schema. With --compare, the same statements are also sent to a throwaway PostgreSQL, and \
      every difference between the two catalogs and every wrong prediction is listed. With --server, the simulated \
      schema is compared with that of an existing database.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument { case sql, json, mermaid }

  @OptionGroup var options: InputOptions

  @Option(help: "How to print the schema: sql, json, mermaid; with a comparison: text, json.")
  var format: String?

  @Option(help: ArgumentHelp("Stop after this migration.", valueName: "version"))
  var at: String?

  @Flag(help: "Compare with a throwaway server to which the same statements are sent.")
  var compare = false

  @Option(help: ArgumentHelp("Compare with an existing database, to find what has drifted.", valueName: "url"))
  var server: String?

  func validate() throws {
    let formats = compare || server != nil ? ["text", "json"] : Format.allCases.map(\.rawValue)
    if let format, !formats.contains(format) {
      throw ValidationError("there is no format '\(format)' here; choose from \(formats.joined(separator: ", "))")
    }
    if compare, server != nil { throw ValidationError("--compare and --server exclude each other") }
  }

  func run() async throws {
    let input = try Input(options)
    if let at, !input.set.migrations.contains(where: { $0.version == at }) {
      throw Failure(kind: .usage, message: "there is no migration '\(at)'")
    }
    if compare { return try report(try await compareLive(input)) }
    let catalog = simulatedSchema(
      input.set, upTo: at, postgresVersion: input.declaredVersion(options) ?? 15, threads: options.threads)
    if let server { return try report(try compareDatabase(catalog, server)) }
    switch Format(rawValue: format ?? "sql") ?? .sql {
    case .sql: write(catalog.sql)
    case .mermaid: write(catalog.mermaid)
    case .json: write(try encoded(catalog.document))
    }
  }

  private func compareLive(_ input: Input) async throws -> Comparison {
    let progress = Progress(isQuiet: options.quiet)
    defer { progress.end() }
    return try await withEnvironment {
      let settings = try input.serverOptions(options)
      let (set, version) = (input.set, at)
      return try await ThrowawayServer.run(settings) { server in
        try compareWithServer(set, upTo: version, on: server) { progress.show($0) }
      }
    }
  }

  private func compareDatabase(_ catalog: Catalog, _ url: String) throws -> Comparison {
    do {
      let connection = try Connection([("dbname", url)])
      var comparison = Comparison()
      comparison.postgres = connection.serverVersion
      // Roles belong to the whole server, and much else may need them.
      comparison.compare(
        simulated: catalog.inventory.filter { $0.kind != "role" },
        real: try Snapshot(connection).inventory.filter { $0.kind != "role" })
      return comparison
    } catch let error as ServerError {
      throw Failure(kind: .environment, message: error.message)
    } catch let error as PostgresError {
      throw Failure(kind: .environment, message: "cannot read the database: \(error.message)")
    }
  }

  /// Prints what differs, and ends with 1 where something does.
  private func report(_ comparison: Comparison) throws {
    if format == "json" {
      write(try encoded(comparison.document))
    } else {
      write(comparison.text)
    }
    if !comparison.isEqual { throw ExitCode(1) }
  }

  private func encoded(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }

  private func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}

/// What fails here is the environment's fault, not the migrations'.
func withEnvironment<Value>(_ work: () async throws -> Value) async throws -> Value {
  do { return try await work() } catch let error as ServerError {
    throw Failure(kind: .environment, message: error.message)
  } catch let error as PostgresError {
    let message = error.message.split(separator: "\n").first ?? "no message"
    let what =
      error.isConnectionLost
      ? "the server was lost while it was at work, and nothing of it is left"
      : error.sqlState?.hasPrefix("53") == true
        ? "the server has run out of resources" : "the server refused what this needs"
    throw Failure(kind: .environment, message: "\(what): \(message)")
  }
}
