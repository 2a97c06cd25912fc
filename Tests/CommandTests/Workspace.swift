import Foundation
import Testing

/// A folder that lasts as long as a test, in which commands run.
final class Workspace: Sendable {
  static let binary = Bundle.main.bundleURL.appending(path: "schemacheck")
  let folder = FileManager.default.temporaryDirectory.appending(path: "schemacheck-test-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}

/// Tests that call the built binary.
protocol CommandSuite {
  var workspace: Workspace { get }
}

struct Outcome {
  var status: Int32
  var output: String
  var errors: String
}

extension CommandSuite {
  var folder: URL { workspace.folder }

  func run(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:], in directory: URL? = nil
  ) throws -> Outcome {
    let process = try start(arguments, input: input, environment: environment, in: directory)
    let output = try #require(process.standardOutput as? Pipe).fileHandleForReading.readToEnd() ?? Data()
    let errors = try #require(process.standardError as? Pipe).fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: errors, as: UTF8.self))
  }

  func start(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:], in directory: URL? = nil
  ) throws -> Process {
    let process = Process()
    process.executableURL = Workspace.binary
    process.arguments = arguments
    process.currentDirectoryURL = directory ?? folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = Pipe()
    process.standardError = Pipe()
    let pipe = Pipe()
    process.standardInput = pipe
    try process.run()
    if let input { pipe.fileHandleForWriting.write(Data(input.utf8)) }
    try pipe.fileHandleForWriting.close()
    return process
  }

  func write(_ text: String, _ path: String) throws { try write(Data(text.utf8), path) }

  func write(_ data: Data, _ path: String) throws {
    let file = folder.appending(path: path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }
}
