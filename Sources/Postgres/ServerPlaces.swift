import Glibc

/// Where the files of throwaway servers are: in memory where there is a memory file system, else in the temp folder.
struct ServerPlaces: Sendable {
  var user: ServerUser
  var environment: [String: String]

  private static let prefix = "schemacheck-"

  private var bases: [String] {
    let usual = ["/dev/shm", environment["TMPDIR"] ?? "/tmp", "/tmp"]
    return (environment["SCHEMACHECK_RUN_DIR"].map { [$0] } ?? usual).filter { access($0, W_OK | X_OK) == 0 }
  }

  /// A new folder, readable for the server's user only, that says which process it is for.
  func makeWorkFolder() throws(ServerError) -> String {
    for base in bases {
      // A socket's path may have 107 bytes.
      guard base.utf8.count < 80 else { continue }
      var template = Array("\(base)/\(Self.prefix)XXXXXX".utf8CString)
      guard mkdtemp(&template) != nil else { continue }
      let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      write(ProcessStamp(getpid()).text, to: "\(folder)/owner")
      if user.isOther { chown(folder, user.uid, user.gid) }
      return folder
    }
    throw ServerError(
      "no folder for the server's files: SCHEMACHECK_RUN_DIR or, without it, /dev/shm, TMPDIR and /tmp are not writable"
    )
  }

  /// Where the cluster that `initdb` made is kept; nil where no folder can be written to.
  func templateFolder(_ binaries: ServerBinaries) -> String? {
    var candidates: [String] = []
    if user.isOther {
      candidates = ["/var/cache"]
    } else if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") {
      candidates = [folder]
    } else if let home = environment["HOME"] {
      mkdir("\(home)/.cache", 0o700)
      candidates = ["\(home)/.cache"]
    }
    for base in candidates {
      let cache = "\(base)/schemacheck"
      if mkdir(cache, 0o700) == 0, user.isOther { chown(cache, user.uid, user.gid) }
      guard access(cache, W_OK | X_OK) == 0, owner(of: cache) == user.uid else { continue }
      return "\(cache)/cluster-2-\(binaries.fingerprint)"
    }
    return nil
  }

  /// Removes what servers left whose process and supervisor were both killed.
  func sweep() {
    for base in Set(bases) {
      for name in names(in: base) where name.hasPrefix(Self.prefix) {
        let folder = "\(base)/\(name)"
        guard let stamp = ProcessStamp(read("\(folder)/owner") ?? ""), !stamp.isAlive else { continue }
        // Somebody wanted it to stay, and it is still there.
        if access("\(folder)/keep", F_OK) == 0, access("\(folder)/.s.PGSQL.5432", F_OK) == 0 { continue }
        guard owner(of: folder) == user.uid else { continue }
        // A supervisor that lives stops its server itself; one that was killed leaves a server without a parent.
        if let server = Int32(read("\(folder)/data/postmaster.pid")?.split(separator: "\n").first ?? ""),
          workingFolder(of: server) == "\(folder)/data"
        {
          let supervisor = pid_t(read("\(folder)/supervisor")?.split(separator: "\n").first ?? "")
          guard supervisor == nil || parent(of: server) != supervisor else { continue }
          kill(server, SIGQUIT)
          usleep(50_000)
        }
        remove(folder)
      }
    }
  }

  func remove(_ folder: String) {
    for name in names(in: folder) {
      let path = "\(folder)/\(name)"
      if unlink(path) != 0 { remove(path) }
    }
    rmdir(folder)
  }

  private func owner(of path: String) -> uid_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_uid : nil
  }

  private func workingFolder(of process: pid_t) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/\(process)/cwd", &buffer, buffer.count - 1)
    return length > 0 ? String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }

  private func parent(of process: pid_t) -> pid_t? {
    ProcessStamp.fields(process).flatMap { $0.count > 1 ? pid_t($0[1]) : nil }
  }
}

/// A process, told from a later one with the same number by when it started.
struct ProcessStamp {
  private var process: pid_t
  private var start: String

  init(_ process: pid_t) {
    self.process = process
    start = Self.startTime(process) ?? ""
  }

  init?(_ text: String) {
    let parts = text.split(separator: " ")
    guard parts.count == 2, let process = pid_t(parts[0]) else { return nil }
    self.process = process
    start = String(parts[1])
  }

  var text: String { "\(process) \(start)" }
  var isAlive: Bool { Self.startTime(process) == start }

  /// Field 22 of /proc/PID/stat (proc(5)); the command's name, which may hold blanks, is skipped.
  private static func startTime(_ process: pid_t) -> String? {
    fields(process).flatMap { $0.count > 19 ? String($0[19]) : nil }
  }

  /// The fields after the command's name: state, parent, …
  static func fields(_ process: pid_t) -> [Substring]? {
    guard let text = read("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
    return text[text.index(after: end)...].split(separator: " ")
  }
}

private func read(_ path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 65536)
  let count = fread(&bytes, 1, bytes.count, file)
  return String(decoding: bytes[..<count], as: UTF8.self)
}

private func write(_ text: String, to path: String) {
  guard let file = fopen(path, "w") else { return }
  defer { fclose(file) }
  fputs(text, file)
}
