import Foundation
import Postgres
import Testing

/// The life of a throwaway server.
@Suite struct ServerTests {
  private let environment = ProcessInfo.processInfo.environment

  private func options() throws -> ThrowawayServer.Options {
    ThrowawayServer.Options(binaries: try ServerBinaries.find(environment: environment), environment: environment)
  }

  @Test func aServerAnswersAndIsGoneAfterwards() async throws {
    let (folder, answer) = try await ThrowawayServer.run(options()) { server in
      ((server.socketFolder ?? ""), try server.connectAsAdministrator().execute("select 1 + 1").values)
    }
    #expect(answer == [["2"]])
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  @Test func theServerIsGoneAlsoAfterAnError() async throws {
    struct Stop: Error { var folder: String }
    do {
      try await ThrowawayServer.run(options()) { server in throw Stop(folder: (server.socketFolder ?? "")) }
      Issue.record("the error is lost")
    } catch let error as Stop {
      #expect(!FileManager.default.fileExists(atPath: error.folder))
    }
  }

  @Test func theServerListensOnNoNetworkAndItsFolderIsPrivate() async throws {
    try await ThrowawayServer.run(options()) { server in
      let connection = try server.connectAsAdministrator()
      #expect(try connection.execute("show listen_addresses").values == [[""]])
      let mode =
        try FileManager.default.attributesOfItem(atPath: (server.socketFolder ?? ""))[.posixPermissions] as? Int
      #expect(mode == 0o700)
      #expect(try connection.execute("select pg_catalog.inet_server_addr()").values == [[nil]])
      // POSIX shared memory would outlive a server that is killed.
      #expect(try connection.execute("show dynamic_shared_memory_type").values == [["mmap"]])
    }
  }

  @Test func twoServersRunAtOnce() async throws {
    let settings = try options()
    let folders = try await withThrowingTaskGroup(of: String.self) { group in
      for number in 1...2 {
        group.addTask {
          try await ThrowawayServer.run(settings) { server in
            let connection = try server.connectAsAdministrator()
            try connection.execute("create table t\(number) (a int)")
            let tables = try connection.execute("select relname from pg_class where relname in ('t1', 't2')").values
            #expect(tables == [["t\(number)"]])
            return (server.socketFolder ?? "")
          }
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(folders.count == 2)
  }

  @Test func anErrorCarriesWhatTheServerSays() async throws {
    try await ThrowawayServer.run(options()) { server in
      let connection = try server.connectAsAdministrator()
      let error = #expect(throws: PostgresError.self) { try connection.execute("select 'é', nope") }
      #expect(error?.sqlState == "42703")
      #expect(error?.position == 13)
      #expect(error?.isConnectionLost == false)
      #expect(try connection.query("select $1::text, $2::text", ["a'b", nil]).values == [["a'b", nil]])
    }
  }

  @Test func aConnectionThatIsLostSaysSo() async throws {
    try await ThrowawayServer.run(options()) { server in
      let connection = try server.connectAsAdministrator()
      let error = #expect(throws: PostgresError.self) {
        try connection.execute("select pg_terminate_backend(pg_backend_pid())")
      }
      #expect(error?.isConnectionLost == true)
    }
  }

  @Test func withoutAServerTheErrorSaysWhatToInstall() {
    let error = #expect(throws: ServerError.self) {
      try ServerBinaries.find(version: 99, environment: [:])
    }
    #expect(error?.message.contains("postgresql-99") == true)
    #expect(throws: ServerError.self) {
      try ServerBinaries.find(environment: ["SCHEMACHECK_PG_BINDIR": "/nowhere"])
    }
  }

  @Test func aServerThatCannotStartIsAnErrorAndLeavesNothing() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "fake-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["initdb", "postgres"] {
      let file = folder.appending(path: name)
      try "#!/bin/sh\necho 'disk is full' >&2\nexit 1\n".write(to: file, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }
    let settings = ThrowawayServer.Options(
      binaries: ServerBinaries(folder: folder.path), environment: ["XDG_CACHE_HOME": "/nowhere"])
    let error = await #expect(throws: ServerError.self) { try await ThrowawayServer.run(settings) { _ in } }
    #expect(error?.message.contains("disk is full") == true)
  }
}
