import Glibc
import Subprocess
import SystemPackage

/// A PostgreSQL of our own, on a unix socket only, that is gone when `run` returns or this process ends.
public enum ThrowawayServer {
  /// Settings for the server's life.
  public struct Options: Sendable {
    public var binaries: ServerBinaries
    /// Libraries that the server must load at its start, such as `pg_stat_statements`.
    public var preload: [String]
    /// How long one statement may take, in seconds.
    public var statementTimeout: Int
    public var environment: [String: String]

    public init(
      binaries: ServerBinaries, preload: [String] = [], statementTimeout: Int = 60, environment: [String: String]
    ) {
      self.binaries = binaries
      self.preload = preload
      self.statementTimeout = statementTimeout
      self.environment = environment
    }

    /// For checks: nothing needs to survive a crash, so nothing waits for the disk.
    fileprivate var settings: [String] {
      var settings = [
        "listen_addresses=", "unix_socket_permissions=0700", "fsync=off", "synchronous_commit=off",
        "full_page_writes=off", "wal_level=replica", "max_wal_senders=0", "autovacuum=off", "jit=off",
        "shared_buffers=32MB", "max_connections=20", "max_locks_per_transaction=1024", "checkpoint_timeout=1h",
        "lc_messages=C", "dynamic_shared_memory_type=mmap", "statement_timeout=\(statementTimeout)s",
        "log_min_messages=fatal",
      ]
      if !preload.isEmpty { settings.append("shared_preload_libraries=\(preload.joined(separator: ","))") }
      return settings.flatMap { ["-c", $0] }
    }
  }

  /// Starts a server, lets `body` work with it, and takes it away again.
  ///
  /// The server runs under a supervisor that holds one end of a pipe of ours: it stops the server and removes its files
  /// as soon as the pipe closes, also when this process is killed. What an earlier supervisor could not remove because
  /// it was killed too is swept first.
  ///
  /// - Throws: `ServerError` where the server doesn't start, and what `body` throws.
  public static func run<Value: Sendable>(
    _ options: Options, _ body: @Sendable (Server) async throws -> Value
  ) async throws -> Value {
    let user = try ServerUser.current()
    let places = ServerPlaces(user: user, environment: options.environment)
    places.sweep()
    let work = try places.makeWorkFolder()
    UnclaimedFolder.watch(work)
    let template = places.templateFolder(options.binaries)

    let script = embeddedTexts["Scripts/serve.sh"] ?? ""
    let command = user.command(
      ["/bin/sh", "-c", script, "serve.sh", options.binaries.folder, template ?? "", work] + options.settings)
    var platform = PlatformOptions()
    // In a session of its own, Ctrl-C reaches only us; the supervisor learns of it from the pipe.
    platform.createSession = true
    do {
      let ended = try await Subprocess.run(
        .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
        environment: .custom(["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PGTZ": "UTC"]),
        workingDirectory: "/", platformOptions: platform, input: .inputWriter, output: .discarded,
        error: .string(limit: 65536)
      ) { _ -> Result<Value, any Error> in
        do {
          let server = Server(socketFolder: work)
          try awaitStart(of: server, in: work)
          return .success(try await body(server))
        } catch {
          return .failure(error)
        }
      }
      return try outcome(ended.closureResult, errors: ended.standardError)
    } catch let error as SubprocessError {
      places.remove(work)
      throw ServerError("the server's supervisor did not start: \(error)")
    }
  }

  /// Lets a server go on after this process: it ends when it is stopped, and its files go with it.
  ///
  /// - Returns: the server's process, for stopping it with `kill`; nil for a server that isn't ours.
  public static func keep(_ server: Server) -> String? {
    guard let folder = server.socketFolder, let file = fopen("\(folder)/keep", "w") else { return nil }
    fclose(file)
    return process(of: server).map { String($0) }
  }

  /// Stops a server at once. Whoever waits for it learns that the connection is lost.
  ///
  /// - Returns: whether it is a server of ours.
  public static func stop(_ server: Server) -> Bool {
    guard let process = process(of: server) else { return false }
    kill(process, SIGQUIT)
    return true
  }

  private static func process(of server: Server) -> pid_t? {
    guard let folder = server.socketFolder, let file = fopen("\(folder)/server", "r") else { return nil }
    defer { fclose(file) }
    var number: Int32 = 0
    return withUnsafeMutablePointer(to: &number) { withVaList([$0]) { vfscanf(file, "%d", $0) } } == 1 ? number : nil
  }

  private static func outcome<Value>(_ result: Result<Value, any Error>, errors: String?) throws -> Value {
    do { return try result.get() } catch let error as NotStarted {
      let reason = (errors ?? "").split(separator: "\n").suffix(3).joined(separator: "; ")
      throw ServerError("PostgreSQL did not start: \(reason.isEmpty ? error.reason : reason)")
    }
  }

  private struct NotStarted: Error {
    var reason: String
  }

  /// Tries to connect every millisecond. The supervisor removes the folder where the start fails.
  private static func awaitStart(of server: Server, in socketFolder: String) throws {
    let deadline = clock() + 60
    while true {
      if access("\(socketFolder)/.s.PGSQL.5432", F_OK) == 0 {
        do {
          _ = try server.connect(to: "postgres")
          return
        } catch let error as PostgresError where error.isConnectionLost {}
      }
      guard access(socketFolder, F_OK) == 0 else { throw NotStarted(reason: "its files are gone") }
      guard clock() < deadline else { throw NotStarted(reason: "it does not answer after 60 seconds") }
      usleep(1000)
    }
  }

  private static func clock() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
