import Foundation

/// What one run of a command cost.
struct Measurement {
  /// In seconds.
  var wall: Double
  /// In seconds, of all threads.
  var cpu: Double
  /// The largest resident set, in MiB.
  var memory: Double

  /// Runs a command with its output thrown away.
  static func run(_ command: [String]) -> Measurement {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let arguments = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let start = ContinuousClock.now
    guard posix_spawn(&process, command[0], &actions, nil, arguments, environ) == 0 else {
      fail("cannot run \(command[0])")
    }
    var status: CInt = 0
    var usage = rusage()
    guard wait4(process, &status, 0, &usage) == process, status & 0x7F == 0 else { fail("\(command[0]) crashed") }
    let wall = ContinuousClock.now - start
    return Measurement(
      wall: Double(wall.components.seconds) + Double(wall.components.attoseconds) / 1e18,
      cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime), memory: Double(usage.ru_maxrss) / 1024)
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

  /// The cheapest of several runs: whatever else the machine does only adds to it.
  static func best(of runs: [Measurement]) -> Measurement {
    Measurement(
      wall: runs.map(\.wall).min() ?? 0, cpu: runs.map(\.cpu).min() ?? 0, memory: runs.map(\.memory).min() ?? 0)
  }

  /// The path of a command; nil where it isn't installed.
  static func find(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first { access($0, X_OK) == 0 }
  }
}
