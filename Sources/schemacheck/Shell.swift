import ArgumentParser
import Foundation
import Postgres
import Rules
import Verification

struct Shell: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "psql on a throwaway server with the migrations applied and rows in the tables; gone when you leave.")

  @OptionGroup var options: InputOptions

  func run() async throws {
    let input = try Input(options)
    let found = lint(input.set, settings: try input.settings(options))
    let plan = try input.configuration.verificationPlan()
    let status = try await withEnvironment {
      try await ThrowawayServer.run(try input.serverOptions(options)) { server in
        let (name, problems) = try prepareDatabase(found.chain, on: server, plan: plan)
        for problem in problems { printError(problem) }
        return try psql(["-h", server.socketFolder ?? "", "-U", "postgres", name])
      }
    }
    if status != 0 { throw ExitCode(1) }
  }

  /// Runs psql on our terminal and waits for it; gives its exit status.
  private func psql(_ arguments: [String]) throws -> Int32 {
    // Ctrl-C is psql's: it cancels a query.
    let old = signal(SIGINT, SIG_IGN)
    defer { signal(SIGINT, old) }
    var process = pid_t()
    let words = (["psql", "-q"] + arguments).map { strdup($0) }
    defer { words.forEach { free($0) } }
    guard posix_spawnp(&process, "psql", nil, nil, words + [nil], environ) == 0 else {
      throw ServerError("psql was not found: install the package postgresql-client")
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return (status >> 8) & 0xff
  }
}
