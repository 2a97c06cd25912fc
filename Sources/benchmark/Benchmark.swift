import CPgQuery
import Foundation

/// Measures `schemacheck lint` against PostgreSQL's own parser, and against squawk where that is installed, on the same
/// files in the same run. Called by `ci/benchmark`, which names the binary and the folder of fixtures.
@main
struct Benchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else { fail("usage: benchmark SCHEMACHECK FIXTURES [ROUNDS]") }
    if arguments[1] == "pg_query_parse" { return parse(folder: arguments[2]) }
    let rounds = arguments.count > 3 ? Int(arguments[3]) ?? 3 : 3
    let corpora = try Corpora(fixtures: arguments[2])
    defer { corpora.remove() }
    let bench = Comparison(
      schemacheck: arguments[1], itself: arguments[0], squawk: Measurement.find("squawk"), rounds: rounds)
    try bench.manyFiles(corpora)
    try bench.oneFile(corpora)
    try bench.growth(corpora)
  }

  /// What the peer does: libpg_query's own function, file by file.
  private static func parse(folder: String) {
    for path in files(below: folder) {
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
      pg_query_free_parse_result(pg_query_parse(text))
    }
  }
}

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("benchmark: \(message)\n".utf8))
  exit(2)
}

/// The SQL files of a folder, in the order of their names.
func files(below folder: String) -> [String] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  return names.filter { $0.hasSuffix(".sql") }.sorted().map { "\(folder)/\($0)" }
}
