import ArgumentParser
import Catalog
import Diagnostics
import Foundation
import Postgres
import Verification

struct Schema: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The schema that the migrations add up to.",
    discussion: """
      Prints the simulated schema. With --compare, the same statements are also sent to a throwaway PostgreSQL, and \
      every difference between the two catalogs and every wrong prediction is listed.
      """)

  @OptionGroup var options: CommonOptions

  @Flag(help: "Compare with a throwaway server to which the same statements are sent.")
  var compare = false

  @Option(help: ArgumentHelp("Stop after this migration.", valueName: "version"))
  var at: String?

  func run() async throws {
    let input = try Input(options)
    let progress = Progress(isQuiet: options.quiet)
    let comparison = try await withEnvironment { () async throws -> Comparison in
      let environment = ProcessInfo.processInfo.environment
      let binaries = try ServerBinaries.find(
        version: options.pgVersion ?? input.configuration.postgresVersion, environment: environment)
      let settings = ThrowawayServer.Options(
        binaries: binaries, preload: input.set.librariesToPreload.filter(binaries.hasLibrary), environment: environment)
      let (set, version) = (input.set, at)
      return try await ThrowawayServer.run(settings) { server in
        try compareWithServer(set, upTo: version, on: server) { progress.show($0) }
      }
    }
    progress.end()
    for miss in comparison.mispredictions {
      print(
        "\(miss.range.path):\(miss.range.start.line): predicted \(miss.predicted ?? "acceptance"), got \(miss.actual ?? "acceptance"): \(miss.message)"
      )
    }
    for item in comparison.onlySimulated { print("only simulated: \(item)") }
    for item in comparison.onlyReal { print("only real: \(item)") }
    print(
      "statements \(comparison.statements), schema failures \(comparison.schemaFailures), other failures \(comparison.otherFailures), predicted \(comparison.predictedFailures), confirmed \(comparison.confirmedFailures); objects \(comparison.equalObjects) of \(max(comparison.simulatedObjects, comparison.realObjects)) equal"
    )
  }
}

/// What fails here is the environment's fault, not the migrations'.
func withEnvironment<Value>(_ work: () async throws -> Value) async throws -> Value {
  do { return try await work() } catch let error as ServerError {
    throw Failure(kind: .environment, message: error.message)
  } catch let error as PostgresError {
    throw Failure(kind: .environment, message: "the connection to the server failed: \(error.message)")
  }
}
