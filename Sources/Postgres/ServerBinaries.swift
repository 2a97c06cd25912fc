import Glibc

/// An installed PostgreSQL.
public struct ServerBinaries: Hashable, Sendable {
  /// The folder of `initdb` and `postgres`.
  public var folder: String

  public init(folder: String) {
    self.folder = folder
  }

  /// Finds the programs: in `SCHEMACHECK_PG_BINDIR`, where Debian puts them, or where else they usually are.
  ///
  /// - Parameter version: the major version to use; nil for the newest.
  /// - Throws: `ServerError` where there are none.
  public static func find(version: Int? = nil, environment: [String: String]) throws(ServerError) -> ServerBinaries {
    if let folder = environment["SCHEMACHECK_PG_BINDIR"] {
      guard isComplete(folder) else {
        throw ServerError("SCHEMACHECK_PG_BINDIR is '\(folder)', which has no initdb and postgres")
      }
      return ServerBinaries(folder: folder)
    }
    let debian = names(in: "/usr/lib/postgresql").compactMap { Int($0) }.sorted(by: >)
    let versions = version.map { [$0] } ?? debian
    let others = version == nil ? ["/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin"] : []
    let candidates = versions.flatMap { ["/usr/lib/postgresql/\($0)/bin", "/usr/pgsql-\($0)/bin"] } + others
    guard let folder = candidates.first(where: isComplete) else {
      let name = version.map { "PostgreSQL \($0)" } ?? "PostgreSQL"
      throw ServerError(
        "no \(name) server found: install the package postgresql\(version.map { "-\($0)" } ?? ""), or set SCHEMACHECK_PG_BINDIR to the folder of initdb and postgres"
      )
    }
    return ServerBinaries(folder: folder)
  }

  /// Whether the extension is installed on the machine.
  public func hasLibrary(_ name: String) -> Bool {
    let version = folder.split(separator: "/").dropLast().last ?? ""
    return access("/usr/lib/postgresql/\(version)/lib/\(name).so", R_OK) == 0
  }

  private static func isComplete(_ folder: String) -> Bool {
    access("\(folder)/initdb", X_OK) == 0 && access("\(folder)/postgres", X_OK) == 0
  }

  /// What tells this installation from another one, for the cache: when `postgres` was made, and its size.
  var fingerprint: String {
    var status = stat()
    stat("\(folder)/postgres", &status)
    return "\(status.st_size)-\(status.st_mtim.tv_sec)"
  }
}

/// The names in a folder; none where it can't be read.
func names(in folder: String) -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var found: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { found.append(name) }
  }
  return found
}
