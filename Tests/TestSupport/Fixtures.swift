import Diagnostics
import Foundation
import Migrations

/// The repository's own folder.
public let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// A file of the repository, under its path there.
public func sourceFile(_ path: String) throws -> SourceFile {
  SourceFile(path: path, bytes: Array(try Data(contentsOf: repository.appending(path: path))))
}

/// The SQL files of a folder of the repository, in the order of their names.
public func sourceFiles(in folder: String) throws -> [SourceFile] {
  try FileManager.default.contentsOfDirectory(atPath: repository.appending(path: folder).path)
    .filter { $0.hasSuffix(".sql") }.sorted().map { try sourceFile("\(folder)/\($0)") }
}

/// The corrected migrations of a system in `Fixtures`, with its baseline.
public func system(_ name: String) throws -> MigrationSet {
  var set = try discover(
    sourceFiles(in: "Fixtures/\(name)/migrations") + sourceFiles(in: "Fixtures/\(name)/rollbacks"))
  set.baseline = [Script(file: try sourceFile("Fixtures/\(name)/baseline.sql"))]
  return set
}

/// The plan of a system in `Fixtures`, with its baseline.
public func plan(_ name: String) throws -> MigrationSet {
  var set = try discover([sourceFile("Fixtures/\(name)/plan.md")])
  set.baseline = [Script(file: try sourceFile("Fixtures/\(name)/baseline.sql"))]
  return set
}

/// The migrations of a folder of `Fixtures/layouts`.
public func layoutFixture(_ layout: String) throws -> MigrationSet {
  let folder = "Fixtures/layouts/\(layout)"
  let names = FileManager.default.enumerator(atPath: repository.path + "/" + folder)?.allObjects as? [String] ?? []
  let files = names.sorted().compactMap { name in
    FileManager.default.contents(atPath: "\(repository.path)/\(folder)/\(name)").map {
      SourceFile(path: "\(folder)/\(name)", bytes: Array($0))
    }
  }
  return try discover(files)
}

/// The systems in `Fixtures`: each has a plan with defects, and the migrations that were made of it.
public let systems = [
  "agent-collaboration", "agent-metrics", "langgraph-observability", "trace-observability", "workflow-tracking",
]
