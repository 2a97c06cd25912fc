import ArgumentParser
import Foundation
import PostgresSyntax

/// The version that results and `--version` show.
let version = "0.1.0"

@main struct Schemacheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schemacheck",
    abstract: "A schema linter and verification harness for PostgreSQL migrations.",
    version: version,
    subcommands: [Lint.self, Verify.self, Shell.self, Schema.self, Rules.self, Explain.self, Initialize.self])

  /// Runs the command and turns every way of ending into the exit code that is documented for it.
  static func main() async {
    keepFreedMemory()
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      printError("schemacheck: \(failure.message)")
      Foundation.exit(failure.kind.rawValue)
    } catch let code as ExitCode {
      Foundation.exit(code.rawValue)
    } catch {
      let text = fullMessage(for: error)
      if exitCode(for: error) == .success {
        print(text)
        Foundation.exit(0)
      }
      printError(text)
      Foundation.exit(Failure.Kind.usage.rawValue)
    }
  }
}

/// Why a command could not do its work.
struct Failure: Error {
  enum Kind: Int32 {
    /// Wrong usage, bad configuration or unreadable input.
    case usage = 2
    /// No PostgreSQL, a server that doesn't start, a lost connection.
    case environment = 3
  }

  var kind: Kind
  /// One sentence that says what to do.
  var message: String
}

func printError(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}
