import Foundation

/// Runs the program and its peers in turn, so that whatever the machine does meets all of them.
struct Comparison {
  var schemacheck: String
  /// This program, which also plays the peer that only parses.
  var itself: String
  var squawk: String?
  var rounds: Int

  private func measure(_ commands: [[String]], rounds: Int) -> [Measurement] {
    var runs = commands.map { _ in [Measurement]() }
    for _ in 0..<rounds {
      for (index, command) in commands.enumerated() { runs[index].append(Measurement.run(command)) }
    }
    return runs.map(Measurement.best)
  }

  func manyFiles(_ corpora: Corpora) throws {
    let folder = try corpora.folder(bytes: 20_000_000)
    let paths = files(below: folder)
    print("20 MB of migrations in \(paths.count) files")
    var names = ["pg_query_parse", "schemacheck lint"]
    var commands = [[itself, "pg_query_parse", folder], [schemacheck, "lint", "--format", "json", folder]]
    if let squawk {
      names.append("squawk")
      commands.append([squawk, "--reporter", "json"] + paths)
    }
    report(names, measure(commands, rounds: rounds), unit: 1, "s")
  }

  func oneFile(_ corpora: Corpora) throws {
    let path = try corpora.oneFile()
    print("\none file of 5 KB, the whole process")
    var names = ["schemacheck lint"]
    var commands = [[schemacheck, "lint", path]]
    if let squawk {
      names.append("squawk")
      commands.append([squawk, path])
    }
    report(names, measure(commands, rounds: rounds * 20), unit: 1000, "ms")
  }

  /// The exponent of the growth of the time with the number of migrations, fitted to the logarithms.
  func growth(_ corpora: Corpora) throws {
    print("\ngrowth with the number of migrations")
    var points: [(x: Double, y: Double)] = []
    for bytes in [1_500_000, 3_000_000, 6_000_000, 12_000_000] {
      let folder = try corpora.folder(bytes: bytes)
      let count = files(below: folder).count
      let cpu = measure([[schemacheck, "lint", "--format", "json", folder]], rounds: rounds)[0].cpu
      print("  \(count) migrations: \(text(cpu)) s")
      points.append((log(Double(count)), log(cpu)))
    }
    let mean = (x: points.map(\.x).reduce(0, +) / 4, y: points.map(\.y).reduce(0, +) / 4)
    let slope =
      points.reduce(0) { $0 + ($1.x - mean.x) * ($1.y - mean.y) }
      / points.reduce(0) { $0 + ($1.x - mean.x) * ($1.x - mean.x) }
    print("  exponent \(text(slope))")
  }

  private func report(_ names: [String], _ found: [Measurement], unit: Double, _ symbol: String) {
    for (name, run) in zip(names, found) {
      let ratio = text(run.cpu / found[0].cpu)
      print(
        "  \(name): \(text(run.wall * unit)) \(symbol) wall, \(text(run.cpu * unit)) \(symbol) CPU (\(ratio) × \(names[0])), \(Int(run.memory)) MiB"
      )
    }
  }

  private func text(_ value: Double) -> String { String(format: "%.3g", value) }
}
