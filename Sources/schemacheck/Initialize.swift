import ArgumentParser
import Foundation
import Migrations

struct Initialize: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a schemacheck.yml that fits the folder.")

  @Argument(help: "The folder of the project.")
  var folder = "."

  @Flag(help: "Replace a schemacheck.yml that is there.")
  var force = false

  @Flag(help: "Print the JSON Schema of schemacheck.yml, for editors, instead.")
  var schema = false

  func run() throws {
    if schema { return print(configurationSchema(), terminator: "") }
    guard Input.isFolder(folder) else { throw Failure(kind: .usage, message: "there is no folder '\(folder)'") }
    let path = folder == "." ? "schemacheck.yml" : "\(folder)/schemacheck.yml"
    if FileManager.default.fileExists(atPath: path), !force {
      throw Failure(kind: .usage, message: "'\(path)' exists already; write --force to replace it")
    }
    let text = try proposal()
    do { try Data(text.utf8).write(to: URL(filePath: path)) } catch {
      throw Failure(kind: .usage, message: "cannot write '\(path)': \(error.localizedDescription)")
    }
    print("wrote \(path)")
  }

  /// The template with what the folder has filled in, and the rest left as comments.
  private func proposal() throws -> String {
    let migrations = Input.usualFolders.first(where: has)
    let rollbacks = ["rollbacks", "rollback", "database/rollbacks", "db/rollbacks"].first(where: has)
    let baseline = ["baseline.sql", "schema.sql", "db/schema.sql"].first {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)")
    }
    let layout = try migrations.map { try discover(Input.read("\(folder)/\($0)")).layout }
    var text = embeddedTexts["Templates/schemacheck.yml"] ?? ""
    for (key, value) in [
      ("migrations", migrations), ("rollbacks", rollbacks), ("baseline", baseline), ("layout", layout),
      ("preset", try migrations.flatMap(platform)),
    ] {
      guard let value else { continue }
      text = text.split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.hasPrefix("# \(key):") ? "\(key): \(value)" : String($0)
      }.joined(separator: "\n")
    }
    return text
  }

  /// The platform whose roles, schemas or functions the migrations use without making them.
  private func platform(_ migrations: String) throws -> String? {
    let files = try Input.read("\(folder)/\(migrations)").map { Array($0.bytes) }
    func mentions(_ text: String) -> Bool { files.contains { $0.firstRange(of: Array(text.utf8)) != nil } }
    return mentions("auth.uid()") || mentions("auth.users") || mentions("service_role") ? "supabase" : nil
  }

  private func has(_ path: String) -> Bool {
    Input.isFolder("\(folder)/\(path)")
      && (FileManager.default.enumerator(atPath: "\(folder)/\(path)")?.contains {
        ($0 as? String)?.hasSuffix(".sql") == true
      } ?? false)
  }
}
