import Diagnostics
import Foundation

/// The files that git says have changed since a revision, new ones included.
struct ChangedFiles {
  private let paths: Set<String>

  /// Asks git in the folder of the first file.
  ///
  /// - Parameter revision: compared with where the current branch left it.
  init(since revision: String, among files: [SourceFile]) throws {
    let first = files.first.map { URL(filePath: $0.path).deletingLastPathComponent().path } ?? "."
    let root = try Self.git(["rev-parse", "--show-toplevel"], in: first, revision).first ?? ""
    guard !revision.hasPrefix("-") else {
      throw Failure(kind: .usage, message: "'\(revision)' is no revision for --since")
    }
    let base = (try? Self.git(["merge-base", revision, "HEAD"], in: root, revision).first) ?? revision
    let changed = try Self.git(["diff", "--name-only", "--no-renames", "-z", base, "--"], in: root, revision)
    let new = try Self.git(["ls-files", "--others", "--exclude-standard", "-z"], in: root, revision)
    paths = Set((changed + new).map { Self.standardized("\(root)/\($0)") })
  }

  func contains(_ file: SourceFile) -> Bool { paths.contains(Self.standardized(file.path)) }

  private static func standardized(_ path: String) -> String {
    URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }

  /// What git prints, split at line ends and NUL.
  private static func git(_ arguments: [String], in folder: String, _ revision: String) throws -> [String] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git", "-C", folder.isEmpty ? "." : folder] + arguments
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    do { try process.run() } catch {
      throw Failure(
        kind: .environment, message: "--since needs git, which can't be started: \(error.localizedDescription)")
    }
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    let message = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let first = message.split(separator: "\n").first.map(String.init) ?? "git failed"
      throw Failure(kind: .usage, message: "cannot find out what has changed since '\(revision)': \(first)")
    }
    return String(decoding: data, as: UTF8.self).split { $0 == "\0" || $0 == "\n" }.map(String.init)
  }
}
